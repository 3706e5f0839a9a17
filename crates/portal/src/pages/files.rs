//! Files of a run, as its worker has sent them.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{
    frame::Frame,
    job::{is_for, visible},
    takes_gzip,
    visitor::CurrentPerson,
};
use crate::{error::Error, gzip, runs, state::AppState};

/// A file of a run quotes what a site has said: a browser shall not take it for a page of ours.
/// The report is one file with its own style, and without scripts.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// A file is unzipped for whoever asks for that, up to so many bytes.
const LARGEST_PLAIN: u64 = 256 << 20;

/// `GET /team/jobs/{id}/files/{*name}`.
pub(crate) async fn show_file(
    State(state): State<AppState>,
    frame: Frame,
    CurrentPerson(person): CurrentPerson,
    Path((id, name)): Path<(i64, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let seen = visible(&state, &frame, &person, id).await?;
    if !is_for(&person, seen.veil.is_some(), &name) {
        return Err(Error::NotFound("this file"));
    }
    let mut connection = state.connection().await?;
    let body = runs::file(&mut connection, id, &name).await?;
    let body = body.ok_or(Error::NotFound("this file"))?;
    let about = [
        (header::CONTENT_TYPE, kind(&name)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "Accept-Encoding"),
    ];
    if let Some(veil) = seen.veil {
        let plain = plain(body).await?;
        let told = veil.text(&String::from_utf8_lossy(&plain));
        return Ok((about, told).into_response());
    }
    if takes_gzip(&headers) {
        return Ok((about, [(header::CONTENT_ENCODING, "gzip")], body).into_response());
    }
    Ok((about, plain(body).await?).into_response())
}

async fn plain(body: Vec<u8>) -> Result<Vec<u8>, Error> {
    let plain = tokio::task::spawn_blocking(move || unzipped(&body)).await;
    plain.map_err(|error| Error::Internal(error.to_string()))?
}

/// Whoever does not take it zipped gets it as it was, if it is not absurdly large.
fn unzipped(body: &[u8]) -> Result<Vec<u8>, Error> {
    let plain = gzip::unzipped(body, LARGEST_PLAIN);
    let plain = plain.map_err(|error| Error::Internal(format!("a file of a run: {error}")))?;
    plain.ok_or_else(|| {
        let sentence =
            "this file is too large to be sent unzipped: send Accept-Encoding: gzip".to_owned();
        Error::Invalid(sentence)
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("log" | "txt" | "md" | "jsonl" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
