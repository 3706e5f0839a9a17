//! Those who look on while people ask and are answered.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use isutori_engine::{
    asset::AssetFetch,
    browser::Browser,
    exchange::{Request, Response},
    failure::Failure,
    target::Target,
};

use crate::guest::Guest;

/// Somebody who is told of every page that was asked for and judged, and of
/// static files that were not right. Called from the threads of the load, which
/// must not be held up where the answer was right.
pub trait Observer: Send + Sync {
    /// An answer was judged, or did not come.
    fn judged(&self, exchange: &Exchange<'_>, verdict: Result<(), &Failure>);
}

/// A request and what came of it. What comes from the site is hostile.
pub struct Exchange<'a> {
    /// Who asked; nobody for `POST /initialize`.
    pub guest: Option<&'a Guest>,
    /// As the table of points names it.
    pub endpoint: &'static str,
    /// Where the site is.
    pub target: &'a Target,
    /// `GET` or `POST`.
    pub method: &'a Method,
    /// Path and query.
    pub path: &'a str,
    /// The headers that were sent; left out where the answer was right.
    pub headers: &'a HeaderMap,
    /// The body that was sent.
    pub body: Option<&'a [u8]>,
    /// Nothing if none came.
    pub answer: Option<Answer<'a>>,
}

/// An answer.
pub struct Answer<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The decoded body; nothing for files that are not text, such as pictures.
    pub body: Option<&'a [u8]>,
    /// From sending the request to the last byte.
    pub latency: Duration,
    /// Whether all of it came.
    pub whole: bool,
}

impl<'a> Exchange<'a> {
    /// A request for a page.
    pub(crate) fn of_page(
        guest: Option<&'a Guest>,
        (endpoint, target): (&'static str, &'a Target),
        request: &'a Request,
        headers: &'a HeaderMap,
        answer: Option<Answer<'a>>,
    ) -> Self {
        Exchange {
            guest,
            endpoint,
            target,
            method: &request.method,
            path: &request.path,
            headers,
            body: request.body.as_ref().map(|body| &body.bytes[..]),
            answer,
        }
    }
}

impl<'a> Answer<'a> {
    /// What a browser has of the answer to its last request.
    pub(crate) fn to_page(
        answer: Result<&'a Response, &Failure>,
        browser: &'a Browser,
    ) -> Option<Self> {
        let response = answer.ok().or(browser.lost())?;
        Some(Answer {
            status: response.status,
            headers: &response.headers,
            body: Some(&response.body),
            latency: response.latency(),
            whole: answer.is_ok(),
        })
    }

    /// A static file, or what came of it.
    pub(crate) fn of_file(fetch: &'a AssetFetch) -> Option<Self> {
        let sent = fetch.came()?;
        Some(Answer {
            status: sent.status,
            headers: &sent.headers,
            body: is_text(&sent.headers).then_some(&sent.body[..]),
            latency: fetch.latency,
            whole: fetch.is_whole(),
        })
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(http::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || kind.starts_with("application/json")
}

/// Looks away.
pub struct Nobody;

impl Observer for Nobody {
    fn judged(&self, _: &Exchange<'_>, _: Result<(), &Failure>) {}
}
