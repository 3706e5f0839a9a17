//! Where a team's site is.

use axum::{extract::State, response::Redirect};

use super::{fields::Fields, frame::Frame, to, visitor::Member};
use crate::{
    error::Error,
    state::AppState,
    teams::{self, Host, HostRefused},
};

/// The host that a form describes.
pub(crate) fn described(frame: &Frame, fields: &Fields) -> Result<Host, Error> {
    let host = Host::parse(fields.text("name"), Some(fields.text("url")));
    host.map_err(|reason| refused(frame, reason))
}

/// Why a host is not registered, in the visitor's language.
pub(crate) fn refused(frame: &Frame, refused: HostRefused) -> Error {
    match refused {
        HostRefused::Database(error) => error.into(),
        refused => Error::Invalid(frame.t.host_refused(&refused).to_owned()),
    }
}

/// Addresses are settled when the contest is over for a team.
fn check_time(frame: &Frame, team: &teams::Team) -> Result<(), Error> {
    match team.is_over(frame.contest()?, frame.now) {
        false => Ok(()),
        true => Err(Error::Conflict(frame.t.hosts_locked.to_owned())),
    }
}

/// `POST /team/hosts`.
pub(crate) async fn put_host(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    check_time(&frame, &team)?;
    let host = described(&frame, &fields)?;
    let most = frame.contest()?.hosts;
    let mut transaction = state.store.begin_write().await?;
    let put = teams::register_host(&mut transaction, team.id, &host, most).await;
    put.map_err(|reason| refused(&frame, reason))?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to("/team#hosts"))
}

/// `POST /team/hosts/remove`.
pub(crate) async fn remove_host(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    check_time(&frame, &team)?;
    let mut connection = state.connection().await?;
    teams::remove_host(&mut connection, team.id, fields.text("name")).await?;
    state.events.tell_team(team.id);
    Ok(to("/team#hosts"))
}
