//! One of the staff does what a team can, to see what it sees or to help.
//!
//! The session is then a member's: pages of the staff are closed until it is left. Every form that
//! is sent meanwhile is written down before anything is done.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Redirect,
};

use super::{
    fields::Fields,
    frame::{Frame, SESSION, cookie},
    staff::{self, find_team},
    to,
    visitor::{Actor, Staff},
};
use crate::{
    audit::{Deed, note},
    error::Error,
    people,
    state::AppState,
};

/// Where the forms of teams are.
const TEAMS: &str = "/team/";

/// `POST /staff/teams/{id}/act`.
pub(crate) async fn begin(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let team = find_team(&mut transaction, id).await?;
    if let Some(session) = cookie(&headers, SESSION) {
        people::act_for(&mut transaction, &session, Some(id)).await?;
    }
    staff::write_down(&mut transaction, &frame, &person, "act for", team.name).await?;
    transaction.commit().await?;
    Ok(to("/team"))
}

/// `POST /acting/end`.
pub(crate) async fn end(
    State(state): State<AppState>,
    frame: Frame,
    Actor(person, team): Actor,
    headers: HeaderMap,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    if let Some(session) = cookie(&headers, SESSION) {
        people::act_for(&mut transaction, &session, None).await?;
    }
    staff::write_down(&mut transaction, &frame, &person, "stop acting for", team).await?;
    transaction.commit().await?;
    Ok(to("/staff/teams"))
}

/// Writes down what is sent on behalf of a team by one of the staff, if it is so.
pub(crate) async fn write_down(
    state: &AppState,
    frame: &Frame,
    fields: &Fields,
) -> Result<(), Error> {
    let (Some(person), Some(team)) = (&frame.person, frame.acts_for()) else {
        return Ok(());
    };
    if !frame.path.starts_with(TEAMS) {
        return Ok(());
    }
    let detail = format!("{team}: {}\n{}", frame.path, fields.told());
    let deed = Deed {
        at: frame.now,
        who: person.name.clone(),
        what: "as a team".to_owned(),
        detail: detail.trim().to_owned(),
    };
    let mut connection = state.connection().await?;
    Ok(note(&mut connection, &deed).await?)
}
