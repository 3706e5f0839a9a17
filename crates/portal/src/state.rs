//! What all requests share.

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderMap, header};
use sqlx::{Any, pool::PoolConnection};
use tokio::sync::Semaphore;

use crate::{
    boards::Boards,
    clock::Clock,
    contest::{self, Current},
    error::Error,
    events::Events,
    queue,
    store::Store,
    throttle::Throttle,
};

/// So many visitors are told of changes as they happen; others look again from time to time.
const MOST_LISTENERS: usize = 10_000;

/// So many passwords are checked at the same time; each takes a processor and 19 MiB.
const MOST_PASSWORDS: usize = 2;

/// What whoever starts the portal says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where browsers find the portal, such as `https://contest.example`; links that are handed
    /// out begin with it. By default what a browser says.
    pub public_url: Option<String>,
    /// Whether a proxy of ours stands before the portal and says in `X-Forwarded-For` who asks.
    pub is_behind_proxy: bool,
    /// Without a heartbeat for so long a job is taken away from its worker.
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            public_url: None,
            is_behind_proxy: false,
            lease: queue::LEASE,
        }
    }
}

/// The portal.
#[derive(Clone)]
pub struct AppState {
    /// Where everything is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Who looks on is told of changes.
    pub events: Events,
    /// What was said at the start.
    pub settings: Arc<Settings>,
    /// Leaderboards as they were made last.
    pub(crate) boards: Boards,
    /// Who tries to log in how often.
    pub(crate) throttle: Throttle,
    /// Places for those who listen.
    pub(crate) listeners: Arc<Semaphore>,
    /// Places for passwords that are being checked.
    pub(crate) passwords: Arc<Semaphore>,
}

impl AppState {
    /// A portal on this database.
    pub fn new(store: Store) -> AppState {
        AppState {
            events: Events::of(&store),
            clock: Clock::default(),
            store,
            settings: Arc::default(),
            boards: Boards::default(),
            throttle: Throttle::default(),
            listeners: Arc::new(Semaphore::new(MOST_LISTENERS)),
            passwords: Arc::new(Semaphore::new(MOST_PASSWORDS)),
        }
    }

    /// The same portal with other settings.
    pub fn with_settings(self, settings: Settings) -> AppState {
        AppState {
            settings: Arc::new(settings),
            ..self
        }
    }

    /// Where browsers find the portal: what was said at the start, or else what this one says.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.settings.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let host = headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        format!("http://{}", host.unwrap_or("localhost"))
    }

    /// How many browsers are told of changes as they happen.
    pub(crate) fn listener_count(&self) -> usize {
        MOST_LISTENERS - self.listeners.available_permits()
    }

    /// A connection to the database.
    ///
    /// # Errors
    /// The database's.
    pub async fn connection(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.store.pool.acquire().await
    }

    /// The contest.
    ///
    /// # Errors
    /// When none was set up yet.
    pub async fn contest(&self) -> Result<Current, Error> {
        let mut connection = self.connection().await?;
        contest::read(&mut connection)
            .await?
            .ok_or(Error::NoContest)
    }
}
