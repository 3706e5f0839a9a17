//! What the loader asks of every engine.

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Executor, Row as _, Type};

use super::batches::Batch;
use super::error::LoadError;
use super::format::Format;
use crate::fingerprint::RowHasher;
use crate::rows::{Cells, Kind, TABLES, Table};

/// A connection to a database of one engine.
pub(super) trait Engine: Sized {
    /// How the engine takes rows.
    type Format: Format;

    /// What to call the database in messages, without a password.
    fn place(&self) -> &str;

    /// Makes sure that no other load runs here, by a lock or a transaction.
    async fn begin(&mut self) -> Result<(), LoadError>;

    /// Which of [`suwaru_tables`] exist.
    async fn present_tables(&mut self) -> Result<Vec<String>, LoadError>;

    /// The fingerprint in the table `dataset`, which must exist.
    async fn stored_fingerprint(&mut self) -> Result<Option<String>, LoadError>;

    /// Drops the tables `present` and creates all.
    async fn create_tables(&mut self, present: &[String]) -> Result<(), LoadError>;

    /// Inserts a batch. Batches of one table follow each other.
    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError>;

    /// Fills `people_initial`, writes the row of `dataset`, and makes everything last.
    async fn finish(&mut self, fingerprint: &str) -> Result<(), LoadError>;

    /// Undoes everything since [`Engine::create_tables`] began, as far as possible.
    async fn abandon(&mut self);

    /// Adds the stored rows of `table` to `hasher`, in the order of ids.
    async fn hash_table(
        &mut self,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError>;
}

/// The names of all tables of the schema.
pub(super) fn suwaru_tables() -> impl Iterator<Item = &'static str> {
    let others = ["sessions", "people_initial", "dataset"];
    TABLES.iter().map(|table| table.name).chain(others)
}

/// `IN` list of [`suwaru_tables`] in SQL.
pub(super) fn table_list() -> String {
    let quoted: Vec<String> = suwaru_tables().map(|table| format!("'{table}'")).collect();
    format!("({})", quoted.join(", "))
}

/// What is written after all rows, the same on every engine.
pub(super) fn closing_statements(fingerprint: &str) -> String {
    let last_ids: Vec<String> = TABLES
        .iter()
        .map(|table| format!("(SELECT MAX(id) FROM {})", table.name))
        .collect();
    format!(
        "INSERT INTO people_initial (id, nickname, introduction, birthday) \
         SELECT id, nickname, introduction, birthday FROM people; \
         INSERT INTO dataset (fingerprint, last_person, last_entry, last_comment, \
         last_friendship, last_footprint, last_login) VALUES ('{fingerprint}', {});",
        last_ids.join(", ")
    )
}

/// Adds the rows that `executor` finds in `table` to `hasher`. `number` turns the name of a
/// number column into an expression that the driver decodes as 64 bits.
pub(super) async fn hash_rows<'e, E, DB>(
    executor: E,
    table: &'static Table,
    number: impl Fn(&str) -> String,
    hasher: &mut RowHasher,
) -> Result<(), sqlx::Error>
where
    DB: Database,
    E: Executor<'e, Database = DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    for<'r> &'r str: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let expressions: Vec<String> = table
        .columns
        .iter()
        .map(|column| match column.kind {
            Kind::Number => number(column.name),
            Kind::Text => column.name.to_owned(),
        })
        .collect();
    let select = format!(
        "SELECT {} FROM {} ORDER BY id",
        expressions.join(", "),
        table.name
    );
    let mut rows = sqlx::raw_sql(AssertSqlSafe(select)).fetch(executor);
    while let Some(row) = rows.try_next().await? {
        let mut decoded = Ok(());
        hasher.add(|cells| decoded = write_stored_cells::<DB>(&row, table, cells));
        decoded?;
    }
    Ok(())
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
        }
    }
    Ok(())
}
