//! Whoever was invited chooses a name and a password, and is in.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Page,
    fields::Fields,
    frame::Frame,
    login::{begin_session, check, form_cookie},
};
use crate::{
    error::Error,
    people::{self, Refused, Role},
    secret,
    state::AppState,
    teams,
};

#[derive(Template)]
#[template(path = "invite.html")]
struct InvitePage {
    frame: Frame,
    token: String,
    /// The team's name; nothing for the staff.
    team: Option<String>,
    name: String,
    refusal: Option<&'static str>,
}

/// `GET /invite/{token}`.
pub(crate) async fn show_invite(
    State(state): State<AppState>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    let (team, name) = invited(&state, &frame, &token).await?;
    let cookie = form_cookie(&frame);
    let page = InvitePage {
        frame,
        token,
        team,
        name: name.unwrap_or_default(),
        refusal: None,
    };
    Ok(([(header::SET_COOKIE, cookie)], Page(page)).into_response())
}

/// The name of the team that an invite is for, nothing for the staff; and the name that it proposes.
async fn invited(
    state: &AppState,
    frame: &Frame,
    token: &str,
) -> Result<(Option<String>, Option<String>), Error> {
    let mut connection = state.connection().await?;
    let invited = people::invited(&mut connection, token, frame.now).await?;
    match invited {
        None => Err(Error::Conflict(frame.t.invite_used.to_owned())),
        Some((Role::Staff, name)) => Ok((None, name)),
        Some((Role::Member(team), name)) => {
            let team = teams::find(&mut connection, team).await?;
            Ok((team.map(|team| team.name), name))
        }
    }
}

/// `POST /invite/{token}`.
pub(crate) async fn accept_invite(
    State(state): State<AppState>,
    frame: Frame,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Error> {
    // Nobody without an invite makes us work on passwords.
    let (team, _) = invited(&state, &frame, &token).await?;
    let name = fields.text("name").to_owned();
    match join(&state, &frame, &token, &fields).await {
        Ok(person) => {
            state.events.tell();
            begin_session(&state, &frame, person, "").await
        }
        Err(Refused::Database(error)) => Err(error.into()),
        Err(refused) => {
            let refusal = Some(frame.t.join_refused(&refused));
            let page = InvitePage {
                frame,
                token,
                team,
                name,
                refusal,
            };
            Ok((StatusCode::CONFLICT, Page(page)).into_response())
        }
    }
}

async fn join(
    state: &AppState,
    frame: &Frame,
    token: &str,
    fields: &Fields,
) -> Result<i64, Refused> {
    let password = fields.get("password").unwrap_or_default().to_owned();
    people::check_password(&password)?;
    let trouble = |error: String| Refused::Database(sqlx::Error::Configuration(error.into()));
    let kept = check(state, move || secret::hash_password(&password)).await;
    let kept = kept.map_err(|error| trouble(error.to_string()))?;
    let kept = kept.map_err(|error| trouble(error.to_string()))?;
    // The staff comes in before there is a contest.
    let team_size = frame
        .contest()
        .map_or(u64::MAX, |contest| contest.team_size);
    let mut transaction = state.store.begin_write().await?;
    let name = fields.text("name");
    let person = people::join(&mut transaction, token, name, &kept, team_size, frame.now).await?;
    transaction.commit().await?;
    Ok(person)
}
