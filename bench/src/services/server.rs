//! The services as servers: one thread for all of them.

use std::{convert::Infallible, net::TcpListener, sync::Arc, time::Duration, time::Instant};

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use isutori_dataset::Service;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::LocalSet, time::sleep};

use super::{FAILING, Shared};

type Answer = Response<Full<Bytes>>;

/// A letter is not longer, in bytes.
const LONGEST: usize = 1024;

/// How long each service takes.
pub(super) fn time_of(service: Service) -> Duration {
    Duration::from_millis(match service {
        Service::Catalogue => 300,
        Service::Weather => 100,
        Service::Quotes => 20,
        Service::Seats | Service::Ranking | Service::Letters => 50,
    })
}

/// Serves until told to stop.
pub(super) fn run(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return };
    LocalSet::new().block_on(&runtime, async {
        tokio::select! {
            () = accept(listener, shared) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptor is free: others will be.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        tokio::task::spawn_local(async move {
            let service = service_fn(move |request| answer(request, shared.clone()));
            // Who breaks off has no need of an answer.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Answer, Infallible> {
    shared.log().is_reached = true;
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let answer = match (&head.method, &segments[..]) {
        (&Method::GET, [service, key]) => match named(service) {
            Some(Service::Letters) => status(StatusCode::METHOD_NOT_ALLOWED),
            Some(service) => get(service, key, (&head.headers, head.uri.query()), &shared).await,
            None => status(StatusCode::NOT_FOUND),
        },
        (&Method::POST, ["letters"]) => post_letter(body, &shared).await,
        (_, ["letters"]) => status(StatusCode::METHOD_NOT_ALLOWED),
        _ => status(StatusCode::NOT_FOUND),
    };
    Ok(answer)
}

fn named(name: &str) -> Option<Service> {
    Service::ALL
        .into_iter()
        .find(|service| service.name() == name)
}

async fn get(
    service: Service,
    key: &str,
    (headers, query): (&HeaderMap, Option<&str>),
    shared: &Shared,
) -> Answer {
    match service {
        Service::Weather => weather(key, headers, shared).await,
        Service::Quotes => quote(key, headers, shared).await,
        Service::Seats if fails(key, shared) => {
            sleep(time_of(service)).await;
            status(StatusCode::SERVICE_UNAVAILABLE)
        }
        Service::Ranking => ranking(key, query, shared).await,
        _ => {
            sleep(time_of(service)).await;
            data(shared.truth.at(service, key, Instant::now()))
        }
    }
}

/// At once, if nothing has changed.
async fn weather(key: &str, headers: &HeaderMap, shared: &Shared) -> Answer {
    let tag = |value: &Value| {
        let hash = xxhash_rust::xxh3::xxh3_64(value.to_string().as_bytes());
        format!("\"{hash:016x}\"")
    };
    let now = shared.truth.at(Service::Weather, key, Instant::now());
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag(&now).as_bytes()) {
        return with_tag(status(StatusCode::NOT_MODIFIED), &tag(&now));
    }
    sleep(time_of(Service::Weather)).await;
    let now = shared.truth.at(Service::Weather, key, Instant::now());
    let tag = tag(&now);
    with_tag(data(now), &tag)
}

/// One after the other.
async fn quote(key: &str, headers: &HeaderMap, shared: &Shared) -> Answer {
    let token = headers.get(header::AUTHORIZATION);
    let token = token.and_then(|token| token.as_bytes().strip_prefix(b"Bearer "));
    if token != Some(shared.token.as_bytes()) {
        return status(StatusCode::FORBIDDEN);
    }
    let Some(_turn) = Turn::take(shared) else {
        return status(StatusCode::TOO_MANY_REQUESTS);
    };
    sleep(time_of(Service::Quotes)).await;
    data(shared.truth.at(Service::Quotes, key, Instant::now()))
}

/// The only request for a quote; given back also if whoever asked breaks off.
struct Turn<'a>(&'a Shared);

impl<'a> Turn<'a> {
    fn take(shared: &'a Shared) -> Option<Self> {
        let mut log = shared.log();
        (!std::mem::replace(&mut log.is_quoting, true)).then(|| Turn(shared))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.log().is_quoting = false;
    }
}

async fn ranking(key: &str, query: Option<&str>, shared: &Shared) -> Answer {
    let page = query.and_then(|query| query.strip_prefix("page="));
    let page = page.map_or(Some(1), |page| page.parse().ok());
    sleep(time_of(Service::Ranking)).await;
    let found = page.and_then(|page| {
        let (lines, more) = shared.truth.page(Service::Ranking, key, page)?;
        Some(json(
            &json!({ "data": lines, "next": more.then_some(page + 1) }),
        ))
    });
    found.unwrap_or_else(|| status(StatusCode::NOT_FOUND))
}

/// Whether it is this request's turn to fail.
fn fails(key: &str, shared: &Shared) -> bool {
    let mut log = shared.log();
    log.seats += 1;
    let fails = log.seats.is_multiple_of(FAILING);
    if fails {
        let refused = log.refused.entry(key.to_owned()).or_default();
        refused.push(Instant::now());
    }
    fails
}

#[derive(Deserialize)]
struct Letter {
    key: String,
}

async fn post_letter(body: Incoming, shared: &Shared) -> Answer {
    let body = Limited::new(body, LONGEST).collect().await;
    let letter = body.ok().map(|body| body.to_bytes());
    let letter = letter.and_then(|body| serde_json::from_slice::<Letter>(&body).ok());
    sleep(time_of(Service::Letters)).await;
    match letter {
        Some(Letter { key }) => data(shared.truth.at(Service::Letters, &key, Instant::now())),
        None => status(StatusCode::BAD_REQUEST),
    }
}

fn data(data: Value) -> Answer {
    json(&json!({ "data": data }))
}

fn json(value: &Value) -> Answer {
    let mut answer = Response::new(Full::from(value.to_string()));
    let kind = header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

fn with_tag(mut answer: Answer, tag: &str) -> Answer {
    if let Ok(tag) = tag.parse() {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

fn status(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}
