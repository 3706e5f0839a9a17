//! The portal as its workers and its teams' programs see it: typed calls over HTTP.

mod error;
mod patience;
mod team;
mod worker;

use std::{fmt, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, StatusCode, Uri,
    header::{self, HeaderName, HeaderValue},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use isutori_protocol::contest::{Refusal, WORKER_HEADER};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::timeout;
use url::Url;

pub use self::{error::PortalError, patience::patiently, team::Enqueued};

/// How long a connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a call may take, unless it carries a file.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// An answer has at most so many bytes.
const ANSWER_LIMIT: usize = 64 << 20;
/// So much of an answer that is none of ours is shown, in characters.
const SHOWN: usize = 200;

/// A portal, and the token by which it knows the caller. Clones share connections.
#[derive(Clone)]
pub struct Portal {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: Url,
    bearer: HeaderValue,
    /// The caller's number, for a worker that has presented itself.
    worker: Option<i64>,
}

impl fmt::Debug for Portal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Portal({}, {:?})", self.url(), self.worker)
    }
}

/// A call that is about to be sent.
struct Call {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    limit: Duration,
}

impl Call {
    fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    fn body(self, body: Vec<u8>) -> Self {
        Call {
            body: body.into(),
            ..self
        }
    }

    fn within(self, limit: Duration) -> Self {
        Call { limit, ..self }
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }
}

impl Portal {
    /// The portal at a URL, such as `https://portal.example`; nothing is sent yet.
    ///
    /// # Errors
    /// The URL is none of HTTP, or the token cannot stand in a header.
    pub fn new(url: &str, token: &str) -> Result<Self, PortalError> {
        let base = parse_base(url)?;
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| PortalError::Token)?;
        bearer.set_sensitive(true);
        Ok(Portal {
            client: Client::builder(TokioExecutor::new()).build(connector()),
            base,
            bearer,
            worker: None,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The same portal, as it is called by the worker of this number.
    #[must_use]
    pub fn as_worker(&self, number: i64) -> Self {
        Portal {
            worker: Some(number),
            ..self.clone()
        }
    }

    /// A call of a route, given by the segments of its path.
    fn call(&self, method: Method, path: &[&str]) -> Call {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("api").extend(path);
        }
        let agent = HeaderValue::from_static(concat!("isutori/", env!("CARGO_PKG_VERSION")));
        let mut headers = vec![
            (header::AUTHORIZATION, self.bearer.clone()),
            (header::USER_AGENT, agent),
        ];
        if let Some(number) = self.worker {
            let name = HeaderName::from_static(WORKER_HEADER);
            headers.push((name, HeaderValue::from(number)));
        }
        Call {
            method,
            url,
            headers,
            body: Bytes::new(),
            limit: CALL_LIMIT,
        }
    }

    fn get(&self, path: &[&str]) -> Call {
        self.call(Method::GET, path)
    }

    fn post(&self, path: &[&str], body: &impl Serialize) -> Call {
        let json = serde_json::to_vec(body).expect("what is said to a portal can be written");
        self.call(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(json)
    }

    /// Sends a call, and takes any answer.
    async fn send(&self, call: Call) -> Result<Answer, PortalError> {
        let uri = Uri::try_from(call.url.as_str());
        let uri = uri.map_err(|error| PortalError::address(call.url.as_str(), &error))?;
        let mut request = Request::new(Full::new(call.body));
        *request.method_mut() = call.method;
        *request.uri_mut() = uri;
        request.headers_mut().extend(call.headers);
        let away = |error: &dyn std::error::Error| PortalError::unreachable(self.url(), error);
        let answering = async {
            let response = self.client.request(request).await;
            let response = response.map_err(|error| away(&error))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_LIMIT);
            let body = body.collect().await.map_err(|error| away(&*error))?;
            Ok(Answer {
                portal: self.url().to_owned(),
                status,
                body: body.to_bytes().into(),
            })
        };
        let answer = timeout(call.limit, answering).await;
        answer.unwrap_or_else(|_| Err(PortalError::silent(self.url())))
    }

    /// Sends a call that is answered by JSON.
    async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, PortalError> {
        self.send(call).await?.accepted()?.json()
    }
}

/// What the portal answered.
struct Answer {
    portal: String,
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// The same, unless it is a refusal.
    fn accepted(self) -> Result<Self, PortalError> {
        match self.status.is_success() {
            true => Ok(self),
            false => Err(self.refusal()),
        }
    }

    fn refusal(&self) -> PortalError {
        let refusal = serde_json::from_slice::<Refusal>(&self.body);
        PortalError::Refused {
            status: self.status.as_u16(),
            sentence: match refusal {
                Ok(refusal) => refusal.error,
                Err(_) => format!("the portal {} answers {}", self.portal, self.shown()),
            },
        }
    }

    fn json<T: DeserializeOwned>(&self) -> Result<T, PortalError> {
        serde_json::from_slice(&self.body).map_err(|error| PortalError::Unreadable {
            portal: self.portal.clone(),
            answer: self.shown(),
            why: error.to_string(),
        })
    }

    /// The status and the beginning of the body, for people.
    fn shown(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.trim().chars().take(SHOWN).collect();
        format!("{} {body}", self.status).trim_end().to_owned()
    }
}

fn parse_base(url: &str) -> Result<Url, PortalError> {
    let base = Url::parse(url).map_err(|error| PortalError::address(url, &error))?;
    match base.scheme() {
        "http" | "https" if base.query().is_none() => Ok(base),
        _ => Err(PortalError::address(url, &"it is no HTTP address")),
    }
}

/// TCP, and TLS that trusts the public authorities, as the Mozilla root program lists them.
fn connector() -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECT_LIMIT));
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .expect("ring speaks TLS 1.2 and 1.3")
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, path: &[&str]) -> String {
        let portal = Portal::new(base, "token").expect("a portal");
        portal.call(Method::GET, path).url.to_string()
    }

    #[test]
    fn routes_are_below_the_portal() {
        assert_eq!(url("http://a:80", &["team"]), "http://a/api/team");
        assert_eq!(
            url("https://a/contest/", &["team", "jobs", "7"]),
            "https://a/contest/api/team/jobs/7"
        );
        assert_eq!(
            url("http://a", &["x", "ö /?"]),
            "http://a/api/x/%C3%B6%20%2F%3F"
        );
    }

    #[test]
    fn other_addresses_are_refused() {
        for wrong in [
            "",
            "portal",
            "portal:8000",
            "ftp://a",
            "http://",
            "http://a/?b",
        ] {
            let error = Portal::new(wrong, "token").expect_err("a refusal");
            assert!(
                matches!(error, PortalError::Address { .. }),
                "{wrong}: {error}"
            );
        }
        let error = Portal::new("http://a", "to\nken").expect_err("a refusal");
        assert!(matches!(error, PortalError::Token), "{error}");
    }

    #[test]
    fn tokens_are_not_shown() {
        let portal = Portal::new("http://a", "secret").expect("a portal");
        assert!(!format!("{portal:?}").contains("secret"));
    }
}
