//! Databases for tests, on a PostgreSQL of their own.

use std::{
    env::temp_dir,
    fs::{self, File},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use isutori_services::{Service, postgres};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// One PostgreSQL for all tests, with the lock of its folder; the kernel stops it with this process.
static SERVER: OnceCell<(Service, File)> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a new database.
pub async fn create() -> String {
    let server = SERVER.get_or_init(async || {
        let (folder, lock) = vacant_folder();
        let service = postgres::start(&folder).await.expect("a PostgreSQL");
        (service, lock)
    });
    let url = server.await.0.url();
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let create = format!("CREATE DATABASE portal_{number}");
    sqlx::raw_sql(AssertSqlSafe(create))
        .execute(&mut connection)
        .await
        .expect("a database");
    let (server, _) = url.rsplit_once('/').expect("a database's name");
    format!("{server}/portal_{number}")
}

/// An empty folder that no other process uses as long as the lock is held. What is in it outlives
/// this process, as nobody is there to remove it; the next one makes room, so that a gigabyte is
/// left once and not after every run.
fn vacant_folder() -> (PathBuf, File) {
    let candidates = (0..).map(|number| temp_dir().join(format!("isutori-portal-tests-{number}")));
    for folder in candidates.take(1000) {
        let Ok(lock) = File::create(folder.with_extension("lock")) else {
            continue;
        };
        if lock.try_lock().is_err() || (folder.exists() && fs::remove_dir_all(&folder).is_err()) {
            continue;
        }
        fs::create_dir(&folder).expect("a folder");
        return (folder, lock);
    }
    panic!("{} has no room for a PostgreSQL", temp_dir().display());
}
