//! Tokens of programs: workers, what a team or the staff runs, and what looks after the portal.

use sqlx::AnyConnection;

use crate::{clock::Millis, secret};

/// What a token lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Any worker.
    Worker,
    /// The programs of one team.
    Team(i64),
    /// The hosts of one team, which tell how they are.
    Hosts(i64),
    /// What looks after the portal, and may read its metrics.
    Monitor,
    /// The programs of the staff, which may read how a class is going.
    Staff,
}

impl Scope {
    /// As it lies in the database.
    fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Scope::Worker => ("worker", None),
            Scope::Team(team) => ("team", Some(team)),
            Scope::Hosts(team) => ("hosts", Some(team)),
            Scope::Monitor => ("monitor", None),
            Scope::Staff => ("staff", None),
        }
    }
}

/// Makes a token, which is told this once and never again.
///
/// # Errors
/// The database's.
pub async fn create(
    connection: &mut AnyConnection,
    scope: Scope,
    note: &str,
    now: Millis,
) -> Result<String, sqlx::Error> {
    let token = secret::draw_token();
    let (name, team) = scope.columns();
    let sql = "INSERT INTO api_tokens (token, scope, team_id, note, created_at)
        VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql)
        .bind(secret::hash(&token))
        .bind(name)
        .bind(team)
        .bind(note)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(token)
}

/// What a token lets in, if anything.
///
/// # Errors
/// The database's.
pub async fn scope(
    connection: &mut AnyConnection,
    token: &str,
) -> Result<Option<Scope>, sqlx::Error> {
    let sql = "SELECT scope, team_id FROM api_tokens WHERE token = $1 AND revoked_at IS NULL";
    let found: Option<(String, Option<i64>)> = sqlx::query_as(sql)
        .bind(secret::hash(token))
        .fetch_optional(connection)
        .await?;
    Ok(match found {
        Some((scope, None)) if scope == "worker" => Some(Scope::Worker),
        Some((scope, None)) if scope == "monitor" => Some(Scope::Monitor),
        Some((scope, None)) if scope == "staff" => Some(Scope::Staff),
        Some((scope, Some(team))) if scope == "team" => Some(Scope::Team(team)),
        Some((scope, Some(team))) if scope == "hosts" => Some(Scope::Hosts(team)),
        _ => None,
    })
}

/// Ends all tokens of a scope.
///
/// # Errors
/// The database's.
pub async fn revoke_all(
    connection: &mut AnyConnection,
    scope: Scope,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE api_tokens SET revoked_at = $1
        WHERE revoked_at IS NULL AND scope = $2 AND COALESCE(team_id, 0) = $3";
    let (name, team) = scope.columns();
    sqlx::query(sql)
        .bind(now)
        .bind(name)
        .bind(team.unwrap_or(0))
        .execute(connection)
        .await?;
    Ok(())
}
