//! One request and its answer.

use std::time::Duration;

use bytes::Bytes;
pub use cookie::{Cookie, SameSite};
use hyper::{
    HeaderMap, StatusCode,
    header::{HeaderName, SET_COOKIE},
};
use tokio::time::Instant;

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: hyper::Method,
    /// Path and query, already encoded.
    pub path: String,
    /// Sent as the body when there is one.
    pub body: Option<Body>,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

impl Request {
    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Request {
            method: hyper::Method::GET,
            path: path.into(),
            body: None,
        }
    }

    /// What it asks for, such as `GET /recent/1`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A form posted as a browser does, line ends as CRLF.
    pub fn form(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let mut encoded = String::new();
        for (name, value) in fields {
            if !encoded.is_empty() {
                encoded.push('&');
            }
            push_encoded(&mut encoded, name);
            encoded.push('=');
            push_encoded(
                &mut encoded,
                &value.replace("\r\n", "\n").replace('\n', "\r\n"),
            );
        }
        Request::post(
            path,
            "application/x-www-form-urlencoded",
            encoded.into_bytes(),
        )
    }

    /// A `POST` of JSON.
    pub fn json(path: impl Into<String>, json: impl Into<Vec<u8>>) -> Self {
        Request::post(path, "application/json", json.into())
    }

    fn post(path: impl Into<String>, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Request {
            method: hyper::Method::POST,
            path: path.into(),
            body: Some(Body {
                content_type,
                bytes: bytes.into(),
            }),
        }
    }
}

/// `application/x-www-form-urlencoded`, as the URL standard says.
fn push_encoded(into: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                into.push(byte as char)
            }
            b' ' => into.push('+'),
            _ => {
                into.push('%');
                into.push(HEX[usize::from(byte >> 4)] as char);
                into.push(HEX[usize::from(byte & 15)] as char);
            }
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole and bounded.
    pub body: Bytes,
    /// When the request was sent (or its connection begun).
    pub sent: Instant,
    /// When the last byte of the body was there.
    pub finished: Instant,
}

impl Response {
    /// From sending to the last byte.
    pub fn latency(&self) -> Duration {
        self.finished - self.sent
    }

    /// A header's value, if it is there once and readable.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The cookie of that name as the answer sets it, with its attributes; of
    /// several the last, which is the one that stays.
    pub fn set_cookie(&self, name: &str) -> Option<Cookie<'_>> {
        let mut set = self.headers.get_all(SET_COOKIE).iter().rev();
        set.find_map(|header| {
            let cookie = Cookie::parse(header.to_str().ok()?).ok()?;
            (cookie.name() == name).then_some(cookie)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded_as_browsers_do() {
        let request = Request::form("/x", &[("a b", "1&2=3"), ("t", "椅子\n+~*")]);
        let body = request.body.expect("a body");
        assert_eq!(
            body.bytes,
            "a+b=1%262%3D3&t=%E6%A4%85%E5%AD%90%0D%0A%2B%7E*"
        );
    }
}
