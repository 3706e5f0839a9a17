//! One person's browser: connections, cookies and a cache of static files.

use std::{fmt::Display, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Uri,
    header::{self, HeaderName, HeaderValue},
};
use tokio::time::Instant;

use crate::{
    asset::{self, Asset, AssetFetch, Errand, SentAsset},
    asset_cache::AssetCache,
    body::Collected,
    connection::{Head, Limits},
    cookie_jar::CookieJar,
    exchange::{Request, Response},
    failure::Failure,
    lane::{Lane, Lost, Message},
    target::Target,
    transport::{Transport, transport_to},
    trust::Trust,
};

/// A site as browsers reach it: shared by everybody.
#[derive(Clone)]
pub struct Site {
    target: Arc<Target>,
    /// The header `Host`.
    host: Bytes,
    transport: Arc<dyn Transport>,
    limits: Limits,
}

impl Site {
    /// A site reached by the transport that its target names; `trust` matters
    /// to one with TLS alone.
    pub fn new(target: Target, trust: &Trust, limits: Limits) -> Self {
        let transport = transport_to(&target, trust);
        Site::over(transport, target, limits)
    }

    /// A site reached by any transport, for example a simulated one.
    pub fn over(transport: Arc<dyn Transport>, target: Target, limits: Limits) -> Self {
        Site {
            host: target.authority().into(),
            target: Arc::new(target),
            transport,
            limits,
        }
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.transport
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

/// A browser. Pages go one after another over one kept connection, the static
/// files of a page side by side over several.
pub struct Browser {
    site: Site,
    /// At least one; pages come over the first.
    lanes: Vec<Lane>,
    /// When the others were last used.
    side_by_side: Instant,
    /// Sent with every request, besides those of any browser.
    extra: Vec<(HeaderName, HeaderValue)>,
    cookies: CookieJar,
    assets: AssetCache,
    /// The cookies of before the last answer to a page, if it set any.
    cookies_before: Option<CookieJar>,
    /// What came of the last answer to a page, if that was not whole.
    lost: Option<Response>,
}

/// How many connections a browser opens to one site.
pub const MOST_CONNECTIONS: usize = 6;

/// After so long without static files to fetch, a browser closes all connections
/// but one: thousands of people would use up descriptors and ports.
const IDLE_LIMIT: Duration = Duration::from_secs(5);

const ACCEPT_PAGE: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
const USER_AGENT: HeaderValue = HeaderValue::from_static(
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
);
const ACCEPT_LANGUAGE: HeaderValue = HeaderValue::from_static("ja,en;q=0.7");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip");
/// Headers of a request, without the length of a body.
const MOST_HEADERS: usize = 10;

impl Browser {
    /// A new browser without cookies.
    pub fn new(site: Site) -> Self {
        Browser {
            site,
            lanes: vec![Lane::default()],
            side_by_side: Instant::now(),
            extra: Vec::new(),
            cookies: CookieJar::default(),
            assets: AssetCache::default(),
            cookies_before: None,
            lost: None,
        }
    }

    /// The same browser, which sends one header more with every request, as if a
    /// proxy before the site had put it there.
    #[must_use]
    pub fn sending(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.extra.push((name, value));
        self
    }

    /// The site it visits.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Goes on at another host of the same site, to which cookies go as well.
    pub fn turn_to(&mut self, site: Site) {
        let cookies = std::mem::take(&mut self.cookies);
        let extra = std::mem::take(&mut self.extra);
        *self = Browser {
            cookies,
            extra,
            ..Browser::new(site)
        };
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
        let sent = Instant::now();
        self.cookies_before = None;
        self.lost = None;
        if sent - self.side_by_side > IDLE_LIMIT {
            self.lanes.truncate(1);
        }
        let (site, cookies, extra) = (&self.site, &self.cookies, &self.extra);
        let message = || message(site, cookies, request, ACCEPT_PAGE, extra);
        let answer = self.lanes[0].ask(site, message);
        let response = |(head, body): (Head, Collected)| Response {
            status: head.status,
            headers: head.headers,
            body: body.into_bytes(),
            sent,
            finished: Instant::now(),
        };
        let response = match answer.await {
            Ok(answer) => response(answer),
            Err(Lost { failure, came }) => {
                self.lost = came.map(response);
                return Err(failure.at(&request.line()));
            }
        };
        if response.headers.contains_key(header::SET_COOKIE) {
            self.cookies_before = Some(self.cookies.clone());
        }
        self.store_cookies(&response.headers);
        Ok(response)
    }

    /// What came of the answer to the last request given to [`Browser::send`], if
    /// it began and did not come whole.
    pub fn lost(&self) -> Option<&Response> {
        self.lost.as_ref()
    }

    /// The headers with which `request`, the last one given to [`Browser::send`],
    /// was sent, whatever became of it; none if it could not be.
    pub fn headers_of(&self, request: &Request) -> HeaderMap {
        let cookies = self.cookies_before.as_ref().unwrap_or(&self.cookies);
        let message = message(&self.site, cookies, request, ACCEPT_PAGE, &self.extra);
        message.map_or_else(
            |_| HeaderMap::new(),
            |message| message.into_parts().0.headers,
        )
    }

    /// What the cache holds of a file that is fresh, so that it needs no request: the XXH3 of its
    /// bytes.
    pub fn fresh(&self, path: &str) -> Option<u64> {
        self.assets.fresh(path)
    }

    /// Asks for a page's static files side by side, with the cache's leave, over
    /// at most [`MOST_CONNECTIONS`]. The outcomes come in the order of `paths`.
    pub async fn assets(&mut self, paths: &[String]) -> Vec<AssetFetch> {
        let mut errands = Vec::new();
        let mut fetches = Vec::new();
        for path in paths {
            fetches.push(match self.errand(path) {
                Err(failure) => Some(AssetFetch::without_request(Err(failure))),
                Ok(Err(cached)) => Some(AssetFetch::without_request(Ok(cached))),
                Ok(Ok(errand)) => {
                    errands.push(errand);
                    None
                }
            });
        }
        let lanes = errands.len().min(MOST_CONNECTIONS);
        let open = self.lanes.len().max(lanes);
        self.lanes.resize_with(open, Lane::default);
        let sent = asset::run_all(&self.site, &mut self.lanes[..lanes], errands).await;
        if lanes > 1 {
            self.side_by_side = Instant::now();
        }
        let mut sent = sent.into_iter();
        let fetches = fetches.into_iter().zip(paths).filter_map(|(fetch, path)| {
            fetch.or_else(|| sent.next().inspect(|fetch| self.take_note(path, fetch)))
        });
        fetches.collect()
    }

    /// What to send for a static file, or what the cache holds fresh.
    fn errand(&self, path: &str) -> Result<Result<Errand, Asset>, Failure> {
        if let Some(xxh3) = self.fresh(path) {
            return Ok(Err(Asset::Cached(xxh3)));
        }
        let conditions = self.assets.conditions(path);
        let request = Request::get(path);
        let mut message = message(&self.site, &self.cookies, &request, "*/*", &self.extra)?;
        let held = self.assets.held(path).filter(|_| !conditions.is_empty());
        for (name, value) in conditions {
            message.headers_mut().insert(name, header_value(value)?);
        }
        Ok(Ok(Errand { message, held }))
    }

    fn take_note(&mut self, path: &str, fetch: &AssetFetch) {
        self.store_cookies(&fetch.headers);
        if let Ok(Asset::Unchanged(xxh3)) = fetch.outcome {
            self.assets.remember(path, &fetch.headers, xxh3);
        }
    }

    /// Keeps a static file that was found right, for as long as its headers allow.
    pub fn keep_asset(&mut self, path: &str, sent: &SentAsset) {
        self.assets.remember(path, &sent.headers, sent.xxh3());
    }

    fn store_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.cookies.store(cookie, &self.site.target);
            }
        }
    }
}

