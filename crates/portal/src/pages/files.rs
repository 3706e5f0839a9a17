//! Files of a run, as its worker has sent them.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{job::visible, visitor::CurrentPerson};
use crate::{error::Error, people::Role, runs, state::AppState};

/// A file of a run quotes what a site has said: a browser shall not take it for a page of ours.
/// The report is one file with its own style, and without scripts.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// `GET /team/jobs/{id}/files/{*name}`.
pub(crate) async fn show_file(
    State(state): State<AppState>,
    CurrentPerson(person): CurrentPerson,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Response, Error> {
    visible(&state, &person, id).await?;
    if person.role != Role::Staff && !runs::is_for_contestants(&name) {
        return Err(Error::NotFound("this file"));
    }
    let mut connection = state.connection().await?;
    let body = runs::file(&mut connection, id, &name).await?;
    let body = body.ok_or(Error::NotFound("this file"))?;
    let headers = [
        (header::CONTENT_TYPE, kind(&name)),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((headers, body).into_response())
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("log" | "txt" | "md" | "jsonl" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
