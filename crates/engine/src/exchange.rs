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

    /// A form with a file posted as a browser does, line ends of fields as CRLF.
    pub fn multipart(path: impl Into<String>, fields: &[(&str, &str)], file: &File<'_>) -> Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            let value = value.replace("\r\n", "\n").replace('\n', "\r\n");
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            push_part(&mut body, &head, value.as_bytes());
        }
        let File {
            field,
            name,
            media_type,
            bytes,
        } = file;
        let head = format!(
            "Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: {media_type}"
        );
        push_part(&mut body, &head, bytes);
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        Request::post(path, MULTIPART, body)
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

/// A file as a form sends it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The form's field.
    pub field: &'a str,
    /// The file's name; empty if none was chosen.
    pub name: &'a str,
    /// What it is said to be.
    pub media_type: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What stands between the parts of a form: nothing that anybody types.
const BOUNDARY: &str = "----geckoformboundary5b1f0c3e9a7d4628";

/// `Content-Type` of a form with a file.
const MULTIPART: &str = "multipart/form-data; boundary=----geckoformboundary5b1f0c3e9a7d4628";

/// A part of `multipart/form-data`.
fn push_part(body: &mut Vec<u8>, head: &str, content: &[u8]) {
    body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n");
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
    /// Where it comes from.
    pub source: Source,
}

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The site sent it.
    Site,
    /// The cache held it, and the site said that it is unchanged.
    Unchanged,
    /// The cache held it fresh: the site was not asked, and it is shown as it was.
    Cache,
}

impl Response {
    /// The same answer once more, to a question of that moment.
    pub(crate) fn shown_again(self, sent: Instant, source: Source) -> Self {
        let finished = Instant::now();
        Response {
            sent,
            finished,
            source,
            ..self
        }
    }

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
    #[test]
    fn files_are_parts_of_their_own() {
        let file = File {
            field: "photo",
            name: "chair.png",
            media_type: "image/png",
            bytes: b"\x89PNG\n",
        };
        let request = Request::multipart("/x", &[("t", "a\nb")], &file);
        let body = request.body.expect("a body");
        assert!(MULTIPART.ends_with(BOUNDARY));
        assert_eq!(
            body.bytes,
            [
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\na\r\nb\r\n\
                     --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; \
                     filename=\"chair.png\"\r\nContent-Type: image/png\r\n\r\n"
                )
                .into_bytes(),
                b"\x89PNG\n".to_vec(),
                format!("\r\n--{BOUNDARY}--\r\n").into_bytes(),
            ]
            .concat()
        );
    }
}
