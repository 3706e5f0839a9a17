//! A connection to a database, and what every engine does with it alike.

use std::path::PathBuf;

use futures::TryStreamExt;
use sqlx::{
    AssertSqlSafe, ColumnIndex, ConnectOptions, Connection, Database, Decode, Executor,
    IntoArguments, Row as _, Type,
};

use super::error::LoadError;
use crate::fingerprint::RowHasher;
use crate::rows::{Cells, Kind, Table};

/// A connection, and what to call its database in messages.
pub(super) struct Connected<DB: Database> {
    /// The database's name for people, without a password.
    pub(super) place: String,
    pub(super) connection: DB::Connection,
}

/// What is asked of every connection, whatever the driver behind it.
pub(super) trait Statements {
    /// What to call the database in messages.
    fn place(&self) -> &str;

    /// Runs statements whose rows, if any, do not matter.
    async fn run(&mut self, sql: impl Into<String>) -> Result<(), LoadError>;

    /// The only column, of text, of all rows that `sql` finds.
    async fn texts(&mut self, sql: String) -> Result<Vec<String>, LoadError>;

    /// Adds the rows that `select` finds to `hasher`. It selects all columns of `table`, with
    /// numbers of 64 bits.
    async fn hash_rows(
        &mut self,
        select: String,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError>;

    /// Ends the connection. SQLite removes the files beside its own then, which a process that ends
    /// sooner would leave.
    async fn close(self);
}

/// The options that `url` spells.
pub(super) fn options_of<O: ConnectOptions>(url: &str) -> Result<O, LoadError> {
    url.parse()
        .map(O::disable_statement_logging)
        .map_err(LoadError::invalid_url)
}

/// Where a server listens: its unix socket, or host and port.
pub(super) fn address(socket: Option<&PathBuf>, host: &str, port: u16) -> String {
    match socket {
        Some(socket) => socket.display().to_string(),
        None => format!("{host}:{port}"),
    }
}

impl<DB: Database> Connected<DB> {
    /// Connects to the database that is called `place`.
    pub(super) async fn open(
        place: String,
        options: impl ConnectOptions<Connection = DB::Connection>,
    ) -> Result<Self, LoadError> {
        match options.connect().await {
            Ok(connection) => Ok(Connected { place, connection }),
            Err(error) => Err(LoadError::on_connect(&place, error)),
        }
    }

    /// The error of a statement.
    pub(super) fn error(&self, error: sqlx::Error) -> LoadError {
        LoadError::on_statement(&self.place, error)
    }
}

impl<DB> Statements for Connected<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    for<'r> &'r str: Decode<'r, DB> + Type<DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    fn place(&self) -> &str {
        &self.place
    }

    async fn run(&mut self, sql: impl Into<String>) -> Result<(), LoadError> {
        sqlx::raw_sql(AssertSqlSafe(sql.into()))
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| self.error(error))
    }

    async fn texts(&mut self, sql: String) -> Result<Vec<String>, LoadError> {
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| self.error(error))
    }

    async fn close(self) {
        // What was to last has been committed.
        let _ = self.connection.close().await;
    }

    async fn hash_rows(
        &mut self,
        select: String,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError> {
        let failed = |error| LoadError::on_statement(&self.place, error);
        let mut rows = sqlx::raw_sql(AssertSqlSafe(select)).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let mut decoded = Ok(());
            hasher.add(|cells| decoded = write_stored_cells::<DB>(&row, table, cells));
            decoded.map_err(failed)?;
        }
        Ok(())
    }
}

fn write_stored_cells<DB>(
    row: &DB::Row,
    table: &Table,
    cells: &mut impl Cells,
) -> Result<(), sqlx::Error>
where
    DB: Database,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    for<'r> &'r str: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    for (index, column) in table.columns.iter().enumerate() {
        match column.kind {
            Kind::Number => match row.try_get::<Option<i64>, _>(index)? {
                Some(value) => cells.number(value),
                None => cells.null(),
            },
            Kind::Text => match row.try_get::<Option<&str>, _>(index)? {
                Some(value) => cells.text(value),
                None => cells.null(),
            },
            Kind::Bytes => match row.try_get::<Option<Vec<u8>>, _>(index)? {
                Some(value) => cells.bytes(&value),
                None => cells.null(),
            },
        }
    }
    Ok(())
}