/// A request with the headers of a browser.
fn message(
    site: &Site,
    cookies: &CookieJar,
    request: &Request,
    accept: &'static str,
    extra: &[(HeaderName, HeaderValue)],
) -> Result<Message, Failure> {
    let body = request.body.as_ref();
    let bytes = body.map_or_else(Bytes::new, |body| body.bytes.clone());
    let mut message = hyper::Request::new(Full::new(bytes));
    *message.method_mut() = request.method.clone();
    *message.uri_mut() = Uri::try_from(request.path.as_str()).map_err(unusable)?;
    let headers = message.headers_mut();
    headers.reserve(MOST_HEADERS);
    headers.insert(header::HOST, header_value(site.host.clone())?);
    headers.insert(header::USER_AGENT, USER_AGENT);
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::ACCEPT_LANGUAGE, ACCEPT_LANGUAGE);
    headers.insert(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
    if let Some(cookies) = cookies.header() {
        headers.insert(header::COOKIE, header_value(cookies)?);
    }
    for (name, value) in extra {
        headers.insert(name.clone(), value.clone());
    }
    if let Some(body) = body {
        let content_type = HeaderValue::from_static(body.content_type);
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    Ok(message)
}

/// A header's value, checked but not copied.
fn header_value(text: impl Into<Bytes>) -> Result<HeaderValue, Failure> {
    HeaderValue::from_maybe_shared(text.into()).map_err(unusable)
}

/// A request that HTTP cannot express, for what the site itself has sent.
fn unusable(error: impl Display) -> Failure {
    Failure::wrong(
        "http.location",
        format!("cannot ask for this path: {error}"),
    )
}
