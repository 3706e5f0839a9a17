//! Holding a job: the heartbeats that keep its lease, and what they tell.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Future, pending},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use isutori_protocol::{
    Progress,
    contest::{Heartbeat, Lease, LogLine},
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use crate::{Portal, PortalError, back_off::BackOff};

/// There are this many heartbeats in the length of a lease at least …
const BEATS_A_LEASE: u32 = 4;
/// … and one so often at least, because people look on.
const BEAT_EVERY: Duration = Duration::from_secs(2);
/// So many lines of the logs are told in a heartbeat at most.
const LINES: usize = 200;

/// Whether a job is still ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is.
    Held,
    /// It is, and somebody took it back.
    Cancelled,
    /// It is not, for this reason.
    Lost(String),
}

impl Fate {
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Fate::Lost(_))
    }
}

/// Why something could not be handed in.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// The job is lost.
    Lost,
    /// The portal does not want it.
    Refused(PortalError),
}

/// What was not told yet.
#[derive(Debug, Default)]
struct News {
    progress: Option<Progress>,
    lines: VecDeque<LogLine>,
}

/// The holder of a lease.
#[derive(Debug)]
pub(crate) struct Holder {
    portal: Portal,
    lease: Lease,
    /// The portal waits so long for a heartbeat.
    length: Duration,
    news: Mutex<News>,
    /// Until when the lease lasts, as far as we know.
    until: Mutex<Instant>,
    fate: watch::Sender<Fate>,
    /// How many lines were not told yet.
    untold: watch::Sender<usize>,
    hurry: Notify,
}

impl Holder {
    /// Holds a lease that was taken at some moment, and lasts so long from then on.
    pub(crate) fn new(portal: Portal, lease: Lease, length: Duration, taken_at: Instant) -> Self {
        Holder {
            portal,
            lease,
            length,
            news: Mutex::default(),
            until: Mutex::new(taken_at + length),
            fate: watch::Sender::new(Fate::Held),
            untold: watch::Sender::new(0),
            hurry: Notify::new(),
        }
    }

    pub(crate) fn fate(&self) -> Fate {
        self.fate.borrow().clone()
    }

    /// Tells where the run stands, the next time.
    pub(crate) fn tell_progress(&self, progress: Progress) {
        self.news().progress = Some(progress);
    }

    /// Tells more lines, the next time.
    pub(crate) fn tell_lines(&self, lines: impl IntoIterator<Item = LogLine>) {
        let mut news = self.news();
        news.lines.extend(lines);
        self.untold.send_replace(news.lines.len());
    }

    /// Sends heartbeats until the lease is lost, and waits for ever then.
    pub(crate) async fn keep(&self) -> Infallible {
        let every = (self.length / BEATS_A_LEASE).min(BEAT_EVERY);
        loop {
            let has_more = self.beat().await && *self.untold.borrow() > 0;
            if self.fate().is_lost() {
                return pending().await;
            }
            if !has_more {
                tokio::select! {
                    () = sleep(every) => {}
                    () = self.hurry.notified() => {}
                }
            }
        }
    }

    /// One heartbeat; whether the portal has taken it.
    async fn beat(&self) -> bool {
        let sent_at = Instant::now();
        let left = self.left();
        let heartbeat = self.heartbeat();
        let limit = left.min(self.length / 2);
        match self.portal.heartbeat(&heartbeat, limit).await {
            Ok(pulse) => {
                *self.until.lock().unwrap_or_else(PoisonError::into_inner) = sent_at + self.length;
                self.forget(heartbeat.log.len());
                if pulse.cancel {
                    self.cancel();
                }
                true
            }
            Err(error) if error.takes_lease_away() => {
                self.lose(format!("the portal has taken it away: {error}"));
                false
            }
            Err(error) => {
                if self.left().is_zero() {
                    let seconds = self.length.as_secs();
                    self.lose(format!(
                        "no heartbeat came through for {seconds} s: {error}"
                    ));
                }
                false
            }
        }
    }

    /// Waits until every line has been told, or the lease is lost.
    pub(crate) async fn flush(&self) {
        self.hurry.notify_one();
        let mut untold = self.untold.subscribe();
        tokio::select! {
            _ = untold.wait_for(|untold| *untold == 0) => {}
            () = self.lost() => {}
        }
    }

    /// Calls the portal until it answers, for as long as the lease is held.
    pub(crate) async fn insist<T, F>(&self, call: impl Fn() -> F) -> Result<T, NotTaken>
    where
        F: Future<Output = Result<T, PortalError>>,
    {
        let mut back_off = BackOff::up_to(self.length / BEATS_A_LEASE);
        loop {
            let answer = tokio::select! {
                answer = call() => answer,
                () = self.lost() => return Err(NotTaken::Lost),
            };
            match answer {
                Ok(answer) => return Ok(answer),
                Err(error) if error.is_passing() => sleep(back_off.next()).await,
                Err(error) if error.takes_lease_away() => {
                    self.lose(format!("the portal has taken it away: {error}"));
                    return Err(NotTaken::Lost);
                }
                Err(error) => return Err(NotTaken::Refused(error)),
            }
        }
    }

    /// Waits until the lease is lost.
    async fn lost(&self) {
        let mut fate = self.fate.subscribe();
        // The sender is here, so it is not gone.
        let _ = fate.wait_for(Fate::is_lost).await;
    }

    fn lose(&self, reason: String) {
        self.fate.send_if_modified(|fate| {
            let is_news = !fate.is_lost();
            if is_news {
                *fate = Fate::Lost(reason);
            }
            is_news
        });
    }

    fn cancel(&self) {
        self.fate.send_if_modified(|fate| {
            let is_news = *fate == Fate::Held;
            if is_news {
                *fate = Fate::Cancelled;
            }
            is_news
        });
    }

    fn left(&self) -> Duration {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.saturating_duration_since(Instant::now())
    }

    fn heartbeat(&self) -> Heartbeat {
        let news = self.news();
        Heartbeat {
            lease: self.lease,
            progress: news.progress.clone(),
            log: news.lines.iter().take(LINES).cloned().collect(),
        }
    }

    /// The first so many lines have been told.
    fn forget(&self, lines: usize) {
        let mut news = self.news();
        news.lines.drain(..lines);
        self.untold.send_replace(news.lines.len());
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
