//! One way to speak to MySQL, PostgreSQL and SQLite.
//!
//! SQL is written once, with `?` for parameters. What the engines do not share is settled here:
//! PostgreSQL's `$1`, the id of an inserted row, SQLite's settings and its write transactions.

use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, FromRow, SqlSafeStr, SqlStr,
    Transaction,
    any::{AnyArguments, AnyPoolOptions, AnyRow},
    query::{Query, QueryAs, QueryScalar},
};

/// How many connections the application keeps at most.
const MAX_CONNECTIONS: u32 = 10;

/// The kind of database behind the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    MySql,
    Postgres,
    Sqlite,
}

impl Engine {
    fn from_url(url: &str) -> Result<Self, sqlx::Error> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("mysql" | "mariadb") => Ok(Self::MySql),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some("sqlite") => Ok(Self::Sqlite),
            _ => Err(sqlx::Error::Configuration(
                "the URL must begin with mysql:, mariadb:, postgres: or sqlite:".into(),
            )),
        }
    }

    /// The engine's folder within `sql/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

/// The pool of connections to the database.
#[derive(Clone)]
pub struct Database {
    pub pool: AnyPool,
    engine: Engine,
}

impl Database {
    /// Opens the first connection.
    pub async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        let engine = Engine::from_url(url)?;
        sqlx::any::install_default_drivers();
        // A pool would try again for half a minute and then not tell what was wrong.
        AnyConnection::connect(url).await?.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if engine == Engine::Sqlite {
                        sqlx::raw_sql(
                            "PRAGMA busy_timeout = 10000;
                             PRAGMA journal_mode = WAL;
                             PRAGMA synchronous = NORMAL;",
                        )
                        .execute(connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        Ok(Self { pool, engine })
    }

    /// Which database answers.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A statement whose rows, if any, do not matter.
    pub fn query(&self, sql: &'static str) -> Query<'static, Any, AnyArguments> {
        sqlx::query(self.sql(sql))
    }

    /// A query for rows of one type.
    pub fn query_as<T>(&self, sql: &'static str) -> QueryAs<'static, Any, T, AnyArguments>
    where
        T: for<'r> FromRow<'r, AnyRow>,
    {
        sqlx::query_as(self.sql(sql))
    }

    /// A query for a number.
    pub fn query_number(&self, sql: &'static str) -> QueryScalar<'static, Any, i64, AnyArguments> {
        sqlx::query_scalar(self.sql(sql))
    }

    /// An `INSERT` to be run by [`Self::inserted_id`].
    pub fn insert(&self, sql: &'static str) -> Query<'static, Any, AnyArguments> {
        match self.engine {
            Engine::MySql => self.query(sql),
            Engine::Postgres | Engine::Sqlite => sqlx::query(AssertSqlSafe(format!(
                "{} RETURNING id",
                self.sql(sql).as_str()
            ))),
        }
    }

    /// Inserts a row and answers its id.
    pub async fn inserted_id(
        &self,
        insert: Query<'static, Any, AnyArguments>,
    ) -> Result<i64, sqlx::Error> {
        if self.engine == Engine::MySql {
            let result = insert.execute(&self.pool).await?;
            return result.last_insert_id().ok_or(sqlx::Error::RowNotFound);
        }
        // All rows are fetched, although there is one: the statement commits when it ends, and the
        // row must be there for everybody before this function answers.
        let rows = insert.fetch_all(&self.pool).await?;
        let (id,) = FromRow::from_row(rows.first().ok_or(sqlx::Error::RowNotFound)?)?;
        Ok(id)
    }

    /// Begins a transaction that will write. SQLite must lock at once: a transaction that begins
    /// with reading cannot wait for another writer later.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.engine {
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Engine::MySql | Engine::Postgres => self.pool.begin().await,
        }
    }

    fn sql(&self, sql: &'static str) -> SqlStr {
        match self.engine {
            Engine::Postgres => AssertSqlSafe(number_placeholders(sql)).into_sql_str(),
            Engine::MySql | Engine::Sqlite => sql.into_sql_str(),
        }
    }
}

/// Whether a statement failed because such a row exists already.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}

/// Turns each `?` into `$1`, `$2` and so on. No statement of ours has a `?` within quotes.
fn number_placeholders(sql: &str) -> String {
    let mut parts = sql.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        numbered.push_str(&format!("${}", index + 1));
        numbered.push_str(part);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_from_one() {
        assert_eq!(
            number_placeholders("SELECT * FROM a WHERE b = ? AND c IN (?, ?)"),
            "SELECT * FROM a WHERE b = $1 AND c IN ($2, $3)"
        );
        assert_eq!(number_placeholders("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn the_scheme_names_the_engine() {
        let engine = |url| Engine::from_url(url).ok();
        assert_eq!(engine("mysql://root@localhost/suwaru"), Some(Engine::MySql));
        assert_eq!(
            engine("mariadb://root@localhost/suwaru"),
            Some(Engine::MySql)
        );
        assert_eq!(
            engine("postgres://localhost/suwaru"),
            Some(Engine::Postgres)
        );
        assert_eq!(engine("sqlite:suwaru.db"), Some(Engine::Sqlite));
        assert_eq!(engine("oracle://localhost"), None);
        assert_eq!(engine("suwaru.db"), None);
    }
}
