//! What is done at the portal's own machine, by whoever may read its database: set the contest up
//! and let people and programs in. It is written down in the audit log like all that the staff does.

use sqlx::AnyConnection;

use crate::{
    audit::{self, Deed},
    clock::Millis,
    contest::{self, Contest},
    error::Error,
    lists::{self, Guest, ListRefused},
    people::{self, Role},
    state::AppState,
    teams,
    tokens::{self, Scope},
};

/// Who is written down as having done it.
const WHO: &str = "command line";

async fn note(
    connection: &mut AnyConnection,
    at: Millis,
    what: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    let deed = Deed {
        at,
        who: WHO.to_owned(),
        what: what.to_owned(),
        detail: detail.to_owned(),
    };
    audit::note(connection, &deed).await
}

/// What is imported together.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The contest.
    pub contest: Option<Contest>,
    /// A list of teams, as CSV.
    pub teams: Option<String>,
    /// A list of people, as CSV.
    pub people: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The names of the teams.
    pub teams: Vec<String>,
    /// The people who were invited.
    pub guests: Vec<Guest>,
}

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The teams.
    #[error("the list of teams:\n{0}")]
    Teams(ListRefused),
    /// The people.
    #[error("the list of people:\n{0}")]
    People(ListRefused),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Sets the contest up or changes it, makes teams and invites people: all of it, or nothing when
/// anything is wrong. A dry run only finds out.
///
/// # Errors
/// When a list is wrong.
pub async fn import(
    state: &AppState,
    import: &Import,
    is_dry_run: bool,
) -> Result<Imported, ImportError> {
    let now = state.clock.now();
    let mut imported = Imported::default();
    let mut transaction = state.store.begin_write().await?;
    if let Some(contest) = &import.contest {
        write_contest(&mut transaction, contest, now).await?;
    }
    let contest = contest::read(&mut transaction).await?;
    let contest = contest.map(|current| current.contest);
    if let Some(csv) = &import.teams {
        let most = contest.as_ref().map(|contest| contest.hosts);
        let teams = lists::import_teams(&mut transaction, csv, most, now).await;
        imported.teams = teams.map_err(ImportError::Teams)?;
        let names = imported.teams.join(", ");
        note(&mut transaction, now, "import teams", &names).await?;
    }
    if let Some(csv) = &import.people {
        let most = contest.as_ref().map(|contest| contest.team_size);
        let guests = lists::import_guests(&mut transaction, csv, most, now).await;
        imported.guests = guests.map_err(ImportError::People)?;
        let guests = imported.guests.iter();
        let names = guests.map(|guest| format!("{} ({})", guest.name, guest.team));
        let names = names.collect::<Vec<_>>().join(", ");
        note(&mut transaction, now, "invite people", &names).await?;
    }
    if is_dry_run {
        transaction.rollback().await?;
        return Ok(imported);
    }
    transaction.commit().await?;
    state.events.tell();
    Ok(imported)
}

async fn write_contest(
    connection: &mut AnyConnection,
    contest: &Contest,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let before = contest::read(connection).await?;
    contest::write(connection, contest).await?;
    let before = before.map_or_else(String::new, |current| current.contest.to_toml());
    let detail = format!("{before}\n→\n{}", contest.to_toml());
    note(connection, now, "import the contest", detail.trim()).await
}

/// Makes a token for workers, which is told this once.
///
/// # Errors
/// The database's.
pub async fn worker_token(state: &AppState, what_for: &str) -> Result<String, Error> {
    token(state, Scope::Worker, "make a worker token", what_for).await
}

/// Makes a token for what looks after the portal, which is told this once.
///
/// # Errors
/// The database's.
pub async fn monitor_token(state: &AppState, what_for: &str) -> Result<String, Error> {
    token(state, Scope::Monitor, "make a monitor token", what_for).await
}

/// Makes a token for the staff's programs, which is told this once.
///
/// # Errors
/// The database's.
pub async fn staff_token(state: &AppState, what_for: &str) -> Result<String, Error> {
    token(state, Scope::Staff, "make a staff token", what_for).await
}

async fn token(
    state: &AppState,
    scope: Scope,
    deed: &str,
    what_for: &str,
) -> Result<String, Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let token = tokens::create(&mut transaction, scope, what_for, now).await?;
    note(&mut transaction, now, deed, what_for).await?;
    transaction.commit().await?;
    Ok(token)
}

/// Makes a token for a team's programs, which is told this once.
///
/// # Errors
/// When there is no such team.
pub async fn team_token(state: &AppState, team: &str, what_for: &str) -> Result<String, Error> {
    token_of_team(state, team, Scope::Team, "make a team token", what_for).await
}

/// Makes a token for a team's hosts, which is told this once.
///
/// # Errors
/// When there is no such team.
pub async fn hosts_token(state: &AppState, team: &str, what_for: &str) -> Result<String, Error> {
    let deed = "make a token of hosts";
    token_of_team(state, team, Scope::Hosts, deed, what_for).await
}

async fn token_of_team(
    state: &AppState,
    team: &str,
    scope: fn(i64) -> Scope,
    deed: &str,
    what_for: &str,
) -> Result<String, Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let found = teams::named(&mut transaction, team).await?;
    let found = found.ok_or(Error::NotFound("this team"))?;
    let token = tokens::create(&mut transaction, scope(found.id), what_for, now).await?;
    note(&mut transaction, now, deed, &format!("{team}: {what_for}")).await?;
    transaction.commit().await?;
    Ok(token)
}

/// Makes an invitation to the staff, or to a team; its token is told this once.
///
/// # Errors
/// When there is no such team.
pub async fn invite(state: &AppState, team: Option<&str>) -> Result<String, Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let role = match team {
        None => Role::Staff,
        Some(name) => {
            let found = teams::named(&mut transaction, name).await?;
            Role::Member(found.ok_or(Error::NotFound("this team"))?.id)
        }
    };
    let token = people::invite(&mut transaction, role, now).await?;
    note(&mut transaction, now, "invite", team.unwrap_or("staff")).await?;
    transaction.commit().await?;
    Ok(token)
}
