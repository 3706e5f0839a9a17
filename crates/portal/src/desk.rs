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
    teams::{self, Host, HostRefused},
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

/// Makes teams that are not there yet, and registers their hosts: all of them or none.
///
/// # Errors
/// When a name cannot be a team's, or a host is refused.
pub async fn import_teams(state: &AppState, teams: &[(String, Vec<Host>)]) -> Result<(), Error> {
    let now = state.clock.now();
    let most = state.contest().await?.contest.hosts;
    let mut transaction = state.store.begin_write().await?;
    for (name, hosts) in teams {
        if teams::parse_name(name) != Some(name) {
            let reason = "a team's name has 1 to 40 characters, and no spaces around it";
            return Err(Error::Invalid(format!("{name}: {reason}")));
        }
        let id = match teams::named(&mut transaction, name).await? {
            Some(team) => team.id,
            None => teams::create(&mut transaction, name, now).await?,
        };
        for host in hosts {
            let registered = teams::register_host(&mut transaction, id, host, most).await;
            registered.map_err(|reason| match reason {
                HostRefused::Database(error) => error.into(),
                reason => Error::Invalid(format!("{name}: {}: {reason}", host.name)),
            })?;
        }
    }
    let names: Vec<&str> = teams.iter().map(|(name, _)| name.as_str()).collect();
    note(&mut transaction, now, "import teams", &names.join(", ")).await?;
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
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let all = teams::all(&mut transaction).await?;
    let found = all.iter().find(|known| known.name == team);
    let found = found.ok_or(Error::NotFound("this team"))?;
    let scope = Scope::Team(found.id);
    let token = tokens::create(&mut transaction, scope, what_for, now).await?;
    let detail = format!("{team}: {what_for}");
    note(&mut transaction, now, "make a team token", &detail).await?;
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
