//! Outputs of commands that a team has sent, for its own members to read.

use sqlx::{AnyConnection, FromRow};

use crate::clock::Millis;

/// A team keeps so many; the oldest go.
const MOST: i64 = 50;

/// What a command printed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Paste {
    /// Its number.
    pub id: i64,
    /// What it says.
    pub text: String,
    /// When it came, milliseconds since 1970.
    pub made_at: Millis,
}

/// Keeps a text. Gives its number.
///
/// # Errors
/// The database's.
pub async fn keep(
    connection: &mut AnyConnection,
    team: i64,
    text: &str,
    now: Millis,
) -> Result<i64, sqlx::Error> {
    // PostgreSQL has no NUL in its texts.
    let text = text.replace('\0', "\u{fffd}");
    let sql = "INSERT INTO pastes (team_id, text, made_at) VALUES ($1, $2, $3) RETURNING id";
    let id = sqlx::query_scalar(sql)
        .bind(team)
        .bind(text)
        .bind(now)
        .fetch_one(&mut *connection)
        .await?;
    let sql = "DELETE FROM pastes WHERE team_id = $1 AND id NOT IN (
        SELECT id FROM pastes WHERE team_id = $1 ORDER BY id DESC LIMIT $2)";
    sqlx::query(sql)
        .bind(team)
        .bind(MOST)
        .execute(connection)
        .await?;
    Ok(id)
}

/// A team's texts, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_team(connection: &mut AnyConnection, team: i64) -> Result<Vec<Paste>, sqlx::Error> {
    let sql = "SELECT id, text, made_at FROM pastes WHERE team_id = $1 ORDER BY id DESC";
    sqlx::query_as(sql).bind(team).fetch_all(connection).await
}

/// A text of a team.
///
/// # Errors
/// The database's.
pub async fn find(
    connection: &mut AnyConnection,
    team: i64,
    id: i64,
) -> Result<Option<Paste>, sqlx::Error> {
    sqlx::query_as("SELECT id, text, made_at FROM pastes WHERE team_id = $1 AND id = $2")
        .bind(team)
        .bind(id)
        .fetch_optional(connection)
        .await
}
