//! What a browser is answered.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

/// A whole answer.
pub(crate) type Answer = Response<Bytes>;

/// An HTML page.
pub(crate) fn page(status: StatusCode, html: String) -> Answer {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    answer(status, html).with(header::CONTENT_TYPE, kind)
}

/// `303` to a path.
pub(crate) fn redirect(path: &str) -> Answer {
    answer(StatusCode::SEE_OTHER, "").with_text(header::LOCATION, path)
}

/// JSON.
pub(crate) fn json(json: String) -> Answer {
    let kind = HeaderValue::from_static("application/json");
    answer(StatusCode::OK, json).with(header::CONTENT_TYPE, kind)
}

/// An answer without headers.
pub(crate) fn answer(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer
}

/// Puts headers on answers.
pub(crate) trait With {
    /// With this header.
    fn with(self, name: HeaderName, value: HeaderValue) -> Self;
    /// With this header, whose value is visible ASCII.
    fn with_text(self, name: HeaderName, value: &str) -> Self;
}

impl With for Answer {
    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers_mut().insert(name, value);
        self
    }

    fn with_text(self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("our headers are visible ASCII");
        self.with(name, value)
    }
}
