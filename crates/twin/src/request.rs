//! What a browser asks.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header};

/// The name of the session's cookie.
const COOKIE: &str = "suwaru_session";

/// A request with its whole body.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// What came after the head.
pub(crate) enum Body {
    /// All of it.
    Whole(Bytes),
    /// More than is accepted, or it broke off.
    TooLong,
}

impl Request {
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// From where it comes: the last of `X-Forwarded-For`, because whoever connects is a
    /// trusted proxy.
    pub(crate) fn sender(&self) -> &str {
        let forwarded = self.forwarded_for();
        forwarded.rsplit(',').next().unwrap_or_default().trim()
    }

    /// From where it pretends to come: the first of `X-Forwarded-For`.
    pub(crate) fn pretended_sender(&self) -> &str {
        let forwarded = self.forwarded_for();
        forwarded.split(',').next().unwrap_or_default().trim()
    }

    fn forwarded_for(&self) -> &str {
        self.text(header::HeaderName::from_static("x-forwarded-for"))
    }

    /// A parameter of the query, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.uri.query()?.as_bytes();
        let mut parameters = form_urlencoded::parse(query);
        parameters
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The session that the cookie names.
    pub(crate) fn session_token(&self) -> Option<u128> {
        let cookies = self.headers.get_all(header::COOKIE).into_iter();
        let mut pairs = cookies
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='));
        let (_, token) = pairs.find(|(name, _)| *name == COOKIE)?;
        u128::from_str_radix(token, 16).ok()
    }

    /// Whether the body is said to be a form.
    pub(crate) fn is_form(&self) -> bool {
        let kind = self.text(header::CONTENT_TYPE).split(';').next();
        kind.is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }

    /// What stands between the parts of a body that is said to be a form with files.
    pub(crate) fn boundary(&self) -> Option<&str> {
        let kind = self.text(header::CONTENT_TYPE);
        kind.strip_prefix("multipart/form-data; boundary=")
    }

    /// Whether a comma-separated header names this.
    pub(crate) fn lists(&self, header: header::HeaderName, name: &str) -> bool {
        let mut items = self.text(header).split(',');
        items.any(|item| item.split(';').next().unwrap_or_default().trim() == name)
    }

    /// A header's value, empty if there is none.
    pub(crate) fn text(&self, header: header::HeaderName) -> &str {
        let value = self.headers.get(header);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// The header that gives a session's cookie to the browser, or takes it away.
pub(crate) fn session_cookie(token: Option<u128>) -> String {
    match token {
        Some(token) => format!("{COOKIE}={token:032x}; HttpOnly; SameSite=Lax; Path=/"),
        None => format!("{COOKIE}=; Max-Age=0; HttpOnly; SameSite=Lax; Path=/"),
    }
}
