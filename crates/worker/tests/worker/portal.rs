//! A portal in this process: it gives away jobs, and writes down all that it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{post, put},
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use isutori_protocol::contest::{
    Assignment, Finish, Heartbeat, Hello, Lease, Outcome, Pulse, Refusal, WORKER_HEADER, Welcome,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// What takes longer never happens.
pub const LIMIT: Duration = Duration::from_secs(60);
/// What the portal knows its worker by.
pub const TOKEN: &str = "a-token-of-a-worker";
/// The number of its worker.
const WORKER_NUMBER: &str = "31";
/// Long enough for a busy machine.
pub const LEASE_SECONDS: u64 = 10;

/// All that the portal knows, and how it behaves.
#[derive(Default)]
pub struct Known {
    pub waiting: VecDeque<Assignment>,
    pub hellos: Vec<Hello>,
    pub claimed: Vec<Lease>,
    pub heartbeats: Vec<Heartbeat>,
    /// By job and name.
    pub files: BTreeMap<(i64, String), Vec<u8>>,
    pub finishes: Vec<Finish>,
    /// The build that the contest is pinned to.
    pub pinned: Option<String>,
    /// Says so to everybody.
    pub cancel: bool,
    /// Answers every call about a lease by this.
    pub no_lease: Option<StatusCode>,
    /// Answers every claim by this.
    pub no_claim: Option<StatusCode>,
    /// Files with this name are refused.
    pub unwanted_file: Option<&'static str>,
    pub lease_seconds: Option<u64>,
}

impl Known {
    /// How a job ended, if it did.
    pub fn outcome(&self, job: i64) -> Option<&Outcome> {
        let finish = self.finishes.iter().find(|finish| finish.lease.job == job);
        finish.map(|finish| &finish.outcome)
    }

    /// The lines of a log as they were told, every one once.
    pub fn log(&self, language: &str) -> Vec<String> {
        let lines = self.heartbeats.iter().flat_map(|heartbeat| &heartbeat.log);
        let lines = lines.filter(|line| line.language == language);
        let lines: BTreeMap<u64, String> = lines
            .map(|line| (line.sequence, line.text.clone()))
            .collect();
        let last = lines.keys().next_back().map_or(0, |last| last + 1);
        assert_eq!(last as usize, lines.len(), "a line is missing: {lines:?}");
        lines.into_values().collect()
    }
}

type Shared = Arc<Mutex<Known>>;

/// A portal that can go away and come back at the same address.
pub struct FakePortal {
    known: Shared,
    address: SocketAddr,
    server: Option<Runtime>,
}

impl FakePortal {
    pub fn start() -> Self {
        let mut portal = FakePortal {
            known: Shared::default(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            server: None,
        };
        portal.come_back();
        portal
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it knows now.
    pub fn look(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is so.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&Known) -> bool) {
        wait_until(what, || is_so(&self.look()));
    }

    /// Closes its port and all connections.
    pub fn go_away(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown_timeout(LIMIT);
        }
    }

    /// Serves again, and knows all that it knew.
    pub fn come_back(&mut self) {
        let server = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = server
            .block_on(TcpListener::bind(self.address))
            .expect("a port");
        self.address = listener.local_addr().expect("an address");
        let app = routes(self.known.clone());
        server.spawn(async move { axum::serve(listener, app).await });
        self.server = Some(server);
    }
}

impl Drop for FakePortal {
    fn drop(&mut self) {
        self.go_away();
    }
}

/// Waits until something is so, and gives up when that takes much too long.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn routes(known: Shared) -> Router {
    let of_worker = Router::new()
        .route("/api/worker/claim", post(claim))
        .route("/api/worker/heartbeat", post(heartbeat))
        .route(
            "/api/worker/files/{job}/{attempt}/{*name}",
            put(put_file).get(file),
        )
        .route("/api/worker/finish", post(finish))
        .layer(middleware::from_fn(meet_worker));
    Router::new()
        .route("/api/worker/hello", post(hello))
        .merge(of_worker)
        .with_state(known)
}

/// Lets only the worker in that has presented itself.
async fn meet_worker(request: Request, next: Next) -> Response {
    let number = request.headers().get(WORKER_HEADER);
    match number.is_some_and(|number| number == WORKER_NUMBER) {
        true => next.run(request).await,
        false => refuse(StatusCode::BAD_REQUEST, "which worker is it?"),
    }
}

pub fn refuse(status: StatusCode, error: &str) -> Response {
    let error = error.to_owned();
    (status, Json(Refusal { error })).into_response()
}

fn is_known(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes() == format!("Bearer {TOKEN}").as_bytes())
}

fn look(known: &Shared) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn hello(
    State(known): State<Shared>,
    headers: HeaderMap,
    Json(hello): Json<Hello>,
) -> Response {
    if !is_known(&headers) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "nobody has this token; copy it again",
        );
    }
    let mut known = look(&known);
    known.hellos.push(hello);
    Json(Welcome {
        worker: WORKER_NUMBER.parse().expect("a number"),
        build: known.pinned.clone(),
        lease_seconds: known.lease_seconds.unwrap_or(LEASE_SECONDS),
        poll_seconds: 1,
    })
    .into_response()
}

async fn claim(State(known): State<Shared>) -> Response {
    let mut known = look(&known);
    if let Some(status) = known.no_claim {
        return refuse(status, "no job for you");
    }
    match known.waiting.pop_front() {
        Some(assignment) => {
            known.claimed.push(assignment.lease);
            Json(assignment).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn heartbeat(State(known): State<Shared>, Json(heartbeat): Json<Heartbeat>) -> Response {
    let mut known = look(&known);
    known.heartbeats.push(heartbeat);
    match known.no_lease {
        Some(status) => refuse(status, "another attempt has begun"),
        None => Json(Pulse {
            cancel: known.cancel,
        })
        .into_response(),
    }
}

async fn put_file(
    State(known): State<Shared>,
    Path((job, _attempt, name)): Path<(i64, u32, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut known = look(&known);
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    if known.unwanted_file == Some(&name) {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "too much; leave it out");
    }
    let mut content = Vec::new();
    let mut decoder = GzDecoder::new(&body[..]);
    decoder.read_to_end(&mut content).expect("gzip");
    known.files.insert((job, name), content);
    StatusCode::NO_CONTENT.into_response()
}

/// A file of another run, which is said to be job 0.
async fn file(
    State(known): State<Shared>,
    Path((_job, _attempt, name)): Path<(i64, u32, String)>,
) -> Response {
    let Some(content) = look(&known).files.get(&(0, name)).cloned() else {
        return refuse(StatusCode::BAD_REQUEST, "the run has no such file");
    };
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&content).expect("gzip");
    encoder.finish().expect("gzip").into_response()
}

async fn finish(State(known): State<Shared>, Json(finish): Json<Finish>) -> Response {
    let mut known = look(&known);
    match known.no_lease {
        Some(status) => refuse(status, "another attempt has begun"),
        None => {
            known.finishes.push(finish);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
