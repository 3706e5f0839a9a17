//! The engines: what each does in its own way, and what all do alike.

use super::batches::Batch;
use super::connected::Statements;
use super::error::LoadError;
use super::format::Format;
use super::mysql::Mysql;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use crate::fingerprint::RowHasher;
use crate::rows::{Kind, TABLES, Table};

/// A connection to a database of one engine.
pub(super) trait Engine: Sized {
    /// How the engine takes rows.
    type Format: Format;

    /// The driver's connection.
    type Connected: Statements;

    /// Creates all tables.
    const SCHEMA: &'static str;

    /// Creates all indexes but those that the schema has.
    const INDEXES: &'static str;

    /// Selects the names of tables; an `IN` list follows.
    const TABLES_WHOSE_NAME: &'static str;

    /// Connects to the database of `url`. A missing SQLite file is made if `create` says so.
    async fn connect(url: &str, create: bool) -> Result<Self, LoadError>;

    /// The connection.
    fn connected(&mut self) -> &mut Self::Connected;

    /// The connection, which nothing else needs any more.
    fn into_connected(self) -> Self::Connected;

    /// Makes sure that no other load runs here, by a lock or a transaction.
    async fn begin(&mut self) -> Result<(), LoadError>;

    /// Inserts a batch. Batches of one table follow each other.
    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError>;

    /// Makes everything last.
    async fn commit(&mut self) -> Result<(), LoadError>;

    /// Undoes everything since [`Engine::create_tables`] began, as far as possible.
    async fn abandon(&mut self);

    /// An expression with the value of a number column that the driver decodes as 64 bits.
    fn number(column: &str) -> String {
        column.to_owned()
    }

    /// What to call the database in messages.
    fn place(&mut self) -> String {
        self.connected().place().to_owned()
    }

    /// Which of [`suwaru_tables`] exist.
    async fn present_tables(&mut self) -> Result<Vec<String>, LoadError> {
        let names: Vec<String> = suwaru_tables().map(|name| format!("'{name}'")).collect();
        let select = format!("{} IN ({})", Self::TABLES_WHOSE_NAME, names.join(", "));
        self.connected().texts(select).await
    }

    /// The fingerprint in the table `dataset`, if that is among the tables `present`.
    async fn stored_fingerprint(
        &mut self,
        present: &[String],
    ) -> Result<Option<String>, LoadError> {
        if !present.iter().any(|table| table == "dataset") {
            return Ok(None);
        }
        let select = "SELECT fingerprint FROM dataset".to_owned();
        Ok(self.connected().texts(select).await?.into_iter().next())
    }

    /// Drops the tables `present`, and the views of them, and creates all.
    async fn create_tables(&mut self, present: &[String]) -> Result<(), LoadError> {
        for view in VIEWS {
            let drop = format!("DROP VIEW IF EXISTS {view}");
            self.connected().run(drop).await?;
        }
        for table in present {
            self.connected().run(format!("DROP TABLE {table}")).await?;
        }
        self.connected().run(Self::SCHEMA).await
    }

    /// Does what comes after the rows, and makes everything last.
    async fn finish(&mut self, fingerprint: &str) -> Result<(), LoadError> {
        self.connected().run(Self::INDEXES).await?;
        self.connected()
            .run(closing_statements(fingerprint))
            .await?;
        self.commit().await
    }

    /// Adds the stored rows of `table` to `hasher`, in the order of ids.
    async fn hash_table(
        &mut self,
        table: &'static Table,
        hasher: &mut RowHasher,
    ) -> Result<(), LoadError> {
        let columns = table.columns.iter();
        let expressions: Vec<String> = columns
            .map(|column| match column.kind {
                Kind::Number => Self::number(column.name),
                Kind::Text | Kind::Bytes => column.name.to_owned(),
            })
            .collect();
        let select = format!(
            "SELECT {} FROM {} ORDER BY id",
            expressions.join(", "),
            table.name
        );
        self.connected().hash_rows(select, table, hasher).await
    }
}

/// Work that can be done on any engine.
pub(super) trait Task {
    /// Whether a SQLite file that is missing shall be made.
    const CREATES: bool;

    /// What comes out.
    type Output;

    /// Does the work.
    async fn run<E: Engine>(self, engine: &mut E) -> Result<Self::Output, LoadError>;
}

/// Does `task` on the engine that the scheme of `url` names.
pub(super) async fn run<T: Task>(url: &str, task: T) -> Result<T::Output, LoadError> {
    // Nothing else of a URL is ever shown: it may hold a password.
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "sqlite" => run_on::<Sqlite, T>(url, task).await,
        "mysql" | "mariadb" => run_on::<Mysql, T>(url, task).await,
        "postgres" | "postgresql" => run_on::<Postgres, T>(url, task).await,
        other => Err(LoadError::UnknownScheme(other.to_owned())),
    }
}

async fn run_on<E: Engine, T: Task>(url: &str, task: T) -> Result<T::Output, LoadError> {
    let mut engine = E::connect(url, T::CREATES).await?;
    let outcome = task.run(&mut engine).await;
    engine.into_connected().close().await;
    outcome
}

/// The names of all views of the schema.
pub(super) const VIEWS: [&str; 5] = [
    "current_people",
    "current_entries",
    "current_comments",
    "current_friendships",
    "current_footprints",
];

/// The names of all tables of the schema.
pub(super) fn suwaru_tables() -> impl Iterator<Item = &'static str> {
    let others = [
        "removed_entries",
        "banned_people",
        "sessions",
        "settings",
        "people_initial",
        "dataset",
    ];
    TABLES.iter().map(|table| table.name).chain(others)
}

/// What is written after all rows. The row of `dataset` comes last.
fn closing_statements(fingerprint: &str) -> String {
    let last_ids: Vec<String> = TABLES
        .iter()
        .map(|table| format!("(SELECT MAX(id) FROM {})", table.name))
        .collect();
    format!(
        "INSERT INTO people_initial (id, nickname, introduction, birthday, icon) \
         SELECT id, nickname, introduction, birthday, icon FROM people; \
         INSERT INTO dataset (fingerprint, last_person, last_entry, last_comment, \
         last_friendship, last_footprint, last_login) VALUES ('{fingerprint}', {});",
        last_ids.join(", ")
    )
}
