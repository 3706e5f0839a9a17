//! Who asks: extractors that let in whom a route is for.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use isutori_protocol::contest::WORKER_HEADER;

use crate::{
    error::Error,
    state::AppState,
    teams::{self, Team},
    tokens::{self, Scope},
    workers::{self, Worker},
};

/// A program with a worker's token.
pub struct WorkerToken;

/// A worker that has presented itself.
pub struct CurrentWorker(pub Worker);

/// A program with the token of one that looks after the portal.
pub struct Monitor;

/// A program of the staff.
pub struct StaffToken;

/// A program with a team's token.
pub struct CurrentTeam(pub Team);

/// The team that a host belongs to which has a token of its hosts.
pub struct HostsTeam(pub Team);

fn bearer(parts: &Parts) -> Result<&str, Error> {
    let header = parts.headers.get(header::AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    token.ok_or(Error::Unauthorized(
        "this needs a token: Authorization: Bearer …",
    ))
}

async fn scope(parts: &Parts, state: &AppState) -> Result<Scope, Error> {
    let token = bearer(parts)?;
    let mut connection = state.connection().await?;
    let scope = tokens::scope(&mut connection, token).await?;
    scope.ok_or(Error::Unauthorized(
        "this token is none of ours, or was revoked",
    ))
}

impl FromRequestParts<AppState> for WorkerToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        match scope(parts, state).await? {
            Scope::Worker => Ok(WorkerToken),
            _ => Err(Error::Forbidden("this token is not a worker's")),
        }
    }
}

impl FromRequestParts<AppState> for Monitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        match scope(parts, state).await? {
            Scope::Monitor => Ok(Monitor),
            _ => Err(Error::Forbidden("this token may not read the metrics")),
        }
    }
}

impl FromRequestParts<AppState> for StaffToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        match scope(parts, state).await? {
            Scope::Staff => Ok(StaffToken),
            _ => Err(Error::Forbidden(
                "this token is not one of the staff's: isutori portal token --staff makes one",
            )),
        }
    }
}

impl FromRequestParts<AppState> for CurrentWorker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        WorkerToken::from_request_parts(parts, state).await?;
        let number = parts.headers.get(WORKER_HEADER);
        let number = number.and_then(|value| value.to_str().ok()?.parse().ok());
        let number: i64 = number.ok_or_else(|| {
            Error::Invalid(format!(
                "the header {WORKER_HEADER} must say the worker's number"
            ))
        })?;
        let mut connection = state.connection().await?;
        let worker = workers::find(&mut connection, number).await?;
        let worker = worker.ok_or(Error::NotFound("this worker"))?;
        workers::see(&mut connection, number, state.clock.now()).await?;
        Ok(CurrentWorker(worker))
    }
}

impl FromRequestParts<AppState> for CurrentTeam {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Scope::Team(team) = scope(parts, state).await? else {
            return Err(Error::Forbidden("this token is not a team's"));
        };
        if !state.throttle.admits_team(team, state.clock.now()) {
            return Err(Error::TooMany);
        }
        Ok(CurrentTeam(find_team(state, team).await?))
    }
}

impl FromRequestParts<AppState> for HostsTeam {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Scope::Hosts(team) = scope(parts, state).await? else {
            return Err(Error::Forbidden(
                "this token is not one of a team's hosts: make one on the team's page",
            ));
        };
        Ok(HostsTeam(find_team(state, team).await?))
    }
}

async fn find_team(state: &AppState, team: i64) -> Result<Team, Error> {
    let mut connection = state.connection().await?;
    let team = teams::find(&mut connection, team).await?;
    team.ok_or(Error::NotFound("this team"))
}
