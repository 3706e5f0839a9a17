//! The external services of a run: each of another nature, run by the benchmark itself at an
//! address of its own, which the site is told by `POST /initialize`.
//!
//! What a service says is computed from the run's seed ([`Truth`]), so that a panel can be judged
//! without remembering what was answered; only what the services have refused is remembered.

mod server;
mod truth;

use std::{
    collections::HashMap,
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use isutori_dataset::{Service, Subscription};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::oneshot;

pub use self::truth::{EPOCH, Truth};

/// How old what changes may be when it is shown.
pub const FRESHNESS: Duration = Duration::from_secs(5);

/// Of so many requests for seats one fails.
pub const FAILING: u64 = 5;

/// Where services run, if nothing else is said: on this machine, at a free port.
pub const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The services of one run. They end when dropped.
pub struct Services {
    url: String,
    token: String,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server and those who judge have in common.
struct Shared {
    truth: Truth,
    token: String,
    log: Mutex<Log>,
}

/// What services have done.
#[derive(Default)]
struct Log {
    /// When seats were refused, by key.
    refused: HashMap<String, Vec<Instant>>,
    /// How many requests for seats there were.
    seats: u64,
    /// Whether anybody has asked at all.
    is_reached: bool,
    /// Whether a request for quotes is being answered.
    is_quoting: bool,
}

impl Services {
    /// Starts services of a run of this seed at an address; port 0 is a free one.
    ///
    /// # Errors
    /// When nobody can listen there, or no thread can be started.
    pub fn start(address: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut luck = ChaCha8Rng::seed_from_u64(seed ^ 0x5E_41CE5);
        let token = format!("{:032x}", luck.random::<u128>());
        let shared = Arc::new(Shared {
            truth: Truth::new(seed, Instant::now()),
            token: token.clone(),
            log: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let thread = {
            let shared = shared.clone();
            thread::Builder::new()
                .name("services".to_owned())
                .spawn(move || server::run(listener, shared, stopped))?
        };
        Ok(Services {
            url,
            token,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where they are.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What quotes ask for.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether the site has ever come to them.
    pub fn are_reached(&self) -> bool {
        self.shared.log().is_reached
    }

    /// What they say.
    pub fn truth(&self) -> &Truth {
        &self.shared.truth
    }

    /// Whether a site may say, to a question sent then, that this is unavailable: whoever was
    /// refused lately.
    pub fn may_be_unavailable(
        &self,
        subscription: &Subscription,
        sent: Instant,
        finished: Instant,
    ) -> bool {
        let log = self.shared.log();
        let refused = log.refused.get(&subscription.key);
        let lately = |at: &Instant| *at + FRESHNESS >= sent && *at <= finished;
        subscription.service == Service::Seats && refused.is_some_and(|at| at.iter().any(lately))
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        // The thread may have ended by itself.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, StatusCode, header};
    use isutori_engine::{
        browser::{Browser, Site},
        connection::Limits,
        exchange::{Request, Response},
        trust::Trust,
    };
    use serde_json::Value;
    use tokio::task::LocalSet;

    use super::*;

    fn browser(services: &Services) -> Browser {
        let target = services.url().parse().expect("an address");
        let bearer = HeaderValue::from_str(&format!("Bearer {}", services.token()));
        Browser::new(Site::new(target, &Trust::public(), Limits::default()))
            .sending(header::AUTHORIZATION, bearer.expect("a token"))
    }

    async fn get(browser: &mut Browser, path: &str) -> Response {
        browser.send(&Request::get(path)).await.expect("an answer")
    }

    fn json(response: &Response) -> Value {
        assert_eq!(response.status, StatusCode::OK);
        serde_json::from_slice(&response.body).expect("JSON")
    }

    /// Runs a test on services of its own.
    async fn with_services<R>(test: impl AsyncFnOnce(&Services) -> R) -> R {
        let services = Services::start(DEFAULT_ADDRESS, 1).expect("a free port");
        LocalSet::new().run_until(test(&services)).await
    }

    #[tokio::test]
    async fn services_say_the_truth() {
        with_services(async |services| {
            let mut browser = browser(services);
            for service in [Service::Catalogue, Service::Weather, Service::Quotes] {
                let before = Instant::now();
                let answer = json(&get(&mut browser, &format!("/{service}/kyoto")).await);
                let truth = services.truth();
                let all = truth.between(service, "kyoto", before, Instant::now());
                assert!(all.contains(&answer["data"]), "{service}: {answer}");
            }
            let letter = Request::json("/letters", r#"{"key": "oslo"}"#);
            let answer = json(&browser.send(&letter).await.expect("an answer"));
            let expected = services
                .truth()
                .at(Service::Letters, "oslo", Instant::now());
            assert_eq!(answer["data"], expected);
            let wrong = get(&mut browser, "/letters/oslo").await;
            assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
        })
        .await;
    }

    #[tokio::test]
    async fn weather_that_has_not_changed_is_told_at_once() {
        with_services(async |services| {
            // The browser keeps what has a tag, and asks with it.
            let mut browser = browser(services);
            for _ in 0..5 {
                let first = get(&mut browser, "/weather/oslo").await;
                let again = get(&mut browser, "/weather/oslo").await;
                // The weather may have changed between the two.
                if json(&first) == json(&again) {
                    assert!(again.latency() < first.latency());
                    return;
                }
            }
            panic!("the weather changes too often");
        })
        .await;
    }

    #[tokio::test]
    async fn quotes_are_for_one_at_a_time_with_the_token() {
        with_services(async |services| {
            let (mut one, mut another) = (browser(services), browser(services));
            let (first, second) = tokio::join!(
                get(&mut one, "/quotes/oslo"),
                get(&mut another, "/quotes/oslo")
            );
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS]);
            assert_eq!(get(&mut one, "/quotes/oslo").await.status, StatusCode::OK);
            let site = one.site().clone();
            let stranger = get(&mut Browser::new(site), "/quotes/oslo").await;
            assert_eq!(stranger.status, StatusCode::FORBIDDEN);
        })
        .await;
    }

    #[tokio::test]
    async fn seats_fail_now_and_then_and_may_be_unavailable_then() {
        with_services(async |services| {
            let mut browser = browser(services);
            let subscription = |key: &str| Subscription {
                service: Service::Seats,
                key: key.to_owned(),
            };
            assert!(!services.are_reached());
            let began = Instant::now();
            let mut failed = 0;
            for _ in 0..2 * FAILING {
                let answer = get(&mut browser, "/seats/oslo").await;
                failed += u64::from(answer.status == StatusCode::SERVICE_UNAVAILABLE);
            }
            let ended = Instant::now();
            assert_eq!(failed, 2);
            assert!(services.are_reached());
            let may_be = |key, from, to| services.may_be_unavailable(&subscription(key), from, to);
            assert!(may_be("oslo", began, ended));
            assert!(!may_be("kyoto", began, ended));
            assert!(!may_be("oslo", ended + FRESHNESS, ended + 2 * FRESHNESS));
        })
        .await;
    }
}
