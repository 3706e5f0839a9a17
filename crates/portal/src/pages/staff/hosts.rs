//! Hosts of any team, at any time.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::{find_team, write_down};
use crate::{
    error::Error,
    pages::{
        fields::Fields,
        frame::Frame,
        hosts::{described, refused},
        to,
        visitor::Staff,
    },
    state::AppState,
    teams,
};

/// `POST /staff/teams/{id}/hosts`.
pub(crate) async fn put_host(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let host = described(&frame, &fields)?;
    let most = frame.contest()?.hosts;
    let mut transaction = state.store.begin_write().await?;
    let team = find_team(&mut transaction, id).await?;
    let before = teams::hosts(&mut transaction, id).await?;
    let before = before.into_iter().find(|before| before.name == host.name);
    let put = teams::register_host(&mut transaction, id, &host, most).await;
    put.map_err(|reason| refused(&frame, reason))?;
    let at = |url: Option<String>| url.unwrap_or_else(|| "–".to_owned());
    let (old, new) = (at(before.and_then(|host| host.url)), at(host.url));
    let detail = format!("{}: {} = {old} → {new}", team.name, host.name);
    write_down(&mut transaction, &frame, &person, "put host", detail).await?;
    transaction.commit().await?;
    state.events.tell_team(id);
    Ok(to(&format!("/staff/teams/{id}")))
}

/// `POST /staff/teams/{id}/hosts/remove`.
pub(crate) async fn remove_host(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let name = fields.text("name");
    let mut transaction = state.store.begin_write().await?;
    let team = find_team(&mut transaction, id).await?;
    teams::remove_host(&mut transaction, id, name).await?;
    let detail = format!("{}: {name}", team.name);
    write_down(&mut transaction, &frame, &person, "remove host", detail).await?;
    transaction.commit().await?;
    state.events.tell_team(id);
    Ok(to(&format!("/staff/teams/{id}")))
}
