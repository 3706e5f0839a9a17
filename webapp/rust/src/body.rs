//! Requests' bodies are read to their end before anything else happens.
//!
//! A browser reads an answer only once it has sent its whole request. If the answer came earlier
//! and the connection were closed then, the browser would report a broken connection instead of
//! showing, for example, that the person must log in first.

use std::{future::poll_fn, pin::Pin};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    middleware::Next,
    response::Response,
};

use crate::error::AppError;

/// The largest body that is accepted, in bytes.
const MAX_BODY: usize = 1 << 20;

/// The largest body that is accepted where a form may have a file, in bytes.
const MAX_UPLOAD: usize = 11 << 20;

/// Where reading stops even so. Whoever sends more has to live with a broken connection.
const MAX_READ: usize = 1 << 25;

/// Reads the body, and refuses the request if it is too long.
pub async fn read_body(request: Request, next: Next) -> Result<Response, AppError> {
    if request.body().is_end_stream() {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let limit = match parts.uri.path() {
        "/entries" | "/icon" => MAX_UPLOAD,
        _ => MAX_BODY,
    };
    let body = read_to_end(body, limit).await?;
    Ok(next.run(Request::from_parts(parts, body.into())).await)
}

async fn read_to_end(mut body: Body, limit: usize) -> Result<Vec<u8>, AppError> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| AppError::BodyCutOff)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length <= limit {
            kept.extend_from_slice(data);
        } else if length > MAX_READ {
            break;
        }
    }
    if length > limit {
        return Err(AppError::BodyTooLong);
    }
    Ok(kept)
}
