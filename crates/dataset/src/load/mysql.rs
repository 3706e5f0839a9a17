//! Loading into MySQL and MariaDB: large `INSERT`s, a transaction for each table.

use std::str::FromStr;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, MySqlConnection};

use super::batches::Batch;
use super::engine::{Engine, closing_statements, hash_rows, suwaru_tables, table_list};
use super::error::LoadError;
use super::format::InsertText;
use crate::fingerprint::RowHasher;
use crate::rows::Table;

const SCHEMA: &str = include_str!("../../../../sql/mysql/schema.sql");

/// No backslash or quote in a batch means anything else than the format says, whatever the
/// server's default; the other checks are for data that may be wrong.
const SESSION: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES', unique_checks = 0, \
                       foreign_key_checks = 0, autocommit = 0";

/// Keeps two loads into one database apart. The server releases it with the connection, for
/// which the seconds of waiting give it time.
const LOCK: &str = "SELECT CAST(GET_LOCK(CONCAT('suwaru load ', DATABASE()), 5) AS SIGNED)";

/// A connection to a MySQL or MariaDB server.
pub(super) struct Mysql {
    place: String,
    connection: MySqlConnection,
    /// The table that the open transaction fills.
    filling: Option<&'static Table>,
}

impl Mysql {
    /// Connects to the server of `url`.
    pub(super) async fn connect(url: &str) -> Result<Mysql, LoadError> {
        let options = MySqlConnectOptions::from_str(url)
            .map_err(LoadError::invalid_url)?
            .disable_statement_logging();
        let place = describe(&options);
        match options.connect().await {
            Ok(connection) => Ok(Mysql {
                place,
                connection,
                filling: None,
            }),
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

fn describe(options: &MySqlConnectOptions) -> String {
    let server = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let (user, database) = (options.get_username(), options.get_database().unwrap_or(""));
    format!("the MySQL or MariaDB server at {server} (user {user}, database {database:?})")
}

impl Engine for Mysql {
    type Format = InsertText<true>;

    fn place(&self) -> &str {
        &self.place
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        let locked: Option<i64> = sqlx::query_scalar(LOCK)
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| LoadError::on_statement(&self.place, error))?;
        match locked {
            Some(1) => Ok(()),
            _ => Err(LoadError::Busy {
                place: self.place.clone(),
                cause: "another load is running".to_owned(),
            }),
        }
    }

    async fn present_tables(&mut self) -> Result<Vec<String>, LoadError> {
        let tables = table_list();
        self.texts(format!(
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name IN {tables}"
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
        self.run(SESSION).await?;
        for table in present {
            self.run(format!("DROP TABLE {table}")).await?;
        }
        self.run(SCHEMA).await
    }

    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError> {
        if self.filling.replace(batch.table) != Some(batch.table) {
            self.run("COMMIT").await?;
        }
        self.run(batch.text).await
    }

    async fn finish(&mut self, fingerprint: &str) -> Result<(), LoadError> {
        self.run("COMMIT").await?;
        self.run(closing_statements(fingerprint)).await?;
        self.run("COMMIT").await?;
        let tables: Vec<&str> = suwaru_tables().collect();
        self.run(format!("ANALYZE TABLE {}", tables.join(", ")))
            .await
    }

    async fn abandon(&mut self) {
        let tables: Vec<&str> = suwaru_tables().collect();
        let _ = self.run("ROLLBACK").await;
        let _ = self
            .run(format!("DROP TABLE IF EXISTS {}", tables.join(", ")))
            .await;
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
