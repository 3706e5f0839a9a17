//! Loading the data into a database.
//!
//! One thread makes the rows and puts them into batches in the engine's own format; the caller's
//! task sends the batches, and builds the indexes when all rows are in. The database is never
//! left half-written: the row of the table `dataset` comes last, in the same transaction as the
//! data where the engine can do that; MySQL and MariaDB, whose `CREATE TABLE` commits, drop the
//! tables again when a load fails.

mod batches;
mod connected;
mod engine;
mod error;
mod fill;
mod format;
mod mysql;
mod postgres;
mod rehash;
mod sqlite;

use std::time::Instant;

use crate::Dataset;
use fill::Fill;
use rehash::Rehash;

pub use error::LoadError;

/// How to load.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoadOptions {
    /// Drop Suwaru's tables first when they exist, instead of refusing.
    pub replace: bool,
}

/// How far a load has come.
#[derive(Debug, Clone, Copy)]
pub struct LoadProgress {
    /// The table that is being filled.
    pub table: &'static str,
    /// Rows sent so far, of all tables.
    pub rows: u64,
    /// Rows that there will be in the end.
    pub total_rows: u64,
}

/// What a load has done.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LoadReport {
    /// The fingerprint of the data, also written to the table `dataset`.
    pub fingerprint: String,
    /// Rows written.
    pub rows: u64,
    /// Their size: text in UTF-8 and eight bytes for a number, without indexes.
    pub bytes: u64,
    /// Time from connecting to the end of the last statement.
    pub seconds: f64,
    /// Rows per second.
    pub rows_per_second: f64,
    /// Millions of those bytes per second.
    pub megabytes_per_second: f64,
}

/// Creates Suwaru's tables in the database at `url`, fills them with `dataset`, and builds their
/// indexes.
///
/// The URL is one of `sqlite:PATH`, `mysql://…`, `mariadb://…` and `postgres://…`. A missing
/// SQLite file is made; on a server, the database must exist. `progress` is called after every
/// batch; the indexes come after the last. Needs a Tokio runtime.
pub async fn load(
    url: &str,
    dataset: &Dataset,
    options: LoadOptions,
    progress: impl Fn(LoadProgress),
) -> Result<LoadReport, LoadError> {
    let started = Instant::now();
    let fill = Fill {
        dataset,
        options,
        progress,
    };
    let made = engine::run(url, fill).await?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(LoadReport {
        fingerprint: made.fingerprint,
        rows: made.rows,
        bytes: made.bytes,
        seconds,
        rows_per_second: made.rows as f64 / seconds,
        megabytes_per_second: made.bytes as f64 / 1e6 / seconds,
    })
}

/// The fingerprint of the rows that the database at `url` holds now, with the label of the data
/// that was loaded. Right after [`load()`] it equals [`Dataset::fingerprint`].
pub async fn fingerprint_of(url: &str) -> Result<String, LoadError> {
    engine::run(url, Rehash).await
}
