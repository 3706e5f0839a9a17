//! Why a load is refused or fails, each as a sentence: what happened, why, and what to do.

use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// Why a dataset was not loaded, or not read back. A `place` names the database without its
/// password.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The URL's scheme is none of ours.
    #[error(
        "{0:?} is no kind of database that the data can be loaded into; \
         use a URL like sqlite:PATH, mysql://…, mariadb://… or postgres://…"
    )]
    UnknownScheme(String),

    /// The driver does not understand the URL.
    #[error("the database's URL cannot be understood: {0}; correct it")]
    InvalidUrl(String),

    /// No connection.
    #[error(
        "{place} cannot be reached: {cause}; see that it is there and running, or correct the URL"
    )]
    Unreachable {
        /// The database.
        place: String,
        /// What the operating system or the driver says.
        cause: String,
    },

    /// The server answers, and does not let us in.
    #[error(
        "{place} refuses the connection: {cause}; correct user, password or database in the URL"
    )]
    Refused {
        /// The database.
        place: String,
        /// What the server says.
        cause: String,
    },

    /// A dataset is there already.
    #[error(
        "{place} already holds the dataset {fingerprint}; \
         ask for it to be replaced, or choose another database"
    )]
    AlreadyLoaded {
        /// The database.
        place: String,
        /// The fingerprint that the data there was loaded with.
        fingerprint: String,
    },

    /// Tables of Suwaru's names are there, without a dataset.
    #[error(
        "{place} has tables named {tables} but no dataset, as after an interrupted load; \
         ask for them to be replaced, or choose another database"
    )]
    TablesInTheWay {
        /// The database.
        place: String,
        /// The names of the tables, with commas between.
        tables: String,
    },

    /// Another program holds a lock.
    #[error(
        "{place} is in use by another program ({cause}); stop the app or the other load, then try again"
    )]
    Busy {
        /// The database.
        place: String,
        /// What the database says.
        cause: String,
    },

    /// The disk is full.
    #[error(
        "{place} has no room left ({cause}); nothing was kept; free some disk space or choose a smaller size"
    )]
    Full {
        /// The database.
        place: String,
        /// What the database says.
        cause: String,
    },

    /// There is no dataset to take the fingerprint of.
    #[error("{place} holds no dataset; load one first")]
    NotLoaded {
        /// The database.
        place: String,
    },

    /// Anything else that the database reports.
    #[error("{place} reported an error: {cause}")]
    Database {
        /// The database.
        place: String,
        /// What the database says.
        cause: String,
    },
}

impl LoadError {
    /// The error of a URL that the driver refuses.
    pub(super) fn invalid_url(error: sqlx::Error) -> LoadError {
        LoadError::InvalidUrl(error.to_string())
    }

    /// The error of an attempt to connect.
    pub(super) fn on_connect(place: &str, error: sqlx::Error) -> LoadError {
        let (place, cause) = (place.to_owned(), cause(&error));
        match error.as_database_error() {
            Some(answer) if answer.try_downcast_ref::<SqliteError>().is_none() => {
                LoadError::Refused { place, cause }
            }
            _ => LoadError::Unreachable { place, cause },
        }
    }

    /// The error of a statement.
    pub(super) fn on_statement(place: &str, error: sqlx::Error) -> LoadError {
        let (place, cause) = (place.to_owned(), cause(&error));
        match error.as_database_error().map(trouble) {
            Some(Trouble::Full) => LoadError::Full { place, cause },
            Some(Trouble::Busy) => LoadError::Busy { place, cause },
            _ => LoadError::Database { place, cause },
        }
    }
}

/// The database's own words where there are any, without the driver's frame around them.
fn cause(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(answer) => answer.message().to_owned(),
        None => error.to_string(),
    }
}

/// The errors that a person can do something about.
enum Trouble {
    Full,
    Busy,
    Other,
}

fn trouble(error: &dyn DatabaseError) -> Trouble {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        match error.number() {
            1021 | 1114 => Trouble::Full, // ER_DISK_FULL, ER_RECORD_FILE_FULL
            1205 | 1213 => Trouble::Busy, // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK
            _ => Trouble::Other,
        }
    } else if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        match error.code() {
            "53100" => Trouble::Full,           // disk_full
            "55P03" | "40P01" => Trouble::Busy, // lock_not_available, deadlock_detected
            _ => Trouble::Other,
        }
    } else {
        // SQLite's extended result codes have the primary code in their low byte.
        let code = error
            .code()
            .and_then(|code| code.parse::<u32>().ok())
            .unwrap_or(0);
        match code & 0xff {
            13 => Trouble::Full,    // SQLITE_FULL
            5 | 6 => Trouble::Busy, // SQLITE_BUSY, SQLITE_LOCKED
            _ => Trouble::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_full_database_is_called_full() {
        let mut connection = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("memory is there");
        sqlx::raw_sql("PRAGMA max_page_count = 3; CREATE TABLE t (body TEXT);")
            .execute(&mut connection)
            .await
            .expect("an empty table takes few pages");
        let error = sqlx::raw_sql("INSERT INTO t VALUES (hex(zeroblob(100000)))")
            .execute(&mut connection)
            .await
            .expect_err("the row is larger than three pages");
        let error = LoadError::on_statement("the test's database", error);
        assert!(matches!(error, LoadError::Full { .. }), "{error}");
        assert!(
            error
                .to_string()
                .starts_with("the test's database has no room left")
        );
    }
}
