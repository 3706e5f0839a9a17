//! What the benchmarker said last, kept in the database so that every process of the site knows it.

use sqlx::{Any, Transaction};

use crate::database::Database;

/// The setting that lets the organiser in.
pub const ORGANISER_TOKEN: &str = "organiser_token";

/// Where the external services are.
pub const SERVICES: &str = "services";

/// What one of them asks for.
pub const SERVICES_TOKEN: &str = "services_token";

/// A setting, if it was made.
pub async fn find(db: &Database, name: &str) -> Result<Option<String>, sqlx::Error> {
    let value: Option<(String,)> = db
        .query_as("SELECT value FROM settings WHERE name = ?")
        .bind(name.to_owned())
        .fetch_optional(&db.pool)
        .await?;
    Ok(value.map(|(value,)| value))
}

/// Makes a setting that is not there yet.
pub async fn insert(
    db: &Database,
    transaction: &mut Transaction<'_, Any>,
    name: &str,
    value: &str,
) -> Result<(), sqlx::Error> {
    db.query("INSERT INTO settings (name, value) VALUES (?, ?)")
        .bind(name.to_owned())
        .bind(value.to_owned())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
