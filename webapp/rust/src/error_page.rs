//! Draws the page around an error, whoever made the error: a handler, the router (`404`, `405`),
//! or the static files.

use askama::Template;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::{AppError, ErrorNotice},
    page::Page,
    session::Session,
    state::AppState,
    viewer::Viewer,
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    viewer: Viewer,
    status: StatusCode,
    sentence: String,
}

/// Gives a page to every error response that has none.
pub async fn draw_error_page(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let status = response.status();
    if !is_error(status) || is_page(&response) {
        return response;
    }
    let notice = response
        .extensions()
        .get::<ErrorNotice>()
        .cloned()
        .unwrap_or_else(|| describe_status(status));
    if let Some(cause) = &notice.cause {
        tracing::error!(%method, path, cause = &**cause, "request failed");
    }
    let viewer = match Session::of_headers(&headers, &state).await {
        Ok(session) => Viewer::of_session(session, &state).await.ok(),
        Err(_) => None,
    };
    let page = Page(ErrorPage {
        viewer: viewer.unwrap_or_else(Viewer::anonymous),
        status,
        sentence: notice.sentence,
    });
    replace_body(response, page.into_response())
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn is_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// What to say when only the status is known.
fn describe_status(status: StatusCode) -> ErrorNotice {
    match status {
        StatusCode::NOT_FOUND => ErrorNotice::new(AppError::NotFound.to_string()),
        StatusCode::METHOD_NOT_ALLOWED => {
            ErrorNotice::new("This address does not work that way.".to_owned())
        }
        _ => ErrorNotice::new("This request could not be understood.".to_owned()),
    }
}

/// Keeps the status and headers such as `Allow`.
fn replace_body(mut response: Response, page: Response) -> Response {
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    *response.body_mut() = page.into_body();
    response.map(Body::new)
}
