//! The leaderboard.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    Page,
    frame::{Frame, SESSION, cookie},
};
use crate::{
    boards::{Tagged, View, board},
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
    view: View,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct ScreenPage {
    frame: Frame,
    part: String,
}

fn eyes(frame: &Frame) -> Eyes {
    match frame.role() {
        None => Eyes::Audience,
        Some(Role::Member(team)) => Eyes::Team(team),
        Some(Role::Staff) => Eyes::Staff,
    }
}

/// The leaderboard's piece of HTML: the one that is kept, unless somebody wants another.
async fn piece(state: &AppState, frame: &Frame, eyes: Eyes, view: &View) -> Result<Tagged, Error> {
    let board = board(state, eyes).await?;
    match *view == View::default() {
        true => Ok(board.part(frame.language).clone()),
        false => board.viewed(frame.contest()?, frame.language, view),
    }
}

async fn part(state: &AppState, frame: &Frame, eyes: Eyes, view: &View) -> Result<String, Error> {
    match piece(state, frame, eyes, view).await {
        Ok(piece) => Ok(piece.text().to_owned()),
        Err(Error::NoContest) => Ok(format!("<p class=\"notice\">{}</p>", frame.t.no_contest)),
        Err(error) => Err(error),
    }
}

/// `GET /`.
pub(crate) async fn show_board(
    State(state): State<AppState>,
    frame: Frame,
    uri: Uri,
) -> Result<Response, Error> {
    let view = View::of(&uri);
    let part = part(&state, &frame, eyes(&frame), &view).await?;
    Ok(Page(BoardPage { frame, part, view }).into_response())
}

/// `GET /screen`: for everybody in the hall, so it shows what the audience may see, whoever has
/// opened it.
pub(crate) async fn show_screen(
    State(state): State<AppState>,
    frame: Frame,
    uri: Uri,
) -> Result<Response, Error> {
    let view = View::of(&uri).on_screen();
    let part = part(&state, &frame, Eyes::Audience, &view).await?;
    Ok(Page(ScreenPage { frame, part }).into_response())
}

/// `GET /board`: the piece of HTML alone.
pub(crate) async fn show_part(
    State(state): State<AppState>,
    frame: Frame,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let part = piece(&state, &frame, eyes(&frame), &View::of(&uri)).await?;
    Ok(tagged(&part, "text/html; charset=utf-8", &frame, &headers))
}

/// `GET /board.json`.
pub(crate) async fn show_json(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let board = board(&state, eyes(&frame)).await?;
    Ok(tagged(&board.json, "application/json", &frame, &headers))
}

/// The bytes, or that the browser has them already.
fn tagged(body: &Tagged, kind: &'static str, frame: &Frame, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    let is_known = known.is_some_and(|known| {
        let mut tags = known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"));
        tags.any(|tag| tag == body.tag || tag == "*")
    });
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], body.bytes.clone()).into_response(),
    };
    let is_anybodys = frame.person.is_none() && cookie(headers, SESSION).is_none();
    let cache = if is_anybodys {
        "no-cache"
    } else {
        "private, no-cache"
    };
    let answer = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(&body.tag) {
        answer.insert(header::ETAG, tag);
    }
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    let vary = HeaderValue::from_static("Cookie, Accept-Language");
    answer.insert(header::VARY, vary);
    response
}
