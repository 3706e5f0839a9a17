//! Something has changed: whoever looks on is told, and looks again.
//!
//! Several portals on one PostgreSQL tell each other by its `NOTIFY`. What is told is only *that*
//! something has changed, so a message that is lost costs a moment, not the truth.

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc, time::Duration};

use sqlx::postgres::PgListener;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use crate::{standings::Eyes, store::Store};

/// The channel of PostgreSQL over which portals tell each other.
const CHANNEL: &str = "isutori_portal";

/// So long a portal waits before it listens again, when PostgreSQL was away.
const AGAIN: Duration = Duration::from_secs(1);

/// Whose pages look otherwise now. The staff, and whoever looks at the leaderboard, look again in
/// any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    Team(i64),
    /// A run of this job goes on: nothing else has changed.
    Progress(i64),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::All => write!(f, "all"),
            Told::Team(team) => write!(f, "team {team}"),
            Told::Progress(job) => write!(f, "progress {job}"),
        }
    }
}

impl FromStr for Told {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |number: &str| number.parse().map_err(|_| ());
        match text.split_once(' ') {
            None if text == "all" => Ok(Told::All),
            Some(("team", team)) => number(team).map(Told::Team),
            Some(("progress", job)) => number(job).map(Told::Progress),
            _ => Err(()),
        }
    }
}

/// How often something has changed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    total: u64,
    for_all: u64,
    of_teams: HashMap<i64, u64>,
}

impl Changes {
    /// How often anything has.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How often something has that these eyes see, besides the leaderboard.
    pub fn seen_by(&self, eyes: Eyes) -> u64 {
        match eyes {
            Eyes::Staff => self.total,
            Eyes::Audience => self.for_all,
            Eyes::Team(team) => self.for_all + self.of_teams.get(&team).unwrap_or(&0),
        }
    }
}

/// How often the run of each job went on.
type Progress = HashMap<i64, u64>;

/// Counts changes, and wakes whoever waits for the next.
#[derive(Clone, Debug)]
pub struct Events {
    changes: Arc<watch::Sender<Changes>>,
    progress: Arc<watch::Sender<Progress>>,
    /// Where to tell other portals, if there can be any.
    others: Option<Store>,
    /// Distinguishes this portal from the others.
    own: Arc<str>,
}

impl Events {
    /// Of a portal on that store.
    pub fn of(store: &Store) -> Events {
        Events {
            changes: Arc::new(watch::Sender::new(Changes::default())),
            progress: Arc::new(watch::Sender::new(Progress::new())),
            others: store.is_shared().then(|| store.clone()),
            own: format!("{:016x}", rand::random::<u64>()).into(),
        }
    }

    /// Something has changed for everybody.
    pub fn tell(&self) {
        self.tell_here_and_elsewhere(Told::All);
    }

    /// Something has changed for this team, and perhaps for the leaderboard.
    pub fn tell_team(&self, team: i64) {
        self.tell_here_and_elsewhere(Told::Team(team));
    }

    /// A run of this job goes on: no change but for those who look at it.
    pub fn tell_progress(&self, job: i64) {
        self.tell_here_and_elsewhere(Told::Progress(job));
    }

    fn tell_here_and_elsewhere(&self, told: Told) {
        self.wake(told);
        if let Some(store) = self.others.clone() {
            let text = format!("{} {told}", self.own);
            tokio::spawn(async move {
                let told = sqlx::query("SELECT pg_notify($1, $2)")
                    .bind(CHANNEL)
                    .bind(text)
                    .execute(&store.pool)
                    .await;
                if let Err(error) = told {
                    tracing::warn!(%error, "other portals could not be told of a change");
                }
            });
        }
    }

    /// How many changes there were; can be waited on for the next.
    pub fn listen(&self) -> watch::Receiver<Changes> {
        self.changes.subscribe()
    }

    /// How often runs went on; can be waited on for the next time.
    pub fn listen_to_progress(&self) -> watch::Receiver<HashMap<i64, u64>> {
        self.progress.subscribe()
    }

    /// How many changes there were.
    pub fn count(&self) -> u64 {
        self.changes.borrow().total
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
                events.wake(Told::All);
            }
        }))
    }

    async fn follow(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        loop {
            let told = listener.recv().await?;
            let (from, told) = told.payload().split_once(' ').unwrap_or_default();
            if from != self.own.as_ref() {
                // What is not understood may be anything.
                self.wake(told.parse().unwrap_or(Told::All));
            }
        }
    }

    fn wake(&self, told: Told) {
        if let Told::Progress(job) = told {
            return self
                .progress
                .send_modify(|progress| *progress.entry(job).or_default() += 1);
        }
        self.changes.send_modify(|changes| {
            changes.total += 1;
            match told {
                Told::Team(team) => *changes.of_teams.entry(team).or_default() += 1,
                _ => changes.for_all += 1,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        for told in [Told::All, Told::Team(7), Told::Progress(9)] {
            assert_eq!(told.to_string().parse(), Ok(told));
        }
        for text in ["", "team", "team x", "all 1"] {
            assert_eq!(text.parse::<Told>(), Err(()));
        }
    }
}
