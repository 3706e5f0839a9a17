//! What lets others in on behalf of a team: invitations for people, a token for programs.

use axum::extract::State;

use super::{Page, SecretPage, frame::Frame, visitor::Member};
use crate::{
    error::Error,
    people::{self, Role},
    state::AppState,
    tokens::{self, Scope},
};

/// `POST /team/invite`.
pub(crate) async fn invite(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<SecretPage>, Error> {
    let mut connection = state.connection().await?;
    let members = people::members(&mut connection, team.id).await?;
    if members.len() as u64 >= frame.contest()?.team_size {
        return Err(Error::Conflict(frame.t.team_full.to_owned()));
    }
    let token = people::invite(&mut connection, Role::Member(team.id), frame.now).await?;
    Ok(Page(SecretPage {
        title: frame.t.invite_link,
        explanation: frame.t.invite_link_note,
        secret: format!("{}/invite/{token}", frame.origin),
        back: "/team".to_owned(),
        frame,
    }))
}

/// `POST /team/token`: another one ends the one before.
pub(crate) async fn make_token(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<SecretPage>, Error> {
    let words = (frame.t.api_token, frame.t.api_token_note);
    only_token(&state, frame, Scope::Team(team.id), words).await
}

/// `POST /team/host-token`: another one ends the one before.
pub(crate) async fn make_hosts_token(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<SecretPage>, Error> {
    let words = (frame.t.hosts_token, frame.t.hosts_token_note);
    only_token(&state, frame, Scope::Hosts(team.id), words).await
}

async fn only_token(
    state: &AppState,
    frame: Frame,
    scope: Scope,
    (title, explanation): (&'static str, &'static str),
) -> Result<Page<SecretPage>, Error> {
    let mut transaction = state.store.begin_write().await?;
    tokens::revoke_all(&mut transaction, scope, frame.now).await?;
    let secret = tokens::create(&mut transaction, scope, "page", frame.now).await?;
    transaction.commit().await?;
    Ok(Page(SecretPage {
        title,
        explanation,
        secret,
        back: "/team".to_owned(),
        frame,
    }))
}
