//! Tells whoever looks on that something has changed, as Server-Sent Events.
//!
//! What is told is a number; what has changed they ask for themselves, as what they may see
//! depends on who they are.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use serde::Deserialize;

use crate::state::AppState;

/// So often a silent connection is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Nobody is told more often.
const REST: Duration = Duration::from_secs(1);

/// What somebody wants to be told.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// Also that a run goes on.
    progress: Option<String>,
}

/// `GET /events`.
pub(crate) async fn listen(
    State(state): State<AppState>,
    Query(wanted): Query<Wanted>,
) -> Response {
    // Who finds no place looks again from time to time, as the script does.
    let Ok(place) = state.listeners.clone().try_acquire_owned() else {
        let later = [(header::RETRY_AFTER, "30")];
        return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
    };
    let changes = state.events.listen();
    let progress = wanted
        .progress
        .is_some()
        .then(|| state.events.listen_to_progress());
    let first = event("change", state.events.count());
    let begin = (changes, progress, place, Some(first));
    let events = stream::unfold(begin, |(mut changes, mut progress, place, first)| async {
        if let Some(first) = first {
            return Some((Ok(first), (changes, progress, place, None)));
        }
        tokio::time::sleep(REST).await;
        let event = match &mut progress {
            None => {
                changes.changed().await.ok()?;
                event("change", *changes.borrow_and_update())
            }
            Some(progress) => tokio::select! {
                changed = changes.changed() => {
                    changed.ok()?;
                    event("change", *changes.borrow_and_update())
                }
                went_on = progress.changed() => {
                    went_on.ok()?;
                    event("progress", *progress.borrow_and_update())
                }
            },
        };
        Some((Ok::<_, Infallible>(event), (changes, progress, place, None)))
    });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(events).keep_alive(keep_alive).into_response()
}

fn event(what: &str, number: u64) -> Event {
    Event::default().data(format!("{{\"{what}\": {number}}}"))
}
