//! Loading the data into a database.
//!
//! One thread makes the rows and puts them into batches in the engine's own format; the caller's
//! task sends the batches. The database is never left half-written: the row of the table
//! `dataset` comes last, in the same transaction as the data where the engine can do that; MySQL
//! and MariaDB, whose `CREATE TABLE` commits, drop the tables again when a load fails.

mod batches;
mod engine;
mod error;
mod format;
mod mysql;
mod postgres;
mod sqlite;

use std::time::Instant;

use crate::Dataset;
use crate::fingerprint::RowHasher;
use crate::rows::TABLES;
use batches::Production;
use engine::Engine;
use mysql::Mysql;
use postgres::Postgres;
use sqlite::Sqlite;

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

/// Creates Suwaru's tables in the database at `url` and fills them with `dataset`.
///
/// The URL is one of `sqlite:PATH`, `mysql://…`, `mariadb://…` and `postgres://…`. A missing
/// SQLite file is made; on a server, the database must exist. `progress` is called after every
/// batch. Needs a Tokio runtime.
pub async fn load(
    url: &str,
    dataset: &Dataset,
    options: LoadOptions,
    progress: impl Fn(LoadProgress),
) -> Result<LoadReport, LoadError> {
    let started = Instant::now();
    match scheme(url) {
        "sqlite" => {
            fill(
                Sqlite::connect(url, true).await?,
                dataset,
                options,
                progress,
                started,
            )
            .await
        }
        "mysql" | "mariadb" => {
            fill(
                Mysql::connect(url).await?,
                dataset,
                options,
                progress,
                started,
            )
            .await
        }
        "postgres" | "postgresql" => {
            fill(
                Postgres::connect(url).await?,
                dataset,
                options,
                progress,
                started,
            )
            .await
        }
        other => Err(LoadError::UnknownScheme(other.to_owned())),
    }
}

/// The fingerprint of the rows that the database at `url` holds now, with the label of the data
/// that was loaded. Right after [`load()`] it equals [`Dataset::fingerprint`].
pub async fn fingerprint_of(url: &str) -> Result<String, LoadError> {
    match scheme(url) {
        "sqlite" => hash_stored(Sqlite::connect(url, false).await?).await,
        "mysql" | "mariadb" => hash_stored(Mysql::connect(url).await?).await,
        "postgres" | "postgresql" => hash_stored(Postgres::connect(url).await?).await,
        other => Err(LoadError::UnknownScheme(other.to_owned())),
    }
}

/// What stands before the colon. Nothing else of a URL is ever shown: it may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

async fn fill<E: Engine>(
    mut engine: E,
    dataset: &Dataset,
    options: LoadOptions,
    progress: impl Fn(LoadProgress),
    started: Instant,
) -> Result<LoadReport, LoadError> {
    engine.begin().await?;
    let present = engine.present_tables().await?;
    if !present.is_empty() && !options.replace {
        return Err(refuse(&mut engine, &present).await);
    }
    match write_rows(&mut engine, &present, dataset, progress).await {
        Ok(production) => Ok(report(production, started)),
        Err(error) => {
            engine.abandon().await;
            Err(error)
        }
    }
}

/// Why tables that exist already are left alone.
async fn refuse<E: Engine>(engine: &mut E, present: &[String]) -> LoadError {
    let place = engine.place().to_string();
    let stored = match present.iter().any(|table| table == "dataset") {
        true => engine.stored_fingerprint().await.unwrap_or(None),
        false => None,
    };
    match stored {
        Some(fingerprint) => LoadError::AlreadyLoaded { place, fingerprint },
        None => LoadError::TablesInTheWay {
            place,
            tables: present.join(", "),
        },
    }
}

async fn write_rows<E: Engine>(
    engine: &mut E,
    present: &[String],
    dataset: &Dataset,
    progress: impl Fn(LoadProgress),
) -> Result<Production, LoadError> {
    engine.create_tables(present).await?;
    let total_rows = dataset.row_count();
    let mut batches = batches::produce::<E::Format>(dataset.clone());
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        let table = batch.table.name;
        rows += batch.rows;
        engine.insert(batch).await?;
        progress(LoadProgress {
            table,
            rows,
            total_rows,
        });
    }
    let production = batches.finish().await;
    engine.finish(&production.fingerprint).await?;
    Ok(production)
}

fn report(production: Production, started: Instant) -> LoadReport {
    let seconds = started.elapsed().as_secs_f64();
    LoadReport {
        fingerprint: production.fingerprint,
        rows: production.rows,
        bytes: production.bytes,
        seconds,
        rows_per_second: production.rows as f64 / seconds,
        megabytes_per_second: production.bytes as f64 / 1e6 / seconds,
    }
}

async fn hash_stored<E: Engine>(mut engine: E) -> Result<String, LoadError> {
    let present = engine.present_tables().await?;
    let stored = match present.iter().any(|table| table == "dataset") {
        true => engine.stored_fingerprint().await?,
        false => None,
    };
    let Some(stored) = stored else {
        return Err(LoadError::NotLoaded {
            place: engine.place().to_string(),
        });
    };
    let mut hasher = RowHasher::new();
    for table in TABLES {
        hasher.begin_table(table);
        engine.hash_table(table, &mut hasher).await?;
    }
    let label = stored
        .rsplit_once('-')
        .map_or(stored.as_str(), |(label, _)| label);
    Ok(hasher.fingerprint(label))
}
