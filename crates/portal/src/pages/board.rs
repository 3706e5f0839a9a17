//! The leaderboard.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use serde::Deserialize;

use super::{
    Page,
    frame::{Frame, SESSION, cookie},
    listed, takes_gzip, to,
};
use crate::{
    boards::{Pins, Tagged, board},
    error::Error,
    people::Role,
    standings::Eyes,
    state::AppState,
};

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    part: String,
    pins: Pins,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct ScreenPage {
    frame: Frame,
    part: String,
}

/// What a visitor wants to see of the leaderboard.
#[derive(Deserialize)]
pub(crate) struct View {
    /// For everybody in the hall: what the audience may see, whoever has opened it.
    audience: Option<String>,
}

impl View {
    /// Who looks.
    pub(super) fn eyes(&self, frame: &Frame) -> Eyes {
        match frame.role() {
            _ if self.audience.is_some() => Eyes::Audience,
            None => Eyes::Audience,
            Some(Role::Member(team)) => Eyes::Team(team),
            Some(Role::Staff) => Eyes::Staff,
        }
    }
}

async fn part(state: &AppState, frame: &Frame, eyes: Eyes, pins: &Pins) -> Result<String, Error> {
    let own = match eyes {
        Eyes::Team(team) => Some(team),
        _ => None,
    };
    match board(state, eyes, frame.language).await {
        Ok(board) => Ok(board.sheet.html(own, pins)),
        Err(Error::NoContest) => Ok(format!("<p class=\"notice\">{}</p>", frame.t.no_contest)),
        Err(error) => Err(error),
    }
}

/// `GET /`.
pub(crate) async fn show_board(
    State(state): State<AppState>,
    Query(view): Query<View>,
    frame: Frame,
    uri: Uri,
) -> Result<Response, Error> {
    let pins = Pins::of(&uri);
    if uri.query().is_some_and(|query| query.contains("toggle=")) {
        return Ok(to(&format!("/?{}", pins.query())).into_response());
    }
    let part = part(&state, &frame, view.eyes(&frame), &pins).await?;
    let part = live_at(&part, "/board", &pins);
    Ok(Page(BoardPage { frame, part, pins }).into_response())
}

/// What is asked for later is what is shown now.
fn live_at(part: &str, path: &str, pins: &Pins) -> String {
    let address = match pins.is_empty() {
        true => path.to_owned(),
        false if path.contains('?') => format!("{path}&{}", pins.query()),
        false => format!("{path}?{}", pins.query()),
    };
    let live = format!("data-live=\"{}\"", address.replace('&', "&amp;"));
    part.replacen("data-live=\"/board\"", &live, 1)
}

/// `GET /screen`.
pub(crate) async fn show_screen(
    State(state): State<AppState>,
    frame: Frame,
    uri: Uri,
) -> Result<Response, Error> {
    let pins = Pins::of(&uri).on_screen();
    let part = part(&state, &frame, Eyes::Audience, &pins).await?;
    let part = live_at(&part, "/board?audience", &pins);
    Ok(Page(ScreenPage { frame, part }).into_response())
}

/// `GET /board`: the piece of HTML alone, the same for all who see the same.
pub(crate) async fn show_part(
    State(state): State<AppState>,
    Query(view): Query<View>,
    frame: Frame,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let board = board(&state, view.eyes(&frame), frame.language).await?;
    let pins = Pins::of(&uri);
    let kind = "text/html; charset=utf-8";
    Ok(match pins.is_empty() {
        true => tagged(board.html(), kind, &frame, &headers),
        false => tagged(&board.pinned(&pins), kind, &frame, &headers),
    })
}

/// `GET /board.json`.
pub(crate) async fn show_json(
    State(state): State<AppState>,
    Query(view): Query<View>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let board = board(&state, view.eyes(&frame), frame.language).await?;
    Ok(tagged(board.json()?, "application/json", &frame, &headers))
}

/// The bytes, or that the browser has them already.
fn tagged(body: &Tagged, kind: &'static str, frame: &Frame, headers: &HeaderMap) -> Response {
    // Zipped or not, it says the same: the tag is a weak one.
    let tag = format!("W/\"{}\"", body.tag);
    let mut known = listed(headers, header::IF_NONE_MATCH);
    let is_known = known.any(|known| known == "*" || known == tag);
    let mut response = match (is_known, takes_gzip(headers)) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, true) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_ENCODING, "gzip"),
            ];
            (headers, body.zipped.clone()).into_response()
        }
        (false, false) => ([(header::CONTENT_TYPE, kind)], body.bytes.clone()).into_response(),
    };
    let is_anybodys = frame.person.is_none() && cookie(headers, SESSION).is_none();
    let cache = if is_anybodys {
        "no-cache"
    } else {
        "private, no-cache"
    };
    let answer = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.insert(header::ETAG, tag);
    }
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    let vary = HeaderValue::from_static("Cookie, Accept-Language, Accept-Encoding");
    answer.insert(header::VARY, vary);
    response
}
