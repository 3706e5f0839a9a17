//! Loading into PostgreSQL: `COPY`, all in one transaction.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::batches::Batch;
use super::engine::{Engine, closing_statements, hash_rows, table_list};
use super::error::LoadError;
use super::format::CopyText;
use crate::fingerprint::RowHasher;
use crate::rows::Table;

const SCHEMA: &str = include_str!("../../../../sql/postgres/schema.sql");
/// Resets the identity columns, too; nothing else is left to reset after a load.
const RESET: &str = include_str!("../../../../sql/postgres/reset.sql");

/// Makes a second load wait until the first has committed, and then find its tables. The number
/// means nothing; it is the same in every load.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7305437)";

/// A connection to a PostgreSQL server.
pub(super) struct Postgres {
    place: String,
    connection: PgConnection,
}

impl Postgres {
    /// Connects to the server of `url`.
    pub(super) async fn connect(url: &str) -> Result<Postgres, LoadError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(LoadError::invalid_url)?
            .disable_statement_logging();
        let place = describe(&options);
        match options.connect().await {
            Ok(connection) => Ok(Postgres { place, connection }),
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

    async fn copy(&mut self, batch: &Batch) -> Result<u64, sqlx::Error> {
        let columns: Vec<&str> = batch
            .table
            .columns
            .iter()
            .map(|column| column.name)
            .collect();
        // Frozen rows need no second write when they are first read. This is allowed in the
        // transaction that created the table.
        let statement = format!(
            "COPY {} ({}) FROM STDIN WITH (FREEZE)",
            batch.table.name,
            columns.join(", ")
        );
        let mut copy = self.connection.copy_in_raw(&statement).await?;
        copy.send(batch.text.as_bytes()).await?;
        copy.finish().await
    }
}

fn describe(options: &PgConnectOptions) -> String {
    let server = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    format!("the PostgreSQL server at {server} (user {user}, database {database:?})")
}

impl Engine for Postgres {
    type Format = CopyText;

    fn place(&self) -> &str {
        &self.place
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        self.run("BEGIN").await?;
        self.run(LOCK).await
    }

    async fn present_tables(&mut self) -> Result<Vec<String>, LoadError> {
        let tables = table_list();
        self.texts(format!(
            "SELECT tablename::text FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename IN {tables}"
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
        self.copy(&batch)
            .await
            .map(drop)
            .map_err(|error| LoadError::on_statement(&self.place, error))
    }

    async fn finish(&mut self, fingerprint: &str) -> Result<(), LoadError> {
        self.run(closing_statements(fingerprint)).await?;
        self.run(RESET).await?;
        self.run("COMMIT; ANALYZE;").await
    }

    /// Closing the connection would roll back as well; this only says so.
    async fn abandon(&mut self) {
        let _ = self.run("ROLLBACK").await;
    }

    async fn hash_table(
        &mut self,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError> {
        let number = |column: &str| format!("{column}::bigint");
        hash_rows(&mut self.connection, table, number, hasher)
            .await
            .map_err(|error| LoadError::on_statement(&self.place, error))
    }
}
