//! One person's browser: a connection, cookies and a cache of static files.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{StatusCode, header};
use tokio::time::{Instant, timeout};

use crate::{
    asset_cache::AssetCache,
    connection::{Answer, Broken, Connection, Limits},
    cookie_jar::CookieJar,
    exchange::{Request, Response},
    failure::Failure,
    target::Target,
    transport::{Transport, transport_to},
};

/// A site as browsers reach it: shared by everybody.
#[derive(Clone)]
pub struct Site {
    target: Arc<Target>,
    transport: Arc<dyn Transport>,
    limits: Limits,
}

impl Site {
    /// A site reached by the transport that its target names.
    pub fn new(target: Target, limits: Limits) -> Self {
        let transport = transport_to(&target);
        Site {
            target: Arc::new(target),
            transport,
            limits,
        }
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The same site with other limits.
    #[must_use]
    pub fn with_limits(&self, limits: Limits) -> Self {
        Site {
            limits,
            ..self.clone()
        }
    }
}

/// A browser. Requests go one after another over one kept connection.
pub struct Browser {
    site: Site,
    connection: Option<Connection>,
    cookies: CookieJar,
    assets: AssetCache,
}

/// What asking for a static file came to.
pub enum Asset {
    /// The cache held it fresh; nothing was sent.
    Cached,
    /// The site said `304` to a condition.
    Unchanged(Response),
    /// The site sent it (or something else: the caller judges).
    Sent(Response),
}

const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

impl Browser {
    /// A new browser without cookies.
    pub fn new(site: Site) -> Self {
        Browser {
            site,
            connection: None,
            cookies: CookieJar::default(),
            assets: AssetCache::default(),
        }
    }

    /// The site it visits.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Its cookies.
    pub fn cookies_mut(&mut self) -> &mut CookieJar {
        &mut self.cookies
    }

    /// Sends a request and returns the whole answer, whatever its status.
    /// Redirects are not followed here: each is an answer to be judged.
    ///
    /// # Errors
    /// No answer in time, a broken connection or body, or our own trouble.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Failure> {
        self.send_with(
            request,
            "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            &[],
        )
        .await
    }

    /// Asks for a static file, with the cache's leave.
    ///
    /// # Errors
    /// As [`Browser::send`].
    pub async fn asset(&mut self, path: &str) -> Result<Asset, Failure> {
        if self.assets.is_fresh(path) {
            return Ok(Asset::Cached);
        }
        let conditions = self.assets.conditions(path);
        let response = self
            .send_with(&Request::get(path), "*/*", &conditions)
            .await?;
        if response.status == StatusCode::NOT_MODIFIED && !conditions.is_empty() {
            self.assets.remember(path, &response.headers);
            return Ok(Asset::Unchanged(response));
        }
        Ok(Asset::Sent(response))
    }

    /// Keeps a static file that was found right, for as long as its headers allow.
    pub fn keep_asset(&mut self, path: &str, response: &Response) {
        self.assets.remember(path, &response.headers);
    }

    async fn send_with(
        &mut self,
        request: &Request,
        accept: &'static str,
        conditions: &[(header::HeaderName, String)],
    ) -> Result<Response, Failure> {
        let sent = Instant::now();
        let limits = self.site.limits;
        let context = format!("{} {}", request.method, request.path);
        let answer = match timeout(limits.time, self.exchange(request, accept, conditions)).await {
            Ok(answer) => answer,
            Err(_) => {
                let seconds = limits.time.as_secs_f64();
                Err(Failure::timeout(
                    "http.timeout",
                    format!("no complete answer within {seconds} s"),
                ))
            }
        };
        let (head, body) = answer.map_err(|failure| {
            self.connection = None;
            failure.at(&context)
        })?;
        for cookie in head.headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.cookies.store(cookie);
            }
        }
        let finished = Instant::now();
        Ok(Response {
            status: head.status,
            headers: head.headers,
            body,
            sent,
            finished,
        })
    }

    /// A kept connection that the site closed meanwhile is opened anew, as
    /// browsers do: always when the request had not left, else only for `GET`.
    async fn exchange(
        &mut self,
        request: &Request,
        accept: &'static str,
        conditions: &[(header::HeaderName, String)],
    ) -> Result<Answer, Failure> {
        loop {
            let mut connection = match self.connection.take() {
                Some(connection) if !connection.is_closed() => connection,
                _ => Connection::open(&*self.site.transport).await?,
            };
            let reused = connection.reused;
            let message = self.message(request, accept, conditions)?;
            match connection.exchange(message, self.site.limits.body).await {
                Ok(answer) => {
                    self.connection = Some(connection);
                    return Ok(answer);
                }
                Err(Broken::Unsent) if reused => {}
                Err(Broken::Sent(_)) if reused && request.method == hyper::Method::GET => {}
                Err(Broken::Sent(failure)) => return Err(failure),
                Err(Broken::Unsent) => {
                    return Err(Failure::wrong(
                        "http.broken",
                        "the connection was closed before a request was sent",
                    ));
                }
            }
        }
    }

    fn message(
        &self,
        request: &Request,
        accept: &'static str,
        conditions: &[(header::HeaderName, String)],
    ) -> Result<hyper::Request<Full<Bytes>>, Failure> {
        let mut message = hyper::Request::builder()
            .method(request.method.clone())
            .uri(request.path.as_str())
            .header(header::HOST, self.site.target.authority())
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, accept)
            .header(header::ACCEPT_LANGUAGE, "ja,en;q=0.7");
        if let Some(cookies) = self.cookies.header() {
            message = message.header(header::COOKIE, cookies);
        }
        for (name, value) in conditions {
            message = message.header(name, value);
        }
        let body = match &request.body {
            None => Bytes::new(),
            Some(body) => {
                message = message.header(header::CONTENT_TYPE, body.content_type);
                body.bytes.clone()
            }
        };
        message.body(Full::new(body)).map_err(|error| {
            Failure::wrong(
                "http.location",
                format!("cannot ask for this path: {error}"),
            )
        })
    }
}
