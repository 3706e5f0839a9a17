//! People: the staff and the members of teams, how they come in, and their sessions.

mod session;

pub use session::{act_for, begin_session, end_session, session};

use sqlx::AnyConnection;

use crate::{clock::Millis, secret, store};

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Staff,
    /// What a member of this team may.
    Member(i64),
}

impl Role {
    fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Role::Staff => ("staff", None),
            Role::Member(team) => ("member", Some(team)),
        }
    }

    fn of(name: &str, team: Option<i64>) -> Option<Role> {
        match (name, team) {
            ("staff", None) => Some(Role::Staff),
            ("member", Some(team)) => Some(Role::Member(team)),
            _ => None,
        }
    }
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its number.
    pub id: i64,
    /// Its name, unique.
    pub name: String,
    /// What it may do: of one of the staff who acts for a team, what the team may.
    pub role: Role,
    /// The name of the team for which one of the staff acts.
    pub acts_for: Option<String>,
    /// What every form of this session must hold.
    pub form_token: String,
}

/// How long an invite can be used.
const INVITE_LASTS: Millis = 14 * 24 * 3_600_000;

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The invite was used, is too old, or never was.
    #[error("this invitation was used already, or is too old: ask for a new one")]
    Invite,
    /// The team has as many people as it may have.
    #[error("the team is full")]
    Full,
    /// The name.
    #[error("this name is taken")]
    Taken,
    /// The name.
    #[error("a name has 1 to 40 characters")]
    Name,
    /// The password.
    #[error("a password has 8 to 200 characters")]
    Password,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A name without spaces around it, if it can be one: 1 to 40 characters, none of which moves the
/// cursor.
pub fn parse_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let is_short = (1..=40).contains(&name.chars().count());
    (is_short && !name.chars().any(char::is_control)).then_some(name)
}

/// Makes an invite that one person can use; its token is told this once.
///
/// # Errors
/// The database's.
pub async fn invite(
    connection: &mut AnyConnection,
    role: Role,
    now: Millis,
) -> Result<String, sqlx::Error> {
    invite_as(connection, role, None, now).await
}

/// The same, with a name that is proposed to whoever uses it.
///
/// # Errors
/// The database's.
pub async fn invite_as(
    connection: &mut AnyConnection,
    role: Role,
    name: Option<&str>,
    now: Millis,
) -> Result<String, sqlx::Error> {
    let token = secret::draw_token();
    let (role, team) = role.columns();
    let sql = "INSERT INTO invites (token, role, team_id, name, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql)
        .bind(secret::hash(&token))
        .bind(role)
        .bind(team)
        .bind(name)
        .bind(now + INVITE_LASTS)
        .execute(connection)
        .await?;
    Ok(token)
}

/// For whom an invite is that can still be used, and the name that it proposes.
///
/// # Errors
/// The database's.
pub async fn invited(
    connection: &mut AnyConnection,
    token: &str,
    now: Millis,
) -> Result<Option<(Role, Option<String>)>, sqlx::Error> {
    let sql = "SELECT role, team_id, name FROM invites
        WHERE token = $1 AND used_at IS NULL AND expires_at > $2";
    let found: Option<(String, Option<i64>, Option<String>)> = sqlx::query_as(sql)
        .bind(secret::hash(token))
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(found.and_then(|(role, team, name)| Some((Role::of(&role, team)?, name))))
}

/// Whether anybody of the staff has come in yet.
///
/// # Errors
/// The database's.
pub async fn has_staff(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let staff = store::number("SELECT COUNT(*) FROM people WHERE role = 'staff'")
        .fetch_one(connection)
        .await?;
    Ok(staff > 0)
}

/// Somebody who was invited becomes a person: within a transaction, so that an invite is used once
/// and a team is never too large. `password` is the hash.
///
/// # Errors
/// When the invite is no good, the team is full or the name taken.
pub async fn join(
    connection: &mut AnyConnection,
    invite: &str,
    name: &str,
    password: &str,
    team_size: u64,
    now: Millis,
) -> Result<i64, Refused> {
    let name = parse_name(name).ok_or(Refused::Name)?;
    let sql = "UPDATE invites SET used_at = $2
        WHERE token = $1 AND used_at IS NULL AND expires_at > $2 RETURNING role, team_id";
    let used: Option<(String, Option<i64>)> = sqlx::query_as(sql)
        .bind(secret::hash(invite))
        .bind(now)
        .fetch_optional(&mut *connection)
        .await?;
    let role = used.and_then(|(name, team)| Role::of(&name, team));
    let role = role.ok_or(Refused::Invite)?;
    if let Role::Member(team) = role {
        // Whoever joins the same team waits here.
        sqlx::query("UPDATE teams SET name = name WHERE id = $1")
            .bind(team)
            .execute(&mut *connection)
            .await?;
        let members = store::number("SELECT COUNT(*) FROM people WHERE team_id = $1")
            .bind(team)
            .fetch_one(&mut *connection)
            .await?;
        if members.cast_unsigned() >= team_size {
            return Err(Refused::Full);
        }
    }
    let (role, team) = role.columns();
    let sql = "INSERT INTO people (name, password, role, team_id, created_at)
        VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let inserted = sqlx::query_scalar(sql)
        .bind(name)
        .bind(password)
        .bind(role)
        .bind(team)
        .bind(now)
        .fetch_one(connection)
        .await;
    inserted.map_err(|error| match store::is_taken(&error) {
        true => Refused::Taken,
        false => error.into(),
    })
}

/// Whether a password can be one.
///
/// # Errors
/// When it is too short or too long.
pub fn check_password(password: &str) -> Result<(), Refused> {
    match password.chars().count() {
        8..=200 => Ok(()),
        _ => Err(Refused::Password),
    }
}

/// Number and hash of the password of the person of that name.
///
/// # Errors
/// The database's.
pub async fn credentials(
    connection: &mut AnyConnection,
    name: &str,
) -> Result<Option<(i64, String)>, sqlx::Error> {
    sqlx::query_as("SELECT id, password FROM people WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
}

/// The names of a team's members.
///
/// # Errors
/// The database's.
pub async fn members(
    connection: &mut AnyConnection,
    team: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM people WHERE team_id = $1 ORDER BY name")
        .bind(team)
        .fetch_all(connection)
        .await
}
