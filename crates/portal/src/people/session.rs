//! Sessions of people who are logged in.

use sqlx::{AnyConnection, FromRow};

use super::{Person, Role};
use crate::{clock::Millis, secret};

/// How long a session lasts.
const SESSION_LASTS: Millis = 7 * 24 * 3_600_000;

/// Begins a session; its token is the cookie. Sessions that have ended are forgotten.
///
/// # Errors
/// The database's.
pub async fn begin_session(
    connection: &mut AnyConnection,
    person: i64,
    now: Millis,
) -> Result<String, sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let token = secret::draw_token();
    let sql = "INSERT INTO sessions (token, person_id, form_token, expires_at)
        VALUES ($1, $2, $3, $4)";
    sqlx::query(sql)
        .bind(secret::hash(&token))
        .bind(person)
        .bind(secret::draw_token())
        .bind(now + SESSION_LASTS)
        .execute(connection)
        .await?;
    Ok(token)
}

#[derive(FromRow)]
struct SessionRow {
    id: i64,
    name: String,
    role: String,
    team_id: Option<i64>,
    form_token: String,
    acts_for: Option<i64>,
    acts_for_name: Option<String>,
}

impl SessionRow {
    fn role(&self) -> Option<Role> {
        let own = Role::of(&self.role, self.team_id)?;
        Some(self.acts_for.map_or(own, Role::Member))
    }
}

/// Whose session this is, if it is one.
///
/// # Errors
/// The database's.
pub async fn session(
    connection: &mut AnyConnection,
    token: &str,
    now: Millis,
) -> Result<Option<Person>, sqlx::Error> {
    let sql = "SELECT people.id, people.name, role, people.team_id, form_token,
            teams.id AS acts_for, teams.name AS acts_for_name
        FROM sessions JOIN people ON people.id = sessions.person_id
        LEFT JOIN teams ON teams.id = acts_for AND role = 'staff'
        WHERE token = $1 AND expires_at > $2";
    let row: Option<SessionRow> = sqlx::query_as(sql)
        .bind(secret::hash(token))
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|row| {
        Some(Person {
            role: row.role()?,
            id: row.id,
            name: row.name,
            acts_for: row.acts_for_name,
            form_token: row.form_token,
        })
    }))
}

/// From now on the session acts for a team, or for nobody; it must be one of the staff's. Its forms
/// get another token, so that none that was loaded before is sent on behalf of somebody else.
///
/// # Errors
/// The database's.
pub async fn act_for(
    connection: &mut AnyConnection,
    token: &str,
    team: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET acts_for = $2, form_token = $3 WHERE token = $1")
        .bind(secret::hash(token))
        .bind(team)
        .bind(secret::draw_token())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// The database's.
pub async fn end_session(connection: &mut AnyConnection, token: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE token = $1")
        .bind(secret::hash(token))
        .execute(connection)
        .await?;
    Ok(())
}
