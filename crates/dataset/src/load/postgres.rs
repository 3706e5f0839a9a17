//! Loading into PostgreSQL: `COPY`, all in one transaction.

use sqlx::Postgres as Driver;
use sqlx::postgres::PgConnectOptions;

use super::batches::Batch;
use super::connected::{Connected, Statements, address, options_of};
use super::engine::Engine;
use super::error::LoadError;
use super::format::CopyText;

/// Resets the identity columns, too; nothing else is left to reset after a load.
const RESET: &str = include_str!("../../../../sql/postgres/reset.sql");

/// Makes a second load wait until the first has committed, and then find its tables. The number
/// means nothing; it is the same in every load.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7305437)";

/// A connection to a PostgreSQL server.
pub(super) struct Postgres(Connected<Driver>);

impl Postgres {
    async fn copy(&mut self, batch: &Batch) -> Result<u64, sqlx::Error> {
        let columns = batch.table.columns.iter();
        let names: Vec<&str> = columns.map(|column| column.name).collect();
        // Frozen rows need no second write when they are first read. This is allowed in the
        // transaction that created the table.
        let statement = format!(
            "COPY {} ({}) FROM STDIN WITH (FREEZE)",
            batch.table.name,
            names.join(", ")
        );
        let mut copy = self.0.connection.copy_in_raw(&statement).await?;
        copy.send(batch.text.as_bytes()).await?;
        copy.finish().await
    }
}

fn describe(options: &PgConnectOptions) -> String {
    let server = address(options.get_socket(), options.get_host(), options.get_port());
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    format!("the PostgreSQL server at {server} (user {user}, database {database:?})")
}

impl Engine for Postgres {
    type Format = CopyText;
    type Connected = Connected<Driver>;

    const SCHEMA: &'static str = include_str!("../../../../sql/postgres/schema.sql");
    const INDEXES: &'static str = include_str!("../../../../sql/postgres/indexes.sql");
    const TABLES_WHOSE_NAME: &'static str =
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() AND tablename";

    async fn connect(url: &str, _: bool) -> Result<Postgres, LoadError> {
        let options = options_of::<PgConnectOptions>(url)?;
        let place = describe(&options);
        Ok(Postgres(Connected::open(place, options).await?))
    }

    fn connected(&mut self) -> &mut Connected<Driver> {
        &mut self.0
    }

    fn into_connected(self) -> Connected<Driver> {
        self.0
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        self.0.run("BEGIN").await?;
        self.0.run(LOCK).await
    }

    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError> {
        let copied = self.copy(&batch).await;
        copied.map(drop).map_err(|error| self.0.error(error))
    }

    async fn commit(&mut self) -> Result<(), LoadError> {
        self.0.run(RESET).await?;
        self.0.run("COMMIT; ANALYZE;").await
    }

    /// Closing the connection would roll back as well; this only says so.
    async fn abandon(&mut self) {
        let _ = self.0.run("ROLLBACK").await;
    }

    fn number(column: &str) -> String {
        format!("{column}::bigint")
    }
}
