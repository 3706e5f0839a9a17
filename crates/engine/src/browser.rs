//! One person's browser: connections, cookies and a cache.

use std::{fmt::Display, sync::Arc};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, StatusCode, Uri,
    header::{self, HeaderName, HeaderValue},
};
use tokio::time::Instant;

use crate::{
    asset::{self, Asset, AssetFetch, Errand, SentAsset},
    body::Collected,
    cache::{Cache, Conditions},
    connection::{Head, Limits},
    cookie_jar::CookieJar,
    exchange::{Request, Response, Source},
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
    /// Sent with every request, besides those of any browser.
    extra: Vec<(HeaderName, HeaderValue)>,
    cookies: CookieJar,
    /// Of files the XXH3 of their bytes, which were judged when they came.
    assets: Cache<u64>,
    pages: Cache<Response>,
    /// With what the last page was asked for.
    conditions: Conditions,
    /// The cookies with which it was asked for.
    cookies_sent: Bytes,
    /// What came of the last answer to a page, if that was not whole.
    lost: Option<Response>,
}

/// So many files are kept of a site.
const MOST_ASSETS: usize = 500;

/// So many pages are kept, of which a browser has to hold the bytes: a site may make thousands of
/// browsers do so.
const MOST_PAGES: usize = 4;

/// A longer page is not kept, in bytes.
const LONGEST_KEPT: usize = 64 << 10;

/// How many connections a browser opens to one site.
pub const MOST_CONNECTIONS: usize = 6;

