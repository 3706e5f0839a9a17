//! A worker at work.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use isutori_protocol::contest::{Assignment, Lease};
use isutori_worker::{Portal, Settings, Shutdown, WorkerError};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::portal::{FakePortal, LIMIT, TOKEN, wait_until};

/// The seed of every job.
pub const SEED: u64 = 4711;

/// A worker on a thread of its own, with a folder.
pub struct Work {
    folder: TempDir,
    shutdown: watch::Sender<Shutdown>,
    thread: Option<JoinHandle<Result<(), WorkerError>>>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Work {
    pub fn begin(portal: &FakePortal, concurrency: u16) -> Self {
        Self::begin_with(portal, |settings| settings.concurrency = concurrency)
    }

    pub fn begin_with(portal: &FakePortal, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worker");
        let mut settings = Settings {
            portal: Portal::new(&portal.url(), TOKEN).expect("a portal"),
            name: "worker-1".to_owned(),
            zone: Some("east".to_owned()),
            concurrency: 1,
            runs: folder.path().join("runs"),
            services: "127.0.0.1:7000".parse().expect("an address"),
            authorities: Some("contest.pem".into()),
            program: tests.join("program.sh"),
        };
        change(&mut settings);
        let (shutdown, asked) = watch::channel(Shutdown::None);
        let said = Arc::new(Mutex::new(Vec::new()));
        let tell = {
            let said = said.clone();
            move |text: &str| lock(&said).push(text.to_owned())
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(isutori_worker::run(settings, asked, tell))
        });
        Work {
            folder,
            shutdown,
            thread: Some(thread),
            said,
        }
    }

    /// A path in the worker's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn ask(&self, shutdown: Shutdown) {
        self.shutdown.send_replace(shutdown);
    }

    /// All that it has said.
    pub fn said(&self) -> String {
        lock(&self.said).join("\n")
    }

    /// Waits for its end.
    pub fn end(mut self) -> Result<(), WorkerError> {
        let thread = self.thread.take().expect("only taken here");
        wait_until("the worker ends", || thread.is_finished());
        thread.join().expect("it does not panic")
    }

    /// Lets it end when there is nothing left to do.
    pub fn drain(self) {
        self.ask(Shutdown::Drain);
        self.end().expect("a good end");
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.ask(Shutdown::Stop);
        if let Some(thread) = self.thread.take() {
            // A test that failed already has nothing to say about the end.
            let _ = thread.join();
        }
    }
}

fn lock(said: &Mutex<Vec<String>>) -> std::sync::MutexGuard<'_, Vec<String>> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A job whose benchmark does this.
pub fn job(number: i64, script: impl Into<String>) -> Assignment {
    Assignment {
        lease: Lease {
            job: number,
            attempt: 1,
        },
        team: "Chairs".to_owned(),
        targets: vec!["http://10.0.0.1".to_owned(), "http://10.0.0.2".to_owned()],
        seed: SEED,
        size: "small".to_owned(),
        data_seed: 3,
        load_seconds: 60,
        wait_seconds: 0,
        time_limit_seconds: 2 * LIMIT.as_secs(),
        memory_limit_mib: 1024,
        note: Some(script.into()),
        verifies: None,
    }
}

/// The number that a script has written into a file.
pub fn number_in(path: &Path) -> u32 {
    wait_until("a number is written", || {
        std::fs::read_to_string(path).is_ok_and(|text| text.ends_with('\n'))
    });
    let text = std::fs::read_to_string(path).expect("a file");
    text.trim().parse().expect("a number")
}

/// Waits until a process is gone, or a zombie that nobody has taken leave of yet.
pub fn wait_until_gone(process: u32) {
    wait_until("a process is gone", || {
        match std::fs::read_to_string(format!("/proc/{process}/stat")) {
            Ok(stat) => stat.contains(") Z "),
            Err(_) => true,
        }
    });
}
