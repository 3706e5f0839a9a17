//! What the staff has done, and who belongs to it.

use askama::Template;
use axum::extract::State;

use super::write_down;
use crate::{
    audit::{Deed, latest},
    error::Error,
    pages::{Page, SecretPage, frame::Frame, visitor::Staff},
    people::{self, Role},
    state::AppState,
};

/// So many deeds are shown.
const LATEST: i64 = 500;

#[derive(Template)]
#[template(path = "staff/audit.html")]
pub(crate) struct AuditPage {
    frame: Frame,
    deeds: Vec<Deed>,
}

/// `GET /staff/audit`.
pub(crate) async fn show_audit(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<AuditPage>, Error> {
    let mut connection = state.connection().await?;
    let deeds = latest(&mut connection, LATEST).await?;
    Ok(Page(AuditPage { frame, deeds }))
}

/// `POST /staff/invite`: for one more of the staff.
pub(crate) async fn invite_staff(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
) -> Result<Page<SecretPage>, Error> {
    let mut transaction = state.store.begin_write().await?;
    let token = people::invite(&mut transaction, Role::Staff, frame.now).await?;
    write_down(&mut transaction, &frame, &person, "invite", "staff").await?;
    transaction.commit().await?;
    Ok(Page(SecretPage {
        title: frame.t.invite_staff,
        explanation: frame.t.invite_link_note,
        secret: format!("{}/invite/{token}", frame.origin),
        back: "/staff/audit".to_owned(),
        frame,
    }))
}