/// So many connections a browser keeps when a page is there with all its files. Browsers keep all
/// for a while, but thousands of people would use up descriptors and ports.
pub const MOST_KEPT: usize = 2;

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
            extra: Vec::new(),
            cookies: CookieJar::default(),
            assets: Cache::of(MOST_ASSETS),
            pages: Cache::of(MOST_PAGES),
            conditions: Conditions::new(),
            cookies_sent: Bytes::new(),
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
    /// A page that the cache holds fresh comes from there, and one that the site
    /// says is unchanged: see [`Source`].
    ///
    /// # Errors
    /// No answer in time, a broken connection or body, or our own trouble.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Failure> {
        let sent = Instant::now();
        self.lost = None;
        self.conditions.clear();
        self.cookies_sent = self.cookies.header();
        let cookies = &self.cookies_sent;
        let known = match request.method {
            Method::GET => {
                if let Some(page) = self.pages.fresh(&request.path, cookies) {
                    return Ok(page.shown_again(sent, Source::Cache));
                }
                self.pages.conditional(&request.path, cookies)
            }
            _ => None,
        };
        let known = known.map(|(page, conditions)| {
            self.conditions = conditions;
            page
        });
        let response = self.fetch(request, sent).await?;
        self.store_cookies(&response.headers);
        let shown = match known {
            Some(page) if response.status == StatusCode::NOT_MODIFIED => Response {
                headers: response.headers,
                ..page.shown_again(sent, Source::Unchanged)
            },
            _ => response,
        };
        self.keep_page(request, &shown);
        Ok(shown)
    }

    /// Sends a request over the connection for pages.
    async fn fetch(&mut self, request: &Request, sent: Instant) -> Result<Response, Failure> {
        let headers = Headers {
            accept: ACCEPT_PAGE,
            extra: &self.extra,
            conditions: &self.conditions,
        };
        let (site, cookies) = (&self.site, &self.cookies_sent);
        let message = || message(site, cookies, request, &headers);
        let answer = self.lanes[0].ask(site, message);
        let response = |(head, body): (Head, Collected)| Response {
            status: head.status,
            headers: head.headers,
            body: body.into_bytes(),
            sent,
            finished: Instant::now(),
            source: Source::Site,
        };
        match answer.await {
            Ok(answer) => Ok(response(answer)),
            Err(Lost { failure, came }) => {
                self.lost = came.map(response);
                Err(failure.at(&request.line()))
            }
        }
    }

    /// Keeps a page as far as it may be kept; what a form has changed is forgotten.
    fn keep_page(&mut self, request: &Request, shown: &Response) {
        if request.method == Method::GET {
            if shown.status == StatusCode::OK && shown.body.len() <= LONGEST_KEPT {
                let page = || shown.clone();
                let cookies = &self.cookies_sent;
                self.pages
                    .keep(&request.path, &shown.headers, cookies, page);
            }
        } else if shown.status.is_success() || shown.status.is_redirection() {
            let location = shown.header(header::LOCATION);
            let location = location.and_then(|location| self.site.target.path_on_site(location));
            for path in location.into_iter().chain([request.path.as_str()]) {
                self.pages.forget(path);
            }
        }
    }

    /// What came of the answer to the last request given to [`Browser::send`], if
    /// it began and did not come whole.
    pub fn lost(&self) -> Option<&Response> {
        self.lost.as_ref()
    }

    /// The headers with which `request`, the last one given to [`Browser::send`],
    /// was sent, whatever became of it; none if it could not be.
    pub fn headers_of(&self, request: &Request) -> HeaderMap {
        let headers = Headers {
            accept: ACCEPT_PAGE,
            extra: &self.extra,
            conditions: &self.conditions,
        };
        let message = message(&self.site, &self.cookies_sent, request, &headers);
        message.map_or_else(
            |_| HeaderMap::new(),
            |message| message.into_parts().0.headers,
        )
    }

    /// What the cache holds of a file that is fresh, so that it needs no request: the XXH3 of its
    /// bytes.
    pub fn fresh(&self, path: &str) -> Option<u64> {
        self.assets.fresh(path, &self.cookies.header())
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
        self.lanes.truncate(MOST_KEPT);
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
        let cookies = self.cookies.header();
        let known = self.assets.conditional(path, &cookies);
        let (held, conditions) = known.unzip();
        let headers = Headers {
            accept: "*/*",
            extra: &self.extra,
            conditions: &conditions.unwrap_or_default(),
        };
        let request = Request::get(path);
        let message = message(&self.site, &cookies, &request, &headers)?;
        Ok(Ok(Errand { message, held }))
    }

    fn take_note(&mut self, path: &str, fetch: &AssetFetch) {
        if let Ok(Asset::Unchanged(xxh3)) = fetch.outcome {
            self.remember(path, &fetch.headers, xxh3);
        }
        self.store_cookies(&fetch.headers);
    }

    /// Keeps a static file that was found right, for as long as its headers allow.
    pub fn keep_asset(&mut self, path: &str, sent: &SentAsset) {
        self.remember(path, &sent.headers, sent.xxh3());
    }

    fn remember(&mut self, path: &str, headers: &HeaderMap, xxh3: u64) {
        let cookies = self.cookies.header();
        self.assets.keep(path, headers, &cookies, || xxh3);
    }

    fn store_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.cookies.store(cookie, &self.site.target);
            }
        }
    }
}

/// What differs between the headers of a browser's requests.
struct Headers<'a> {
    accept: &'static str,
    extra: &'a [(HeaderName, HeaderValue)],
    conditions: &'a [(HeaderName, String)],
}

/// A request with the headers of a browser.
fn message(
    site: &Site,
    cookies: &Bytes,
    request: &Request,
    more: &Headers<'_>,
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
    headers.insert(header::ACCEPT, HeaderValue::from_static(more.accept));
    headers.insert(header::ACCEPT_LANGUAGE, ACCEPT_LANGUAGE);
    headers.insert(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
    if !cookies.is_empty() {
        headers.insert(header::COOKIE, header_value(cookies.clone())?);
    }
    for (name, value) in more.extra {
        headers.insert(name.clone(), value.clone());
    }
    for (name, value) in more.conditions {
        headers.insert(name.clone(), header_value(value.clone())?);
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
