//! Loading into MySQL and MariaDB: large `INSERT`s, a transaction for each table.

use sqlx::MySql as Driver;
use sqlx::mysql::MySqlConnectOptions;

use super::batches::Batch;
use super::connected::{Connected, Statements, address, options_of};
use super::engine::{Engine, VIEWS, suwaru_tables};
use super::error::LoadError;
use super::format::InsertText;
use crate::rows::Table;

/// No backslash or quote in a batch means anything else than the format says, whatever the
/// server's default; the other checks are for data that may be wrong.
const SETTINGS: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES', unique_checks = 0, \
                        foreign_key_checks = 0, autocommit = 0";

/// Keeps two loads into one database apart. The server releases it with the connection, for
/// which the seconds of waiting give it time.
const LOCK: &str = "SELECT CAST(GET_LOCK(CONCAT('suwaru load ', DATABASE()), 5) AS SIGNED)";

/// A connection to a MySQL or MariaDB server.
pub(super) struct Mysql {
    connected: Connected<Driver>,
    /// The table that the open transaction fills.
    filling: Option<&'static Table>,
}

fn describe(options: &MySqlConnectOptions) -> String {
    let server = address(options.get_socket(), options.get_host(), options.get_port());
    let (user, database) = (options.get_username(), options.get_database().unwrap_or(""));
    format!("the MySQL or MariaDB server at {server} (user {user}, database {database:?})")
}

impl Engine for Mysql {
    type Format = InsertText<true>;
    type Connected = Connected<Driver>;

    const SCHEMA: &'static str = include_str!("../../../../sql/mysql/schema.sql");
    const INDEXES: &'static str = include_str!("../../../../sql/mysql/indexes.sql");
    const TABLES_WHOSE_NAME: &'static str = "SELECT CAST(table_name AS CHAR) \
        FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name";

    async fn connect(url: &str, _: bool) -> Result<Mysql, LoadError> {
        let options = options_of::<MySqlConnectOptions>(url)?;
        let place = describe(&options);
        Ok(Mysql {
            connected: Connected::open(place, options).await?,
            filling: None,
        })
    }

    fn connected(&mut self) -> &mut Connected<Driver> {
        &mut self.connected
    }

    fn into_connected(self) -> Connected<Driver> {
        self.connected
    }

    async fn begin(&mut self) -> Result<(), LoadError> {
        let locked: Option<i64> = sqlx::query_scalar(LOCK)
            .fetch_one(&mut self.connected.connection)
            .await
            .map_err(|error| self.connected.error(error))?;
        if locked != Some(1) {
            return Err(LoadError::Busy {
                place: self.place(),
                cause: "another load is running".to_owned(),
            });
        }
        self.connected.run(SETTINGS).await
    }

    async fn insert(&mut self, batch: Batch) -> Result<(), LoadError> {
        if self.filling.replace(batch.table) != Some(batch.table) {
            self.connected.run("COMMIT").await?;
        }
        self.connected.run(batch.text).await
    }

    async fn commit(&mut self) -> Result<(), LoadError> {
        let tables: Vec<&str> = suwaru_tables().collect();
        let analyze = format!("ANALYZE TABLE {}", tables.join(", "));
        self.connected.run("COMMIT").await?;
        self.connected.run(analyze).await
    }

    async fn abandon(&mut self) {
        let tables: Vec<&str> = suwaru_tables().collect();
        let drop = format!("DROP TABLE IF EXISTS {}", tables.join(", "));
        let drop_views = format!("DROP VIEW IF EXISTS {}", VIEWS.join(", "));
        let _ = self.connected.run("ROLLBACK").await;
        let _ = self.connected.run(drop_views).await;
        let _ = self.connected.run(drop).await;
    }
}
