//! Loading into SQLite: one transaction, then write-ahead logging for the app.

use std::time::Duration;

use sqlx::Sqlite as Driver;
use sqlx::sqlite::SqliteConnectOptions;

use super::batches::Batch;
use super::connected::{Connected, Statements, options_of};
use super::engine::Engine;
use super::error::LoadError;
use super::format::InsertText;

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open SQLite file.
pub(super) struct Sqlite(Connected<Driver>);

impl Engine for Sqlite {
    type Format = InsertText<false>;
    type Connected = Connected<Driver>;

    const SCHEMA: &'static str = include_str!("../../../../sql/sqlite/schema.sql");
    const INDEXES: &'static str = include_str!("../../../../sql/sqlite/indexes.sql");
    const TABLES_WHOSE_NAME: &'static str =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name";

    async fn connect(url: &str, create: bool) -> Result<Sqlite, LoadError> {
        let options = options_of::<SqliteConnectOptions>(url)?
            .create_if_missing(create)
            .busy_timeout(PATIENCE);
        let place = format!("the SQLite file {}", options.get_filename().display());
        Ok(Sqlite(Connected::open(place, options).await?))
    }

    fn connected(&mut self) -> &mut Connected<Driver> {
        &mut self.0
    }

    fn into_connected(self) -> Connected<Driver> {
        self.0
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        self.0.run("BEGIN IMMEDIATE").await
    }

    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError> {
        self.0.run(batch.text).await
    }

    /// Write-ahead logging, which lets the app read while it writes, is a property of the file.
    /// A new file gets it only now: during the load, it would write everything twice.
    async fn commit(&mut self) -> Result<(), LoadError> {
        self.0.run("COMMIT; PRAGMA journal_mode = WAL;").await
    }

    /// After an error such as a full disk, SQLite puts the rollback off until the file is next
    /// read. Reading it now gives the room on the disk back.
    async fn abandon(&mut self) {
        let _ = self.0.run("ROLLBACK").await;
        let _ = self.present_tables().await;
    }
}
