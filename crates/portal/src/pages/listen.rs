//! Tells whoever looks on what has changed, as Server-Sent Events.
//!
//! Of the leaderboard the difference itself is told, which is the same for all who see the same.
//! Of everything else only *that* it has changed: what they may see depends on who they are, so
//! they ask for it.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    time::Duration,
};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use serde::Deserialize;
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::sleep,
};

use super::{board::View, frame::Frame};
use crate::{
    boards::{Board, board},
    clock::Millis,
    contest::Language,
    events::Changes,
    standings::Eyes,
    state::AppState,
};

/// So often a silent connection is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Nobody is told more often.
const REST: Duration = Duration::from_secs(1);

/// Nor whoever is told of all that moves in the queue.
const REST_IN_QUEUE: Duration = Duration::from_secs(5);

/// So long nobody looks again when the database did not answer.
const AWAY: Millis = 1_000;

/// What somebody wants to be told.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// That something has changed that they see.
    changes: Option<String>,
    /// Also that something has changed for others, which moves their place in the queue.
    queue: Option<String>,
    /// That a run of this job goes on.
    progress: Option<i64>,
    /// What has changed on the leaderboard since the one with this tag.
    board: Option<String>,
    #[serde(flatten)]
    view: View,
}

/// `GET /events`.
pub(crate) async fn listen(
    State(state): State<AppState>,
    Query(wanted): Query<Wanted>,
    frame: Frame,
    headers: HeaderMap,
) -> Response {
    // Who finds no place looks again from time to time, as the script does.
    let Ok(place) = state.listeners.clone().try_acquire_owned() else {
        let later = [(header::RETRY_AFTER, "30")];
        return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
    };
    // A browser that comes back says what it was told last.
    let last = headers.get("last-event-id");
    let last = last.and_then(|last| last.to_str().ok()).map(str::to_owned);
    let tag = wanted.board.map(|tag| last.unwrap_or(tag));
    let eyes = wanted.view.eyes(&frame);
    let mut listener = Listener {
        changes: state.events.listen(),
        progress: state.events.listen_to_progress(),
        job: wanted.progress,
        changes_of: wanted.changes.map(|_| match wanted.queue {
            Some(_) => Eyes::Staff,
            None => eyes,
        }),
        told: (0, 0),
        rest: match wanted.queue {
            Some(_) => REST_IN_QUEUE,
            None => REST,
        },
        watched: tag.map(|tag| Watched {
            eyes,
            language: frame.language,
            tag,
        }),
        until: Millis::MAX,
        untold: VecDeque::new(),
        state,
        _place: place,
    };
    listener.begin().await;
    let events = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(events).keep_alive(keep_alive).into_response()
}

/// Somebody who is told.
struct Listener {
    state: AppState,
    changes: watch::Receiver<Changes>,
    progress: watch::Receiver<HashMap<i64, u64>>,
    /// Whose changes are told, if any.
    changes_of: Option<Eyes>,
    /// Whose progress is told, if any.
    job: Option<i64>,
    /// How many changes, and how much progress, there were when they were told last.
    told: (u64, u64),
    rest: Duration,
    watched: Option<Watched>,
    /// When the leaderboard looks otherwise though nothing happens.
    until: Millis,
    untold: VecDeque<Event>,
    _place: OwnedSemaphorePermit,
}

/// A leaderboard as somebody has it.
struct Watched {
    eyes: Eyes,
    language: Language,
    tag: String,
}

impl Listener {
    /// What there is to tell at once.
    async fn begin(&mut self) {
        if let Some(eyes) = self.changes_of {
            self.told.0 = self.changes.borrow().seen_by(eyes);
            self.untold.push_back(number("change", self.told.0));
        }
        self.told.1 = self.steps();
        self.look().await;
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.untold.pop_front() {
                return Some(event);
            }
            sleep(self.rest).await;
            let left = self.until.saturating_sub(self.state.clock.now());
            let left = Duration::from_millis(left.max(0).cast_unsigned());
            tokio::select! {
                heard = self.hear() => heard?,
                () = sleep(left) => {}
            }
            self.look().await;
        }
    }

    /// Waits for what may be worth telling; `None` when the portal ends.
    async fn hear(&mut self) -> Option<()> {
        tokio::select! {
            changed = self.changes.changed() => changed.ok()?,
            went_on = self.progress.changed(), if self.job.is_some() => went_on.ok()?,
        }
        if let Some(eyes) = self.changes_of {
            let count = self.changes.borrow_and_update().seen_by(eyes);
            if count != self.told.0 {
                self.told.0 = count;
                self.untold.push_back(number("change", count));
            }
        }
        self.changes.mark_unchanged();
        let steps = self.steps();
        if steps != self.told.1 {
            self.told.1 = steps;
            self.untold.push_back(number("progress", steps));
        }
        Some(())
    }

    /// How often the run went on.
    fn steps(&mut self) -> u64 {
        let progress = self.progress.borrow_and_update();
        let steps = self.job.and_then(|job| progress.get(&job));
        steps.copied().unwrap_or_default()
    }

    /// Looks whether the leaderboard is another one.
    async fn look(&mut self) {
        let Some(watched) = &mut self.watched else {
            return;
        };
        // While the database is away, or there is no contest, it is as it was.
        let Ok(board) = board(&self.state, watched.eyes, watched.language).await else {
            self.until = self.state.clock.now() + AWAY;
            return;
        };
        self.until = board.until();
        let tag = &board.sheet.tag;
        if *tag != watched.tag {
            self.untold.push_back(difference(&board, &watched.tag));
            watched.tag.clone_from(tag);
        }
    }
}

/// All that leads from the leaderboard with that tag to this one.
fn difference(board: &Board, from: &str) -> Event {
    let Some(steps) = board.since(from) else {
        return Event::default().data("{\"reload\": true}");
    };
    let steps: Vec<&[u8]> = steps.map(|step| &**step).collect();
    let steps = [b"{\"board\": [", &*steps.join(&b","[..]), b"]}"].concat();
    let event = Event::default().id(&board.sheet.tag);
    event.data(String::from_utf8_lossy(&steps))
}

fn number(what: &str, number: u64) -> Event {
    Event::default().data(format!("{{\"{what}\": {number}}}"))
}
