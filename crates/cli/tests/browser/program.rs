//! The programs of a contest as processes, each killed with its test.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use isutori_services::{Process, ProcessSpec};
use tempfile::TempDir;
use tokio::time::sleep;

/// The program under test.
const ISUTORI: &str = env!("CARGO_BIN_EXE_isutori");

/// Whatever is awaited is not so slow, not even where much else goes on.
pub const LIMIT: Duration = Duration::from_secs(300);

/// How often one looks whether it has come.
pub const GLANCE: Duration = Duration::from_millis(50);

/// A folder for the files of processes.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `isutori`, with a log of that name.
    pub fn isutori(&self, log: &str, args: &[&str]) -> Process {
        self.start(ProcessSpec::new(ISUTORI, self.path(log)).args(args))
    }

    /// Runs `isutori` to its end, and gives what it has printed.
    pub async fn run(&self, args: &[&str]) -> String {
        let (log, output) = (self.path("run.log"), self.path("run.out"));
        let spec = ProcessSpec::new(ISUTORI, log).output(&output).args(args);
        let done = Process::run(spec, LIMIT).await;
        done.unwrap_or_else(|error| panic!("{error}"));
        fs::read_to_string(output).expect("output in UTF-8")
    }

    /// A Suwaru with the initial data, and where it listens.
    pub async fn suwaru(&self, name: &str) -> (Process, String) {
        let database = format!("sqlite:{}", self.path(&format!("{name}.db")).display());
        self.run(&["dataset", "load", "--database-url", &database])
            .await;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let spec = ProcessSpec::new(suwaru(), self.path(&format!("{name}.log")))
            .args(["--listen", "127.0.0.1:0"])
            .env("DATABASE_URL", database)
            .env("SESSION_URL", "db:")
            .env("SQL_DIR", root.join("sql"))
            .env("PUBLIC_DIR", root.join("webapp/public"))
            .nice(10);
        let mut process = self.start(spec);
        let url = said(&mut process, "listening on ").await;
        (process, url)
    }

    fn start(&self, spec: ProcessSpec) -> Process {
        Process::spawn(spec).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// A made-up contest, and who may look at it.
pub struct Demo {
    pub url: String,
    pub password: String,
    _process: Process,
    _place: Place,
}

impl Demo {
    pub async fn start() -> Demo {
        Demo::of(&[]).await
    }

    /// A class instead of a contest.
    pub async fn of_class() -> Demo {
        Demo::of(&["--class"]).await
    }

    async fn of(args: &[&str]) -> Demo {
        let place = Place::new();
        let demo = ["portal", "demo", "--listen", "127.0.0.1:0"];
        let mut process = place.isutori("demo.log", &[&demo, args].concat());
        Demo {
            url: said(&mut process, "listening on ").await,
            password: said(&mut process, "password ").await,
            _process: process,
            _place: place,
        }
    }
}

/// What stands after `words` in the first line with them that a process has said.
pub async fn said(process: &mut Process, words: &str) -> String {
    let start = tokio::time::Instant::now();
    loop {
        let log = fs::read_to_string(process.log()).unwrap_or_default();
        // A line is whole only with its end.
        let mut lines = log
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        if let Some((_, rest)) = lines.find_map(|line| line.split_once(words)) {
            return rest.trim_end().to_owned();
        }
        if process.exited().is_some() || start.elapsed() > LIMIT {
            panic!("{}", process.failure(format!("did not say {words:?}")));
        }
        sleep(GLANCE).await;
    }
}

/// A port that nobody else is given before it is taken.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The reference app, which cargo puts next to the folder of this test's own program.
fn suwaru() -> PathBuf {
    let program = Path::new(ISUTORI).with_file_name("suwaru");
    assert!(
        program.exists(),
        "run `cargo xtask test`, which builds the app first"
    );
    program
}
