//! A reverse proxy that stands before the real app and breaks one rule.

use std::{convert::Infallible, ops::Range, sync::Arc};

use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use isutori_engine::target::Target;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::{page::Page, upstream::Upstream};

/// What a browser asks.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What it is answered.
#[derive(Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Answers a request, with or without the app's help.
pub type Tamper = Arc<dyn Fn(Request, Upstream) -> BoxFuture<'static, Answer> + Send + Sync>;

/// A tampering proxy, which ends when dropped.
pub struct Proxy {
    pub target: Target,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    /// Stands before `app` on a free port.
    pub async fn start(app: &Target, tamper: Tamper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = Upstream::new(app);
        Proxy {
            target: format!("http://{address}").parse().unwrap(),
            accepting: tokio::spawn(accept(listener, upstream, tamper)),
        }
    }
}

async fn accept(listener: TcpListener, upstream: Upstream, tamper: Tamper) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, upstream.clone(), tamper.clone()));
    }
}

async fn serve(stream: TcpStream, upstream: Upstream, tamper: Tamper) {
    stream.set_nodelay(true).unwrap();
    let service = service_fn(|request| {
        let (upstream, tamper) = (upstream.clone(), tamper.clone());
        async move {
            let answer = match Request::receive(request).await {
                Ok(request) => tamper(request, upstream).await,
                Err(_) => Answer::new(StatusCode::BAD_REQUEST, ""),
            };
            Ok::<_, Infallible>(answer.into_message())
        }
    });
    // A browser that goes in the middle of an answer is everyday life.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The type of a form that may have files.
const MULTIPART: &str = "multipart/form-data";

fn position(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A value as it stands in a form without files.
fn encode(value: &[u8]) -> String {
    let encoded = value.iter().map(|byte| match byte.is_ascii_alphanumeric() {
        true => char::from(*byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

impl Request {
    async fn receive(message: hyper::Request<Incoming>) -> hyper::Result<Self> {
        let (head, body) = message.into_parts();
        Ok(Request {
            method: head.method,
            path: head.uri.to_string(),
            headers: head.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    /// Whether it is a `GET` of a path that begins so.
    pub fn gets(&self, beginning: &str) -> bool {
        self.method == Method::GET && self.path.starts_with(beginning)
    }

    /// Whether it is a `POST` to a path that begins and ends so.
    pub fn posts(&self, beginning: &str, end: &str) -> bool {
        self.method == Method::POST && self.path.starts_with(beginning) && self.path.ends_with(end)
    }

    /// Whether it is a `GET` of one entry, and of which.
    pub fn entry(&self) -> Option<u64> {
        let id = self.path.strip_prefix("/entries/")?;
        id.parse().ok().filter(|_| self.method == Method::GET)
    }

    /// The cookies, as they were sent.
    pub fn cookie(&self) -> String {
        let cookie = self.headers.get(header::COOKIE);
        cookie.map_or_else(String::new, |cookie| cookie.to_str().unwrap().to_owned())
    }

    /// A field of the form, still encoded.
    pub fn field(&self, name: &str) -> Option<String> {
        if self.is_of_type(MULTIPART) {
            let value = self.part(name)?;
            return Some(encode(&self.body[value]));
        }
        let body = String::from_utf8_lossy(&self.body);
        let mut fields = body.split('&').filter_map(|field| field.split_once('='));
        let field = fields.find(|(key, _)| *key == name);
        field.map(|(_, value)| value.to_owned())
    }

    /// What was typed into a field of the form, white space around it included.
    pub fn typed(&self, name: &str) -> Option<String> {
        Some(decode(&self.field(name)?))
    }

    /// Whether it is a `POST` that has such a type.
    pub fn is_of_type(&self, content_type: &str) -> bool {
        let sent = self.headers.get(header::CONTENT_TYPE);
        sent.is_some_and(|sent| sent.as_bytes().starts_with(content_type.as_bytes()))
    }

    /// Adds a field to the form, already encoded.
    pub fn add_field(&mut self, name: &str, value: &str) {
        self.headers.remove(header::CONTENT_LENGTH);
        if self.is_of_type(MULTIPART) {
            let line = self.line().to_vec();
            let head = format!("\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            let value = decode(value);
            let added = [&line[..], head.as_bytes(), value.as_bytes(), b"\r\n"].concat();
            self.body = [&added, &self.body[..]].concat().into();
            return;
        }
        let body = String::from_utf8_lossy(&self.body);
        self.body = format!("{body}&{name}={value}").into();
    }

    /// Changes a field of the form, still encoded, by what it was.
    pub fn change_field(&mut self, name: &str, change: impl Fn(&str) -> String) {
        self.headers.remove(header::CONTENT_LENGTH);
        if self.is_of_type(MULTIPART) {
            if let Some(value) = self.part(name) {
                let changed = decode(&change(&encode(&self.body[value.clone()])));
                let (before, after) = (&self.body[..value.start], &self.body[value.end..]);
                self.body = [before, changed.as_bytes(), after].concat().into();
            }
            return;
        }
        let body = String::from_utf8_lossy(&self.body);
        let fields: Vec<String> = body
            .split('&')
            .map(|field| match field.split_once('=') {
                Some((key, value)) if key == name => format!("{key}={}", change(value)),
                _ => field.to_owned(),
            })
            .collect();
        self.body = fields.join("&").into();
    }

    /// The line before each part of a form that has files.
    fn line(&self) -> &[u8] {
        let end = position(&self.body, b"\r\n");
        &self.body[..end.unwrap_or_default()]
    }

    /// Where the value of a field is in a form that has files.
    fn part(&self, name: &str) -> Option<Range<usize>> {
        let head = format!("; name=\"{name}\"\r\n\r\n");
        let start = position(&self.body, head.as_bytes())? + head.len();
        let end = [b"\r\n", self.line()].concat();
        let length = position(&self.body[start..], &end)?;
        Some(start..start + length)
    }
}

impl Answer {
    /// An HTML page.
    pub fn new(status: StatusCode, html: &str) -> Self {
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        Answer {
            status,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, html_type)]),
            body: html.to_owned().into(),
        }
    }

    /// A redirect.
    pub fn see_other(location: &str) -> Self {
        let mut answer = Answer::new(StatusCode::SEE_OTHER, "");
        answer.set(header::LOCATION, location);
        answer
    }

    /// Sets a header.
    pub fn set(&mut self, name: header::HeaderName, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }

    /// Whether it is an HTML page.
    pub fn is_page(&self) -> bool {
        let content_type = self.headers.get(header::CONTENT_TYPE);
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
    }

    /// The page.
    pub fn page(&self) -> Page {
        Page::parse(std::str::from_utf8(&self.body).unwrap())
    }

    /// Shows another page instead.
    pub fn show(&mut self, page: &Page) {
        self.body = page.html().into();
    }

    fn into_message(self) -> hyper::Response<Full<Bytes>> {
        let mut message = hyper::Response::new(Full::new(self.body));
        *message.status_mut() = self.status;
        *message.headers_mut() = self.headers;
        for hop in [
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
        ] {
            message.headers_mut().remove(hop);
        }
        message
    }
}

/// What `application/x-www-form-urlencoded` stands for.
fn decode(encoded: &str) -> String {
    let mut decoded = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            _ => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}

/// Breaks nothing.
pub fn pass() -> Tamper {
    on_answer(|_, _| ())
}

/// Changes what the app answers.
pub fn on_answer(change: impl Fn(&Request, &mut Answer) + Send + Sync + 'static) -> Tamper {
    let change = Arc::new(change);
    tamper(move |request, app| {
        let change = change.clone();
        async move {
            let mut answer = app.send(request.clone()).await;
            change(&request, &mut answer);
            answer
        }
    })
}

/// Changes the pages that the app shows with `200`.
pub fn on_page(change: impl Fn(&Request, &mut Page) + Send + Sync + 'static) -> Tamper {
    on_answer(move |request, answer| {
        if answer.status == StatusCode::OK && answer.is_page() {
            let mut page = answer.page();
            change(request, &mut page);
            answer.show(&page);
        }
    })
}

/// Answers some requests without asking the app.
pub fn instead(answer: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static) -> Tamper {
    tamper(move |request, app| {
        let own = answer(&request);
        async move {
            match own {
                Some(own) => own,
                None => app.send(request).await,
            }
        }
    })
}

/// Does as it likes.
pub fn tamper<F>(answer: impl Fn(Request, Upstream) -> F + Send + Sync + 'static) -> Tamper
where
    F: Future<Output = Answer> + Send + 'static,
{
    Arc::new(move |request, upstream| Box::pin(answer(request, upstream)))
}

#[test]
fn what_was_typed_is_decoded() {
    assert_eq!(decode("+%E6%A4%85%0D%0A%2B*"), " 椅\r\n+*");
}
