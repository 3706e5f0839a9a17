//! The application under test: a process, a folder and a database for each test.

use std::process::{ExitStatus, Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sha2::{Digest, Sha512};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::browser::Browser;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse";

/// When the initial rows were written.
pub const INITIAL_TIME: i64 = 1_767_225_600_000; // 2026-01-01T00:00:00Z

/// The initial people: alice and bob are friends, carol is nobody's friend.
pub const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

/// alice's initial entries.
pub const PUBLIC: i64 = 1;
pub const FRIENDS: i64 = 2;
pub const PRIVATE: i64 = 3;
pub const ENTRIES: [i64; 3] = [PUBLIC, FRIENDS, PRIVATE];

/// An id that no entry has.
pub const MISSING: i64 = 999;

/// A running application.
pub struct App {
    pub process: Child,
    pub stdout: Lines<BufReader<ChildStdout>>,
    /// Without a slash at the end.
    pub url: String,
    pub db: SqlitePool,
    pub folder: TempDir,
}

/// Starts the application on the initial rows.
pub async fn spawn_app() -> App {
    spawn_app_with(&[]).await
}

/// Starts the application with further environment variables.
pub async fn spawn_app_with(variables: &[(&str, &str)]) -> App {
    let folder = tempfile::tempdir().unwrap();
    let db = create_database(&folder).await;
    insert_initial_rows(&db).await;
    let mut process = command(&folder)
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap()).lines();
    let line = stdout
        .next_line()
        .await
        .unwrap()
        .expect("the application says where it listens");
    let url = line
        .strip_prefix("listening on ")
        .expect("the line has its form")
        .to_owned();
    App {
        process,
        stdout,
        url,
        db,
        folder,
    }
}

/// The application's command, configured for the database in a folder.
pub fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suwaru"));
    command
        .env_clear()
        .env("LISTEN", "127.0.0.1:0")
        .env("DATABASE_URL", database_url(folder))
        .env("SQL_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/../../sql"))
        .env(
            "PUBLIC_DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../public"),
        )
        .kill_on_drop(true);
    command
}

fn database_url(folder: &TempDir) -> String {
    format!("sqlite:{}/suwaru.db", folder.path().display())
}

/// A database with Suwaru's tables, all of them empty.
pub async fn create_database(folder: &TempDir) -> SqlitePool {
    let options: SqliteConnectOptions = database_url(folder).parse().unwrap();
    let db = SqlitePool::connect_with(options.create_if_missing(true))
        .await
        .unwrap();
    sqlx::raw_sql(include_str!("../../../../sql/sqlite/schema.sql"))
        .execute(&db)
        .await
        .unwrap();
    db
}

async fn insert_initial_rows(db: &SqlitePool) {
    let hash: String = Sha512::digest(format!("salt:{PASSWORD}"))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for name in PEOPLE {
        sqlx::query(
            "INSERT INTO people (name, nickname, password_salt, password_hash, introduction,
                                 birthday, subscriptions, created_at, updated_at)
             VALUES (?, upper(?), 'salt', ?, 'I sit.', '1999-12-31', '[]', ?, ?)",
        )
        .bind(name)
        .bind(name)
        .bind(&hash)
        .bind(INITIAL_TIME)
        .bind(INITIAL_TIME)
        .execute(db)
        .await
        .unwrap();
    }
    for (id, visibility) in ENTRIES.into_iter().zip(0..) {
        insert_entry(db, 1, visibility, INITIAL_TIME + id).await;
        insert_comment(db, id, 1, INITIAL_TIME + id).await;
    }
    sqlx::query("INSERT INTO friendships (one, another, created_at) VALUES (1, 2, ?)")
        .bind(INITIAL_TIME)
        .execute(db)
        .await
        .unwrap();
    sqlx::raw_sql(
        "INSERT INTO people_initial SELECT id, nickname, introduction, birthday, icon FROM people;
         INSERT INTO dataset VALUES ('test-1', 3, 3, 3, 1, 0, 0);",
    )
    .execute(db)
    .await
    .unwrap();
}

/// Writes an entry past the application and answers its id.
pub async fn insert_entry(db: &SqlitePool, person: i64, visibility: i64, time: i64) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO entries (person_id, title, body, visibility, created_at)
         VALUES (?, 'A title', 'A body', ?, ?) RETURNING id",
    )
    .bind(person)
    .bind(visibility)
    .bind(time)
    .fetch_one(db)
    .await
    .unwrap()
}

/// Writes a comment past the application and answers its id.
pub async fn insert_comment(db: &SqlitePool, entry: i64, person: i64, time: i64) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO comments (entry_id, person_id, body, created_at)
         VALUES (?, ?, 'A comment', ?) RETURNING id",
    )
    .bind(entry)
    .bind(person)
    .bind(time)
    .fetch_one(db)
    .await
    .unwrap()
}

impl App {
    /// Somebody who is not logged in.
    pub fn visit(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Somebody who has just logged in.
    pub async fn log_in(&self, name: &str) -> Browser {
        let mut browser = self.visit();
        browser.log_in(name, PASSWORD).await;
        browser
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar(sql).fetch_one(&self.db).await.unwrap()
    }

    /// The rows of the login log: person, name, address, succeeded.
    pub async fn login_log(&self) -> Vec<(Option<i64>, String, String, i64)> {
        sqlx::query("SELECT * FROM login_log ORDER BY id")
            .map(|row: SqliteRow| {
                (
                    row.get("person_id"),
                    row.get("name"),
                    row.get("address"),
                    row.get("succeeded"),
                )
            })
            .fetch_all(&self.db)
            .await
            .unwrap()
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: Signal) {
        let id = self.process.id().expect("the process runs");
        kill(Pid::from_raw(id.try_into().unwrap()), signal).unwrap();
    }

    /// Asks the process to stop and waits for it.
    pub async fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.process.wait().await.unwrap()
    }
}
