//! Stands before every page.

use askama::Template;
use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Page, acting,
    fields::{FORM_TOKEN, Fields},
    frame::{Frame, LANGUAGE},
};
use crate::{
    error::{Error, Told},
    secret,
    state::AppState,
};

/// What a page may load and where its forms may go.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

/// A form has at most so many bytes; a list of teams may be long.
const LARGEST_FORM: usize = 1 << 20;

/// A language that was chosen is known for a year.
const YEAR: i64 = 365 * 24 * 3600;

/// Finds out who visits, checks the form's token, and sees to what is answered.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let frame = match Frame::of(&state, &parts).await {
        Ok(frame) => frame,
        Err(error) => return secured(error.into_response()),
    };
    let method = parts.method.clone();
    parts.extensions.insert(frame.clone());
    let response = match read_form(&method, body, &frame).await {
        Ok((body, fields)) => {
            let written = match &fields {
                Some(fields) => acting::write_down(&state, &frame, fields).await,
                None => Ok(()),
            };
            if let Some(fields) = fields {
                parts.extensions.insert(fields);
            }
            match written {
                Ok(()) => next.run(Request::from_parts(parts, body)).await,
                Err(error) => error.into_response(),
            }
        }
        Err(error) => error.into_response(),
    };
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let mut response = match is_refusal && !is_page(&response) {
        true => refusal(response, &method, &frame),
        false => response,
    };
    if let Some(language) = frame.chosen {
        let cookie = frame.set_cookie(LANGUAGE, language.code(), YEAR);
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    secured(response)
}

/// Every form must hold the session's token, which other sites cannot know.
async fn read_form(
    method: &Method,
    body: axum::body::Body,
    frame: &Frame,
) -> Result<(axum::body::Body, Option<Fields>), Error> {
    if *method != Method::POST {
        return Ok((body, None));
    }
    let body = to_bytes(body, LARGEST_FORM).await;
    let body = body.map_err(|_| Error::Invalid(frame.t.form_too_large.to_owned()))?;
    let fields = Fields::read(&body);
    // Hashes are compared, so that how long it takes tells nothing.
    let given = secret::hash(fields.get(FORM_TOKEN).unwrap_or_default());
    match given == secret::hash(&frame.form_token) {
        true => Ok((axum::body::Body::empty(), Some(fields))),
        false => Err(Error::Forbidden("form_token")),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    headline: &'static str,
    sentence: String,
}

/// A form that was refused comes again as a page of its own.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// A refusal as a page; who is not logged in is asked to.
fn refusal(response: Response, method: &Method, frame: &Frame) -> Response {
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        let next: String = form_urlencoded::byte_serialize(frame.path.as_bytes()).collect();
        return match *method {
            Method::GET | Method::HEAD => Redirect::to(&format!("/login?next={next}")),
            _ => Redirect::to("/login"),
        }
        .into_response();
    }
    let t = frame.t;
    let told = response.extensions().get::<Told>();
    let told = told.map(|told| told.0.clone()).unwrap_or_default();
    let (headline, sentence) = match status {
        StatusCode::FORBIDDEN if told == "form_token" => (t.form_expired, String::new()),
        StatusCode::FORBIDDEN => (t.forbidden, String::new()),
        StatusCode::NOT_FOUND => (t.not_found, String::new()),
        StatusCode::TOO_MANY_REQUESTS => (t.too_many, String::new()),
        StatusCode::CONFLICT if frame.contest.is_none() => (t.no_contest, String::new()),
        status if status.is_server_error() => (t.trouble, String::new()),
        _ => (t.refused, told),
    };
    let page = ErrorPage {
        frame: frame.clone(),
        status: status.as_u16(),
        headline,
        sentence,
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut page = (status, Page(page)).into_response();
    if let Some(allow) = allow {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    page
}

/// Says what a browser may do with it, unless the handler has said so.
fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let defaults = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // The address of an invitation is a secret.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    for (name, value) in defaults {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
