//! Workers, and what lets them in.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::write_down;
use crate::{
    error::Error,
    pages::{Page, SecretPage, fields::Fields, frame::Frame, to, visitor::Staff},
    state::AppState,
    tokens::{self, Scope},
    workers,
};

/// `POST /staff/workers/{id}/drain`.
pub(crate) async fn drain_worker(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let is_draining = fields.text("draining") == "1";
    let mut transaction = state.store.begin_write().await?;
    let worker = workers::find(&mut transaction, id).await?;
    let worker = worker.ok_or(Error::NotFound("this worker"))?;
    workers::drain(&mut transaction, id, is_draining).await?;
    let what = if is_draining { "drain" } else { "undrain" };
    write_down(&mut transaction, &frame, &person, what, worker.name).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff#workers"))
}

/// `POST /staff/worker-token`: those before stay good, unless they are to be revoked.
pub(crate) async fn make_token(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Page<SecretPage>, Error> {
    let mut transaction = state.store.begin_write().await?;
    let detail = match fields.is_ticked("revoke") {
        true => {
            tokens::revoke_all(&mut transaction, Scope::Worker, frame.now).await?;
            "those before were revoked"
        }
        false => "",
    };
    let note = person.name.clone();
    let token = tokens::create(&mut transaction, Scope::Worker, &note, frame.now).await?;
    write_down(&mut transaction, &frame, &person, "worker token", detail).await?;
    transaction.commit().await?;
    Ok(Page(SecretPage {
        title: frame.t.worker_token,
        explanation: frame.t.worker_token_note,
        secret: token,
        back: "/staff#workers".to_owned(),
        frame,
    }))
}
