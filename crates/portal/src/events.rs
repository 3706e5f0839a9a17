//! Something has changed: whoever looks on is told, and looks again.
//!
//! Several portals on one PostgreSQL tell each other by its `NOTIFY`. What is told is only *that*
//! something has changed, so a message that is lost costs a moment, not the truth.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::PgListener;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use crate::store::Store;

/// The channel of PostgreSQL over which portals tell each other.
const CHANNEL: &str = "isutori_portal";

/// So long a portal waits before it listens again, when PostgreSQL was away.
const AGAIN: Duration = Duration::from_secs(1);

/// Counts changes, and wakes whoever waits for the next.
#[derive(Clone, Debug)]
pub struct Events {
    changes: Arc<watch::Sender<u64>>,
    progress: Arc<watch::Sender<u64>>,
    /// Where to tell other portals, if there can be any.
    others: Option<Store>,
    /// Distinguishes this portal from the others.
    own: Arc<str>,
}

impl Events {
    /// Of a portal on that store.
    pub fn of(store: &Store) -> Events {
        Events {
            changes: Arc::new(watch::Sender::new(0)),
            progress: Arc::new(watch::Sender::new(0)),
            others: store.is_shared().then(|| store.clone()),
            own: format!("{:016x}", rand::random::<u64>()).into(),
        }
    }

    /// Something has changed.
    pub fn tell(&self) {
        self.wake();
        if let Some(store) = self.others.clone() {
            let own = self.own.clone();
            tokio::spawn(async move {
                let told = sqlx::query("SELECT pg_notify($1, $2)")
                    .bind(CHANNEL)
                    .bind(own.as_ref())
                    .execute(&store.pool)
                    .await;
                if let Err(error) = told {
                    tracing::warn!(%error, "other portals could not be told of a change");
                }
            });
        }
    }

    /// How many changes there were; can be waited on for the next.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A run goes on: no change for the leaderboard, but for those who look at the run.
    pub fn tell_progress(&self) {
        self.progress.send_modify(|progress| *progress += 1);
    }

    /// How often a run went on; can be waited on for the next time.
    pub fn listen_to_progress(&self) -> watch::Receiver<u64> {
        self.progress.subscribe()
    }

    /// How many changes there were.
    pub fn count(&self) -> u64 {
        *self.changes.borrow()
    }

    /// Listens to other portals until the handle is aborted; nothing to do where there are none.
    pub fn listen_to_others(&self) -> Option<JoinHandle<()>> {
        let url = self.others.as_ref()?.url().to_owned();
        let events = self.clone();
        Some(tokio::spawn(async move {
            loop {
                if let Err(error) = events.follow(&url).await {
                    tracing::warn!(%error, "other portals cannot be heard");
                }
                sleep(AGAIN).await;
                // Whatever was told meanwhile was missed.
                events.wake();
            }
        }))
    }

    async fn follow(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        loop {
            let told = listener.recv().await?;
            if told.payload() != self.own.as_ref() {
                self.wake();
            }
        }
    }

    fn wake(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}
