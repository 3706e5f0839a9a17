//! Logging in and out.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Page,
    fields::Fields,
    frame::{FORM, Frame, SESSION, cookie},
    to,
    visitor::Address,
};
use crate::{
    error::Error,
    people::{self, Role},
    secret,
    state::AppState,
};

/// How long a browser keeps the cookie of a session, seconds: as long as a session lasts.
const SESSION_LASTS: i64 = 7 * 24 * 3600;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    next: String,
    name: String,
    refusal: Option<&'static str>,
}

/// Where somebody wanted to go.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    next: Option<String>,
}

/// `GET /login`.
pub(crate) async fn show_login(frame: Frame, Query(wanted): Query<Wanted>) -> Response {
    let cookie = form_cookie(&frame);
    let page = LoginPage {
        frame,
        next: wanted.next.unwrap_or_default(),
        name: String::new(),
        refusal: None,
    };
    ([(header::SET_COOKIE, cookie)], Page(page)).into_response()
}

/// The token of a form for somebody who has no session yet.
pub(crate) fn form_cookie(frame: &Frame) -> String {
    frame.set_cookie(FORM, &frame.form_token, SESSION_LASTS)
}

/// `POST /login`.
pub(crate) async fn log_in(
    State(state): State<AppState>,
    frame: Frame,
    Address(address): Address,
    fields: Fields,
) -> Result<Response, Error> {
    let (name, password) = (fields.text("name"), fields.get("password"));
    if !state.throttle.admits(name, address, frame.now) {
        return Err(Error::TooMany);
    }
    let mut connection = state.connection().await?;
    let found = people::credentials(&mut connection, name).await?;
    drop(connection);
    let (person, kept) = match found {
        Some((person, kept)) => (Some(person), kept),
        None => (None, nobodys_password().to_owned()),
    };
    let password = password.unwrap_or_default().to_owned();
    let is_right = check(&state, move || secret::is_password(&password, &kept)).await?;
    let Some(person) = person.filter(|_| is_right) else {
        let page = LoginPage {
            next: fields.text("next").to_owned(),
            name: name.to_owned(),
            refusal: Some(frame.t.wrong_password),
            frame,
        };
        return Ok((StatusCode::FORBIDDEN, Page(page)).into_response());
    };
    state.throttle.forgive(name, address);
    let wanted = fields.text("next").to_owned();
    begin_session(&state, &frame, person, &wanted).await
}

/// Gives somebody a session, and sends them where they wanted to go.
pub(crate) async fn begin_session(
    state: &AppState,
    frame: &Frame,
    person: i64,
    wanted: &str,
) -> Result<Response, Error> {
    let mut connection = state.connection().await?;
    let token = people::begin_session(&mut connection, person, frame.now).await?;
    let session = people::session(&mut connection, &token, frame.now).await?;
    let home = match session.map(|person| person.role) {
        Some(Role::Staff) => "/staff",
        _ => "/team",
    };
    let next = if is_own_path(wanted) { wanted } else { home };
    let cookie = frame.set_cookie(SESSION, &token, SESSION_LASTS);
    Ok(([(header::SET_COOKIE, cookie)], to(next)).into_response())
}

/// `POST /logout`.
pub(crate) async fn log_out(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if let Some(token) = cookie(&headers, SESSION) {
        let mut connection = state.connection().await?;
        people::end_session(&mut connection, &token).await?;
    }
    let gone = frame.set_cookie(SESSION, "", 0);
    Ok(([(header::SET_COOKIE, gone)], to("/")).into_response())
}

/// Works on a password where nobody waits for the thread, and few at a time.
pub(crate) async fn check<T: Send + 'static>(
    state: &AppState,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let trouble = |error: &dyn std::fmt::Display| Error::Internal(format!("passwords: {error}"));
    let place = state.passwords.acquire().await;
    let _place = place.map_err(|error| trouble(&error))?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| trouble(&error))
}

/// Whether it is a page of ours, not another site's address.
pub(crate) fn is_own_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Who tries a name that nobody has waits as long as for one that somebody has.
fn nobodys_password() -> &'static str {
    static KEPT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        secret::hash_password(&secret::draw_token()).unwrap_or_default()
    });
    &KEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for path in ["/", "/team", "/team/jobs/1"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in [
            "",
            "team",
            "//evil.example",
            "/\\evil.example",
            "https://x",
            "/\t/x",
        ] {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
