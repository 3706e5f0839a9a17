//! The panel: asks external services, each thing once as long as it is fresh.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use isutori_dataset::{Service, Subscription};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::Mutex,
    time::{Instant, sleep},
};

/// How long what changes is fresh.
const FRESH: Duration = Duration::from_secs(1);

/// How long to wait before a service is asked again, and how many times.
const PAUSE: Duration = Duration::from_millis(15);
const TRIALS: u32 = 100;

/// Where the services are, and what lets us in.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// On an answer that services have to fill in: what is wanted of them.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) place: Place,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) manners: Manners,
}

/// How rules are broken.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manners {
    /// What was fresh once is so for ever.
    pub(crate) keeps_all: bool,
    /// Of several pages the first will do.
    pub(crate) reads_one_page: bool,
    /// All is unavailable.
    pub(crate) asks_nobody: bool,
}

#[derive(Serialize)]
struct Panel {
    panel: Vec<Tile>,
}

#[derive(Serialize)]
struct Tile {
    #[serde(flatten)]
    subscription: Subscription,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    unavailable: bool,
}

#[derive(Deserialize)]
struct Page {
    data: Value,
    next: Option<u64>,
}

/// What is known of services.
#[derive(Default)]
pub(crate) struct Switchboard {
    /// By place and service, so that each is asked for one thing at a time.
    lines: Mutex<HashMap<(Place, Service), SharedLine>>,
}

/// Whoever has it asks.
type SharedLine = Arc<Mutex<Line>>;

#[derive(Default)]
struct Line {
    known: HashMap<String, (Instant, Value)>,
}

impl Switchboard {
    /// The panel as JSON.
    pub(crate) async fn panel(&self, wanted: &Wanted) -> String {
        let mut panel = Vec::new();
        for subscription in &wanted.subscriptions {
            let data = match wanted.manners.asks_nobody {
                true => None,
                false => self.ask(wanted, subscription).await,
            };
            panel.push(Tile {
                subscription: subscription.clone(),
                unavailable: data.is_none(),
                data,
            });
        }
        serde_json::to_string(&Panel { panel }).unwrap_or_default()
    }

    async fn ask(&self, wanted: &Wanted, subscription: &Subscription) -> Option<Value> {
        let Subscription { service, key } = subscription;
        let line = {
            let mut lines = self.lines.lock().await;
            lines
                .entry((wanted.place.clone(), *service))
                .or_default()
                .clone()
        };
        let mut line = line.lock().await;
        let changes = matches!(service, Service::Weather | Service::Seats);
        let is_fresh =
            |asked: &Instant| !changes || wanted.manners.keeps_all || asked.elapsed() < FRESH;
        if let Some((asked, data)) = line.known.get(key)
            && is_fresh(asked)
        {
            return Some(data.clone());
        }
        let asked = Instant::now();
        let data = fetch(wanted, subscription).await?;
        line.known.insert(key.clone(), (asked, data.clone()));
        Some(data)
    }
}

async fn fetch(wanted: &Wanted, Subscription { service, key }: &Subscription) -> Option<Value> {
    if *service == Service::Letters {
        let letter = json!({ "key": key }).to_string();
        return Some(
            send(&wanted.place, Method::POST, "/letters", letter)
                .await?
                .data,
        );
    }
    let path = format!("/{service}/{key}");
    if *service != Service::Ranking {
        return Some(
            send(&wanted.place, Method::GET, &path, String::new())
                .await?
                .data,
        );
    }
    let mut all = Vec::new();
    let mut next = Some(1);
    while let Some(number) = next {
        let path = format!("{path}?page={number}");
        let page = send(&wanted.place, Method::GET, &path, String::new()).await?;
        all.extend(page.data.as_array().cloned().unwrap_or_default());
        next = page.next.filter(|_| !wanted.manners.reads_one_page);
    }
    Some(all.into())
}

/// Asks until there is an answer.
async fn send(place: &Place, method: Method, path: &str, body: String) -> Option<Page> {
    for _ in 0..TRIALS {
        match try_to_send(place, &method, path, &body).await {
            Some((StatusCode::OK, answer)) => return serde_json::from_slice(&answer).ok(),
            Some((StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, _)) => {
                sleep(PAUSE).await;
            }
            _ => return None,
        }
    }
    None
}

async fn try_to_send(
    place: &Place,
    method: &Method,
    path: &str,
    body: &str,
) -> Option<(StatusCode, Bytes)> {
    let host = place.url.strip_prefix("http://")?;
    let stream = TcpStream::connect(host).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, host)
        .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
        .body(Full::new(Bytes::from(body.to_owned())))
        .ok()?;
    let (head, body) = sender.send_request(request).await.ok()?.into_parts();
    Some((head.status, body.collect().await.ok()?.to_bytes()))
}
