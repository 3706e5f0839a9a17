//! What people see: HTML, made here and complete without scripts.
//!
//! All pages go through [`guard`]: it finds out who visits and in which language, refuses forms
//! without the session's token, turns refusals into pages and says what a browser may load. A
//! handler is given the [`frame::Frame`] of its page, the
//! [`visitor`] whom it is for, and the forms' [`fields::Fields`].

pub(crate) mod acting;
pub(crate) mod announcements;
pub(crate) mod assets;
pub(crate) mod board;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod hints;
pub(crate) mod hosts;
pub(crate) mod invite;
pub(crate) mod job;
pub(crate) mod listen;
pub(crate) mod login;
pub(crate) mod measurement;
pub(crate) mod members;
pub(crate) mod pastes;
pub(crate) mod questions;
pub(crate) mod staff;
pub(crate) mod team;
pub(crate) mod visitor;

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use crate::error::Error;
use frame::Frame;

/// A template, rendered when it is answered.
pub(crate) struct Page<T>(pub(crate) T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => Error::Internal(error.to_string()).into_response(),
        }
    }
}

/// The parts of a header that is a list.
pub(crate) fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let said = headers.get(name).and_then(|said| said.to_str().ok());
    said.unwrap_or_default().split(',').map(str::trim)
}

/// Whether whoever asks takes an answer zipped.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let mut codings = listed(headers, header::ACCEPT_ENCODING);
    codings
        .any(|coding| coding == "gzip" || coding.starts_with("gzip;") && !coding.ends_with("q=0"))
}

/// After a form: another page, by `GET`.
pub(crate) fn to(path: &str) -> Redirect {
    Redirect::to(path)
}

/// Something that is shown this once.
#[derive(Template)]
#[template(path = "secret.html")]
pub(crate) struct SecretPage {
    pub(crate) frame: Frame,
    pub(crate) title: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) secret: String,
    pub(crate) back: String,
}

/// A page by itself as a file to be kept.
pub(crate) fn download(name: &str, kind: &'static str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}
