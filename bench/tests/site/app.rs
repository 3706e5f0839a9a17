//! The real app as a process, on a database of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use isutori_bench::{services::DEFAULT_ADDRESS, settings::Settings};
use isutori_dataset::{Dataset, LoadOptions, Size, load};
use isutori_engine::target::Target;
use isutori_services::{Process, ProcessSpec};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::{sync::OnceCell, time::sleep};

/// The initial data of every app here.
pub static DATASET: LazyLock<Dataset> = LazyLock::new(|| Dataset::new(1, Size::Small));

/// The database file with that data, loaded once and written anew for each app.
static LOADED: OnceCell<Vec<u8>> = OnceCell::const_new();

/// The same with indexes.
static INDEXED: OnceCell<Vec<u8>> = OnceCell::const_new();

/// The first thing that everybody tunes. It makes a check several times cheaper, and there are a
/// hundred of them.
const INDEXES: &str = "
    CREATE INDEX comments_of_entry  ON comments (entry_id, created_at, id);
    CREATE INDEX newest_comments    ON comments (created_at, id);
    CREATE INDEX entries_of_person  ON entries (person_id, created_at, id);
    CREATE INDEX newest_entries     ON entries (created_at, id);
    CREATE INDEX visible_entries    ON entries (visibility, created_at, id);
    CREATE INDEX footprints_of      ON footprints (owner_id);
    CREATE INDEX friends_of_another ON friendships (another);
";

/// The name of an app's database file.
const DATABASE: &str = "suwaru.db";
const LOG: &str = "app.log";

/// The seed of a run, unless a test is about seeds.
pub const SEED: u64 = 1;

/// A running app and its folder.
pub struct App {
    pub process: Process,
    pub target: Target,
    pub folder: TempDir,
}

/// The app gives way to the benchmark, which shares the machine with it.
const NICE: u8 = 5;

/// An app that is one of many gives way to all that a run under load is made of.
const NICEST: u8 = 19;

/// Starts the app on the initial data, just as it is loaded.
pub async fn spawn_app() -> App {
    spawn_on(LOADED.get_or_init(load_database).await, NICE).await
}

/// Starts the app on the initial data with indexes.
pub async fn spawn_quick_app() -> App {
    spawn_on(INDEXED.get_or_init(index_database).await, NICE).await
}

/// The same for one of many tests at once, after this was done to the database.
pub async fn spawn_app_after(sql: &'static str) -> App {
    let indexed = INDEXED.get_or_init(index_database).await;
    match sql {
        "" => spawn_on(indexed, NICEST).await,
        sql => spawn_on(&change_database(indexed, sql).await, NICEST).await,
    }
}

/// Starts the app on this database and waits until it listens.
async fn spawn_on(content: &[u8], nice: u8) -> App {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(DATABASE), content).unwrap();
    let (process, target) = start(folder.path(), LOG, nice).await;
    App {
        process,
        target,
        folder,
    }
}

/// Starts a process of the app on the database in this folder.
async fn start(folder: &Path, log: &str, nice: u8) -> (Process, Target) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let spec = ProcessSpec::new(program(), folder.join(log))
        .args(["--listen", "127.0.0.1:0"])
        .env("DATABASE_URL", database_url(&folder.join(DATABASE)))
        .env("SESSION_URL", "db:")
        .env("TOKIO_WORKER_THREADS", "1")
        .env("SQL_DIR", root.join("sql"))
        .env("PUBLIC_DIR", root.join("webapp/public"))
        .nice(nice);
    let mut process = Process::spawn(spec).unwrap();
    loop {
        match listening(process.log()) {
            Some(target) => return (process, target),
            None if process.exited().is_some() => panic!("{}", process.failure("ended")),
            None => sleep(Duration::from_millis(5)).await,
        }
    }
}

impl App {
    /// Stops the app and starts it anew on the same database, at another port.
    pub async fn restart(&mut self) {
        self.process.stop().await;
        fs::remove_file(self.process.log()).unwrap();
        (self.process, self.target) = start(self.folder.path(), LOG, NICE).await;
    }

    /// Starts another process of the app on the same database.
    pub async fn spawn_another(&self) -> (Process, Target) {
        start(self.folder.path(), "another.log", NICE).await
    }

    /// The URL of the app's database.
    pub fn database_url(&self) -> String {
        database_url(&self.folder.path().join(DATABASE))
    }

    /// Where run folders are made.
    pub fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    /// A run against `target`, which is this app or a proxy before it.
    pub fn settings(&self, target: &Target, duration: Duration) -> Settings {
        Settings {
            duration,
            runs: self.runs(),
            ..check_settings(target)
        }
    }
}

/// What a check of `target` is told; it makes no run folder.
pub fn check_settings(target: &Target) -> Settings {
    Settings {
        hosts: target.clone().into(),
        dataset: DATASET.clone(),
        seed: SEED,
        duration: Duration::ZERO,
        threads: 1,
        note: None,
        site_processes: Vec::new(),
        absence: Default::default(),
        services: DEFAULT_ADDRESS,
        runs: PathBuf::new(),
    }
}

/// The app's program, which cargo puts next to the folder of this test's own.
fn program() -> PathBuf {
    let this = env::current_exe().unwrap();
    let program = this
        .ancestors()
        .nth(2)
        .map(|folder| folder.join("suwaru"))
        .filter(|program| program.exists());
    program.expect("run `cargo xtask test`, which builds the app first")
}

fn database_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

async fn load_database() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(DATABASE);
    let options = LoadOptions::default();
    load(&database_url(&file), &DATASET, options, |_| ())
        .await
        .unwrap();
    fs::read(&file).unwrap()
}

async fn index_database() -> Vec<u8> {
    change_database(LOADED.get_or_init(load_database).await, INDEXES).await
}

async fn change_database(content: &[u8], sql: &'static str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(DATABASE);
    fs::write(&file, content).unwrap();
    let mut db = SqliteConnection::connect(&database_url(&file))
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    // Closing the last connection moves everything from the journal into the file.
    db.close().await.unwrap();
    fs::read(&file).unwrap()
}

/// The address in the app's log, once its whole line is there.
fn listening(log: &Path) -> Option<Target> {
    let log = fs::read_to_string(log).ok()?;
    let mut whole_lines = log
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'));
    let address = whole_lines.find_map(|line| line.strip_prefix("listening on "))?;
    address.parse().ok()
}
