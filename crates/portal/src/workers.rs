//! Workers: who they are, and when they were last heard of.

use isutori_protocol::contest::Hello;
use sqlx::{AnyConnection, FromRow};

use crate::clock::Millis;

/// Who was heard of within so long is there.
pub const THERE: Millis = 60_000;

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Worker {
    /// Its number.
    pub id: i64,
    /// Its name, unique.
    pub name: String,
    /// Where it stands.
    pub zone: Option<String>,
    /// How many jobs it takes at the same time.
    pub concurrency: i64,
    /// The build of its benchmark.
    pub build: String,
    /// 1 when it shall take no more jobs.
    pub draining: i64,
    /// When it was last heard of, milliseconds since 1970.
    pub seen_at: Millis,
}

impl Worker {
    /// Whether it was heard of a moment ago.
    pub fn is_there(&self, now: Millis) -> bool {
        self.seen_at + THERE >= now
    }
}

/// A worker presents itself; it keeps its number as long as it keeps its name.
///
/// # Errors
/// The database's.
pub async fn greet(
    connection: &mut AnyConnection,
    hello: &Hello,
    now: Millis,
) -> Result<i64, sqlx::Error> {
    let sql = "INSERT INTO workers (name, zone, concurrency, build, seen_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (name) DO UPDATE SET zone = $2, concurrency = $3, build = $4, seen_at = $5
        RETURNING id";
    sqlx::query_scalar(sql)
        .bind(&hello.name)
        .bind(hello.zone.as_deref())
        .bind(i64::from(hello.concurrency))
        .bind(&hello.build)
        .bind(now)
        .fetch_one(connection)
        .await
}

/// A worker was heard of.
///
/// # Errors
/// The database's.
pub async fn see(connection: &mut AnyConnection, id: i64, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE workers SET seen_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The worker of that number.
///
/// # Errors
/// The database's.
pub async fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Worker>, sqlx::Error> {
    let sql = "SELECT id, name, zone, concurrency, build, draining, seen_at FROM workers
        WHERE id = $1";
    sqlx::query_as(sql)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// All workers by their names.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Worker>, sqlx::Error> {
    let sql = "SELECT id, name, zone, concurrency, build, draining, seen_at FROM workers
        ORDER BY name";
    sqlx::query_as(sql).fetch_all(connection).await
}

/// Lets a worker take jobs or not. What it has it finishes either way.
///
/// # Errors
/// The database's.
pub async fn drain(
    connection: &mut AnyConnection,
    id: i64,
    draining: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE workers SET draining = $2 WHERE id = $1")
        .bind(id)
        .bind(i64::from(draining))
        .execute(connection)
        .await?;
    Ok(())
}
