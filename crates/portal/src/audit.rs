//! What the staff did: written down with the change itself, and never changed.

use sqlx::{AnyConnection, FromRow};

use crate::clock::Millis;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Deed {
    /// When, milliseconds since 1970.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// What, a word or two.
    pub what: String,
    /// To what, and how it was changed.
    pub detail: String,
}

/// Writes down what was done.
///
/// # Errors
/// The database's.
pub async fn note(connection: &mut AnyConnection, deed: &Deed) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO audit (at, who, what, detail) VALUES ($1, $2, $3, $4)")
        .bind(deed.at)
        .bind(&deed.who)
        .bind(&deed.what)
        .bind(&deed.detail)
        .execute(connection)
        .await?;
    Ok(())
}

/// The latest deeds, the newest first.
///
/// # Errors
/// The database's.
pub async fn latest(connection: &mut AnyConnection, most: i64) -> Result<Vec<Deed>, sqlx::Error> {
    sqlx::query_as("SELECT at, who, what, detail FROM audit ORDER BY id DESC LIMIT $1")
        .bind(most)
        .fetch_all(connection)
        .await
}
