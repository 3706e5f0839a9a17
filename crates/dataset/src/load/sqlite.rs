//! Loading into SQLite: one transaction, then write-ahead logging for the app.

use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};

use super::batches::Batch;
use super::engine::{Engine, closing_statements, hash_rows, table_list};
use super::error::LoadError;
use super::format::InsertText;
use crate::fingerprint::RowHasher;
use crate::rows::Table;

const SCHEMA: &str = include_str!("../../../../sql/sqlite/schema.sql");

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open SQLite file.
pub(super) struct Sqlite {
    place: String,
    connection: SqliteConnection,
}

impl Sqlite {
    /// Opens the file of `url`; `create` makes a missing one.
    pub(super) async fn connect(url: &str, create: bool) -> Result<Sqlite, LoadError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(LoadError::invalid_url)?
            .create_if_missing(create)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let place = format!("the SQLite file {}", options.get_filename().display());
        match options.connect().await {
            Ok(connection) => Ok(Sqlite { place, connection }),
            Err(error) => Err(LoadError::on_connect(&place, error)),
        }
    }

    async fn run(&mut self, sql: impl Into<String>) -> Result<(), LoadError> {
        sqlx::raw_sql(AssertSqlSafe(sql.into()))
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| LoadError::on_statement(&self.place, error))
    }

    async fn texts(&mut self, sql: String) -> Result<Vec<String>, LoadError> {
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| LoadError::on_statement(&self.place, error))
    }
}

impl Engine for Sqlite {
    type Format = InsertText<false>;

    fn place(&self) -> &str {
        &self.place
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        self.run("BEGIN IMMEDIATE").await
    }

    async fn present_tables(&mut self) -> Result<Vec<String>, LoadError> {
        let tables = table_list();
        self.texts(format!(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN {tables}"
        ))
        .await
    }

    async fn stored_fingerprint(&mut self) -> Result<Option<String>, LoadError> {
        let found = self
            .texts("SELECT fingerprint FROM dataset".to_owned())
            .await?;
        Ok(found.into_iter().next())
    }

    async fn create_tables(&mut self, present: &[String]) -> Result<(), LoadError> {
        for table in present {
            self.run(format!("DROP TABLE {table}")).await?;
        }
        self.run(SCHEMA).await
    }

    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError> {
        self.run(batch.text).await
    }

    /// Write-ahead logging, which lets the app read while it writes, is a property of the file.
    /// A new file gets it only now: during the load, it would write everything twice.
    async fn finish(&mut self, fingerprint: &str) -> Result<(), LoadError> {
        self.run(closing_statements(fingerprint)).await?;
        self.run("COMMIT; PRAGMA journal_mode = WAL;").await
    }

    /// After an error such as a full disk, SQLite puts the rollback off until the file is next
    /// read. Reading it now gives the room on the disk back.
    async fn abandon(&mut self) {
        let _ = self.run("ROLLBACK").await;
        let _ = self.present_tables().await;
    }

    async fn hash_table(
        &mut self,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError> {
        hash_rows(&mut self.connection, table, str::to_owned, hasher)
            .await
            .map_err(|error| LoadError::on_statement(&self.place, error))
    }
}
