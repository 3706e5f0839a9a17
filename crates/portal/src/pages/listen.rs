//! Tells whoever looks on what has changed, as Server-Sent Events.
//!
//! Of the leaderboard the difference itself is told, which is the same for all who see the same.
//! Of everything else only *that* it has changed: what they may see depends on who they are, so
//! they ask for it.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

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
    standings::Eyes,
    state::AppState,
};

/// So often a silent connection is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Nobody is told more often.
const REST: Duration = Duration::from_secs(1);

/// So long nobody looks again when the database did not answer.
const AWAY: Millis = 1_000;

/// What somebody wants to be told.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// That anything has changed.
    changes: Option<String>,
    /// Also that a run goes on.
    progress: Option<String>,
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
    let mut listener = Listener {
        changes: state.events.listen(),
        progress: wanted.progress.map(|_| state.events.listen_to_progress()),
        tells_changes: wanted.changes.is_some(),
        watched: tag.map(|tag| Watched {
            eyes: wanted.view.eyes(&frame),
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
    changes: watch::Receiver<u64>,
    progress: Option<watch::Receiver<u64>>,
    tells_changes: bool,
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
        if self.tells_changes {
            let event = number("change", self.state.events.count());
            self.untold.push_back(event);
        }
        self.look().await;
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.untold.pop_front() {
                return Some(event);
            }
            sleep(REST).await;
            let left = self.until.saturating_sub(self.state.clock.now());
            let left = Duration::from_millis(left.max(0).cast_unsigned());
            tokio::select! {
                heard = self.hear() => heard?,
                () = sleep(left) => {}
            }
            self.look().await;
        }
    }

    /// Waits for what it is told of; `None` when the portal ends.
    async fn hear(&mut self) -> Option<()> {
        let progress = async {
            match &mut self.progress {
                Some(progress) => progress
                    .changed()
                    .await
                    .map(|()| *progress.borrow_and_update()),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = self.changes.changed() => {
                changed.ok()?;
                let count = *self.changes.borrow_and_update();
                if self.tells_changes {
                    self.untold.push_back(number("change", count));
                }
            }
            went_on = progress => self.untold.push_back(number("progress", went_on.ok()?)),
        }
        Some(())
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
