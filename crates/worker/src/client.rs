//! The portal as its workers and its teams' programs see it: typed calls over HTTP.

mod error;
mod team;
mod worker;

use std::{sync::Arc, time::Duration};

use isutori_protocol::contest::{Refusal, WORKER_HEADER};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde::{Serialize, de::DeserializeOwned};

pub use self::{error::PortalError, team::Enqueued};

/// How long a connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a call may take, unless it carries a file.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// So much of an answer that is none of ours is shown, in characters.
const SHOWN: usize = 200;

/// A portal, and the token by which it knows the caller. Clones share connections.
#[derive(Clone, Debug)]
pub struct Portal {
    client: Client,
    base: Url,
    /// The caller's number, for a worker that has presented itself.
    worker: Option<i64>,
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
        let client = Client::builder()
            .tls_backend_preconfigured(tls())
            .connect_timeout(CONNECT_LIMIT)
            .redirect(Policy::none())
            .user_agent(concat!("isutori/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .build()
            .map_err(|error| PortalError::address(url, &error))?;
        Ok(Portal {
            client,
            base,
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
    fn call(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("api").extend(path);
        }
        let call = self.client.request(method, url).timeout(CALL_LIMIT);
        match self.worker {
            Some(number) => call.header(WORKER_HEADER, number),
            None => call,
        }
    }

    fn get(&self, path: &[&str]) -> RequestBuilder {
        self.call(Method::GET, path)
    }

    fn post(&self, path: &[&str], body: &impl Serialize) -> RequestBuilder {
        self.call(Method::POST, path).json(body)
    }

    /// Sends a call, and takes any answer.
    async fn send(&self, call: RequestBuilder) -> Result<Answer, PortalError> {
        let away = |error| PortalError::unreachable(self.url(), error);
        let response: Response = call.send().await.map_err(away)?;
        let status = response.status();
        let body = response.bytes().await.map_err(away)?;
        Ok(Answer {
            portal: self.url().to_owned(),
            status,
            body: body.into(),
        })
    }

    /// Sends a call that is answered by JSON.
    async fn ask<T: DeserializeOwned>(&self, call: RequestBuilder) -> Result<T, PortalError> {
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

/// Trusts the public authorities, as the Mozilla root program lists them.
fn tls() -> ClientConfig {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, path: &[&str]) -> String {
        let portal = Portal::new(base, "token").expect("a portal");
        let request = portal.call(Method::GET, path).build().expect("a request");
        request.url().to_string()
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
