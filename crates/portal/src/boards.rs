//! The leaderboard as bytes: made once for every change and everybody who sees the same.

mod part;
mod view;

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::{
    clock::Millis,
    contest::{Contest, Current, Language},
    error::Error,
    graph,
    standings::{Eyes, Standings, standings},
    state::AppState,
};
use part::Part;
pub(crate) use view::View;

/// What another portal on the same database has changed is seen after so long.
const LASTS: Millis = 5_000;

/// So many are kept: one for each team, the audience and the staff.
const MOST: usize = 1_000;

/// Leaderboards as they were made last.
pub(crate) type Boards = Arc<Mutex<HashMap<Eyes, Arc<Board>>>>;

/// Bytes with the tag by which a browser knows whether it has them.
#[derive(Clone, Debug)]
pub(crate) struct Tagged {
    pub(crate) tag: String,
    pub(crate) bytes: Bytes,
}

impl Tagged {
    fn new(bytes: Vec<u8>) -> Tagged {
        let digest = Sha256::digest(&bytes);
        let tag: String = digest[..12].iter().map(|b| format!("{b:02x}")).collect();
        Tagged {
            tag: format!("\"{tag}\""),
            bytes: Bytes::from(bytes),
        }
    }

    /// As text; it was made of text.
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

/// A leaderboard for some eyes.
#[derive(Debug)]
pub(crate) struct Board {
    eyes: Eyes,
    change: u64,
    made_at: Millis,
    until: Millis,
    pub(crate) standings: Standings,
    pub(crate) json: Tagged,
    english: Tagged,
    japanese: Tagged,
}

impl Board {
    /// A piece of HTML in that language.
    pub(crate) fn part(&self, language: Language) -> &Tagged {
        match language {
            Language::En => &self.english,
            Language::Ja => &self.japanese,
        }
    }

    /// The same as somebody wants to see it, made for this one.
    pub(crate) fn viewed(
        &self,
        contest: &Contest,
        language: Language,
        view: &View,
    ) -> Result<Tagged, Error> {
        let (standings, now) = (&self.standings, self.made_at);
        render(standings, contest, self.eyes, language, now, view)
    }

    fn holds(&self, change: u64, now: Millis) -> bool {
        self.change == change && (self.made_at..self.until).contains(&now)
    }
}

/// The leaderboard for these eyes, as it is now.
///
/// # Errors
/// The database's, or when no contest was set up.
pub(crate) async fn board(state: &AppState, eyes: Eyes) -> Result<Arc<Board>, Error> {
    // Whoever comes while one is made waits for it. What changes meanwhile counts as later.
    let mut boards = state.boards.lock().await;
    let (change, now) = (state.events.count(), state.clock.now());
    if let Some(board) = boards.get(&eyes).filter(|board| board.holds(change, now)) {
        return Ok(board.clone());
    }
    let board = Arc::new(make(state, eyes, change, now).await?);
    if boards.len() >= MOST {
        boards.clear();
    }
    boards.insert(eyes, board.clone());
    Ok(board)
}

async fn make(state: &AppState, eyes: Eyes, change: u64, now: Millis) -> Result<Board, Error> {
    let current = state.contest().await?;
    let mut connection = state.connection().await?;
    let standings = standings(&mut connection, &current, eyes, now).await?;
    let json = serde_json::to_vec(&standings).map_err(|e| Error::Internal(e.to_string()))?;
    let part = |language| {
        let view = View::default();
        render(&standings, &current.contest, eyes, language, now, &view)
    };
    let (english, japanese) = (part(Language::En)?, part(Language::Ja)?);
    Ok(Board {
        eyes,
        change,
        made_at: now,
        until: until(&current, now),
        json: Tagged::new(json),
        standings,
        english,
        japanese,
    })
}

fn render(
    standings: &Standings,
    contest: &Contest,
    eyes: Eyes,
    language: Language,
    now: Millis,
    view: &View,
) -> Result<Tagged, Error> {
    let part = Part::new(standings, contest, eyes, language, now, view);
    let html = askama::Template::render(&part);
    html.map(|html| Tagged::new(html.into_bytes()))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// The first moment at which the same runs look otherwise.
fn until(current: &Current, now: Millis) -> Millis {
    let Contest {
        freezes_at, prizes, ..
    } = &current.contest;
    let moments = prizes.iter().filter_map(|prize| prize.best_at);
    let moments = moments
        .chain(*freezes_at)
        .map(Timestamp::as_millisecond)
        .chain([graph::grows_at(&current.contest, now), now + LASTS]);
    moments
        .filter(|moment| *moment > now)
        .min()
        .unwrap_or(now + LASTS)
}
