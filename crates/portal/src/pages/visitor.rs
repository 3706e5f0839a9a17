//! Who visits: extractors that let in whom a page is for.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};

use super::frame::Frame;
use crate::{
    error::Error,
    people::{Person, Role},
    state::AppState,
    teams::{self, Team},
};

/// Somebody who is logged in.
pub(crate) struct CurrentPerson(pub(crate) Person);

impl FromRequestParts<AppState> for CurrentPerson {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let frame = Frame::from_request_parts(parts, state).await?;
        let person = frame.person.ok_or(Error::Unauthorized("log in first"))?;
        Ok(CurrentPerson(person))
    }
}

/// One of the staff.
pub(crate) struct Staff(pub(crate) Person);

impl FromRequestParts<AppState> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let CurrentPerson(person) = CurrentPerson::from_request_parts(parts, state).await?;
        match person.role {
            Role::Staff => Ok(Staff(person)),
            Role::Member(_) => Err(Error::Forbidden("this is for the staff")),
        }
    }
}

/// Anybody, where the contest is a class: elsewhere there is no such page.
pub(crate) struct InClass;

impl FromRequestParts<AppState> for InClass {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let frame = Frame::from_request_parts(parts, state).await?;
        match frame.is_class() {
            true => Ok(InClass),
            false => Err(Error::NotFound("this page")),
        }
    }
}

/// A member of a team.
pub(crate) struct Member(pub(crate) Team);

impl FromRequestParts<AppState> for Member {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let CurrentPerson(person) = CurrentPerson::from_request_parts(parts, state).await?;
        let Role::Member(team) = person.role else {
            return Err(Error::Forbidden("this is for members of a team"));
        };
        let mut connection = state.connection().await?;
        let team = teams::find(&mut connection, team).await?;
        team.map(Member).ok_or(Error::NotFound("this team"))
    }
}

/// One of the staff who acts for a team, with the team's name.
pub(crate) struct Actor(pub(crate) Person, pub(crate) String);

impl FromRequestParts<AppState> for Actor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let CurrentPerson(person) = CurrentPerson::from_request_parts(parts, state).await?;
        let team = person.acts_for.clone();
        let team = team.ok_or(Error::Forbidden("this is for staff who act for a team"))?;
        Ok(Actor(person, team))
    }
}

/// From where somebody asks, as far as it is known.
pub(crate) struct Address(pub(crate) Option<IpAddr>);

impl FromRequestParts<AppState> for Address {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let direct = direct.map(|info| info.0.ip());
        if !state.settings.is_behind_proxy {
            return Ok(Address(direct));
        }
        // The last one is what our own proxy has seen; what stands before it anybody can write.
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .into_iter()
            .next_back();
        let forwarded = forwarded.and_then(|value| value.to_str().ok());
        let seen = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        Ok(Address(seen.or(direct)))
    }
}
