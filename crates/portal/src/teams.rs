//! Teams and their hosts.

mod host;
mod report;

pub use host::{Host, HostRefused, register_host};
pub use report::{HostState, Problem, check_report, host_states, take_report};

use std::collections::HashMap;

use sqlx::{AnyConnection, FromRow};

use crate::{clock::Millis, contest::Contest};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Team {
    /// Its number.
    pub id: i64,
    /// Its name, unique.
    pub name: String,
    /// Its jobs go to workers of this zone alone.
    pub zone: Option<String>,
    /// 1 when only the staff sees it, as a team of the staff's own.
    pub hidden: i64,
    /// 1 when it is out of the contest: it may not enqueue, and has no place.
    pub excluded: i64,
    /// 1 when the big screen always shows it, highlighted.
    pub pinned: i64,
    /// It may go on for so many seconds after the end.
    pub extra_seconds: i64,
}

impl Team {
    /// When the contest ends for this team, milliseconds since 1970.
    pub fn ends_at(&self, contest: &Contest) -> Millis {
        contest.ends_at.as_millisecond() + self.extra_seconds * 1000
    }

    /// Whether it can have no more runs, nor move its hosts. A class goes on for as long as it likes.
    pub fn is_over(&self, contest: &Contest, now: Millis) -> bool {
        contest.practice.is_none() && now >= self.ends_at(contest)
    }

    /// Whether the audience sees it.
    pub fn is_shown(&self) -> bool {
        self.hidden == 0
    }
}

/// A team's name has at most so many characters.
const LONGEST_NAME: usize = 40;

/// A team's name without spaces around it, if it can be one: 1 to 40 characters, none of which
/// moves the cursor.
pub fn parse_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let is_short = (1..=LONGEST_NAME).contains(&name.chars().count());
    (is_short && !name.chars().any(char::is_control)).then_some(name)
}

/// Makes a team. Gives its number.
///
/// # Errors
/// The database's, a unique violation when the name is taken.
pub async fn create(
    connection: &mut AnyConnection,
    name: &str,
    now: Millis,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("INSERT INTO teams (name, created_at) VALUES ($1, $2) RETURNING id")
        .bind(name)
        .bind(now)
        .fetch_one(connection)
        .await
}

/// The team of that number.
///
/// # Errors
/// The database's.
pub async fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Team>, sqlx::Error> {
    let sql = "SELECT * FROM teams WHERE id = $1";
    sqlx::query_as(sql)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The team of that name.
///
/// # Errors
/// The database's.
pub async fn named(
    connection: &mut AnyConnection,
    name: &str,
) -> Result<Option<Team>, sqlx::Error> {
    let sql = "SELECT * FROM teams WHERE name = $1";
    sqlx::query_as(sql)
        .bind(name)
        .fetch_optional(connection)
        .await
}

/// All teams by their names.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Team>, sqlx::Error> {
    let sql = "SELECT * FROM teams ORDER BY name";
    sqlx::query_as(sql).fetch_all(connection).await
}

/// The names of all teams by their numbers.
///
/// # Errors
/// The database's.
pub async fn names(connection: &mut AnyConnection) -> Result<HashMap<i64, String>, sqlx::Error> {
    let names: Vec<(i64, String)> = sqlx::query_as("SELECT id, name FROM teams")
        .fetch_all(connection)
        .await?;
    Ok(names.into_iter().collect())
}

/// Changes what the staff may change of a team.
///
/// # Errors
/// The database's.
pub async fn change(connection: &mut AnyConnection, team: &Team) -> Result<(), sqlx::Error> {
    let sql = "UPDATE teams SET name = $2, zone = $3, hidden = $4, excluded = $5,
        extra_seconds = $6, pinned = $7 WHERE id = $1";
    sqlx::query(sql)
        .bind(team.id)
        .bind(&team.name)
        .bind(team.zone.as_deref())
        .bind(team.hidden)
        .bind(team.excluded)
        .bind(team.extra_seconds)
        .bind(team.pinned)
        .execute(connection)
        .await?;
    Ok(())
}

/// The hosts of a team by their names.
///
/// # Errors
/// The database's.
pub async fn hosts(connection: &mut AnyConnection, team: i64) -> Result<Vec<Host>, sqlx::Error> {
    sqlx::query_as("SELECT name, url FROM hosts WHERE team_id = $1 ORDER BY name")
        .bind(team)
        .fetch_all(connection)
        .await
}

/// Says where a host of a team is; one of that name moves.
///
/// # Errors
/// The database's.
pub async fn put_host(
    connection: &mut AnyConnection,
    team: i64,
    host: &Host,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO hosts (team_id, name, url) VALUES ($1, $2, $3)
        ON CONFLICT (team_id, name) DO UPDATE SET url = $3";
    sqlx::query(sql)
        .bind(team)
        .bind(&host.name)
        .bind(host.url.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a host away from a team.
///
/// # Errors
/// The database's.
pub async fn remove_host(
    connection: &mut AnyConnection,
    team: i64,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM hosts WHERE team_id = $1 AND name = $2")
        .bind(team)
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// How far a team is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Preparation {
    /// The team's number.
    pub id: i64,
    /// How many people have come in.
    pub members: i64,
    /// How many hosts it has registered.
    pub hosts: i64,
    /// How many of its runs were judged.
    pub runs: i64,
}

/// How far all teams are, by their numbers.
///
/// # Errors
/// The database's.
pub async fn preparations(connection: &mut AnyConnection) -> Result<Vec<Preparation>, sqlx::Error> {
    let sql = "SELECT id,
            (SELECT COUNT(*) FROM people WHERE team_id = teams.id) AS members,
            (SELECT COUNT(*) FROM hosts WHERE team_id = teams.id) AS hosts,
            (SELECT COUNT(*) FROM jobs WHERE team_id = teams.id AND state = 'finished'
                AND kind <> 'verify' AND verdict IN ('pass', 'fail')) AS runs
        FROM teams ORDER BY id";
    sqlx::query_as(sql).fetch_all(connection).await
}
