//! What is done at the portal's own machine, by whoever may read its database: set the contest up
//! and let people and programs in. It is written down in the audit log like all that the staff does.

use sqlx::AnyConnection;

use crate::{
    audit::{self, Deed},
    clock::Millis,
    contest::{self, Contest},
    error::Error,
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

/// Sets the contest up, or changes it.
///
/// # Errors
/// The database's.
pub async fn import_contest(state: &AppState, contest: &Contest) -> Result<(), Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let before = contest::read(&mut transaction).await?;
    contest::write(&mut transaction, contest).await?;
    let before = before.map_or_else(String::new, |current| current.contest.to_toml());
    let detail = format!("{before}\n→\n{}", contest.to_toml());
    note(&mut transaction, now, "import the contest", detail.trim()).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(())
}

/// Makes a token for workers, which is told this once.
///
/// # Errors
/// The database's.
pub async fn worker_token(state: &AppState, what_for: &str) -> Result<String, Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let token = tokens::create(&mut transaction, Scope::Worker, what_for, now).await?;
    note(&mut transaction, now, "make a worker token", what_for).await?;
    transaction.commit().await?;
    Ok(token)
}

/// Makes a token for what looks after the portal, which is told this once.
///
/// # Errors
/// The database's.
pub async fn monitor_token(state: &AppState, what_for: &str) -> Result<String, Error> {
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let token = tokens::create(&mut transaction, Scope::Monitor, what_for, now).await?;
    note(&mut transaction, now, "make a monitor token", what_for).await?;
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
            let all = teams::all(&mut transaction).await?;
            let found = all.iter().find(|known| known.name == name);
            Role::Member(found.ok_or(Error::NotFound("this team"))?.id)
        }
    };
    let token = people::invite(&mut transaction, role, now).await?;
    note(&mut transaction, now, "invite", team.unwrap_or("staff")).await?;
    transaction.commit().await?;
    Ok(token)
}
