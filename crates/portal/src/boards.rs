//! The leaderboard as bytes: made once for every change and everybody who sees the same, and told
//! to those who have the one before as what is different.

mod pins;
mod sheet;
mod update;

use std::{
    collections::{HashMap, VecDeque},
    io::Write,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::{
    clock::Millis,
    contest::{Contest, Current, Language},
    error::Error,
    graph,
    judged::Judged,
    standings::{Eyes, Standings, standings},
    state::AppState,
};
pub(crate) use pins::Pins;
pub(crate) use sheet::Sheet;
use update::update;

/// What another portal on the same database has changed is seen after so long, even when it could
/// not tell.
const UNTOLD: Millis = 5_000;

/// A leaderboard is made anew after so long, whatever has changed.
const LASTS: Millis = 60_000;

/// So many are kept: one for each team, the audience and the staff, in both languages.
const MOST: usize = 4_096;

/// Who is so many changes behind asks for the whole.
const MOST_UPDATES: usize = 32;

/// Leaderboards as they were made last, and what they are made from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Boards(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    judged: Judged,
    contest: Option<Current>,
    changes_of_contest: u64,
    /// How many changes there were, and what time it was, when the database was asked last.
    asked: Option<(u64, Millis)>,
    made: HashMap<(Eyes, Language), Arc<Board>>,
}

/// Bytes with the tag by which a browser knows whether it has them.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) tag: String,
    pub(crate) bytes: Bytes,
    pub(crate) zipped: Bytes,
}

impl Tagged {
    fn new(tag: String, bytes: Vec<u8>) -> Tagged {
        let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
        // Memory takes all that is written to it.
        let zipped = zipped.write_all(&bytes).and_then(|()| zipped.finish());
        Tagged {
            tag,
            bytes: Bytes::from(bytes),
            zipped: Bytes::from(zipped.unwrap_or_default()),
        }
    }
}

/// The first digits of a hash.
fn tag_of<'a>(pieces: impl Iterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update(piece.len().to_le_bytes());
        digest.update(piece);
    }
    let digest = digest.finalize();
    digest[..12].iter().map(|b| format!("{b:02x}")).collect()
}

/// A leaderboard for some eyes, in one language.
#[derive(Debug)]
pub(crate) struct Board {
    stamp: u64,
    made_at: Millis,
    until: Millis,
    pub(crate) standings: Standings,
    pub(crate) sheet: Sheet,
    /// From older ones to this one, each with the tag of that from which it leads on.
    updates: VecDeque<(String, Bytes)>,
    json: OnceLock<Tagged>,
    html: OnceLock<Tagged>,
}

impl Board {
    /// A piece of HTML.
    pub(crate) fn html(&self) -> &Tagged {
        self.html.get_or_init(|| self.pinned(&Pins::default()))
    }

    /// The same with pins, made for this one.
    pub(crate) fn pinned(&self, pins: &Pins) -> Tagged {
        let html = self.sheet.html(None, pins);
        Tagged::new(self.sheet.tag.clone(), html.into_bytes())
    }

    /// For programs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn json(&self) -> Result<&Tagged, Error> {
        let json = match self.json.get() {
            Some(json) => return Ok(json),
            None => serde_json::to_string(&self.standings),
        };
        let json = json.map_err(|error| Error::Internal(error.to_string()))?;
        let make = || Tagged::new(tag_of([&*json].into_iter()), json.clone().into_bytes());
        Ok(self.json.get_or_init(make))
    }

    /// When it looks otherwise though nothing happens.
    pub(crate) fn until(&self) -> Millis {
        self.until
    }

    /// What leads from the one with that tag to this one, step by step; `None` when nobody knows
    /// any more.
    pub(crate) fn since(&self, tag: &str) -> Option<impl Iterator<Item = &Bytes>> {
        let steps = match tag == self.sheet.tag {
            true => self.updates.len(),
            false => self.updates.iter().position(|(from, _)| from == tag)?,
        };
        Some(self.updates.iter().skip(steps).map(|(_, bytes)| bytes))
    }

    fn holds(&self, stamp: u64, now: Millis) -> bool {
        self.stamp == stamp && (self.made_at..self.until).contains(&now)
    }
}

/// The leaderboard for these eyes, as it is now.
///
/// # Errors
/// The database's, or when no contest was set up.
pub(crate) async fn board(
    state: &AppState,
    eyes: Eyes,
    language: Language,
) -> Result<Arc<Board>, Error> {
    // Whoever comes while one is made waits for it. What changes meanwhile counts as later.
    let mut kept = state.boards.0.lock().await;
    let now = state.clock.now();
    let current = kept.read_on(state, now).await?;
    let eyes = kept.same_as(eyes, &current, now);
    if let Eyes::Team(_) = eyes {
        // Most of it is the same, and shared.
        kept.board(&current, Eyes::Audience, language, now)?;
    }
    kept.board(&current, eyes, language, now)
}

/// Who stands where, without any HTML.
///
/// # Errors
/// The database's, or when no contest was set up.
pub(crate) async fn standings_now(state: &AppState, eyes: Eyes) -> Result<Standings, Error> {
    let mut kept = state.boards.0.lock().await;
    let now = state.clock.now();
    let current = kept.read_on(state, now).await?;
    Ok(standings(&kept.judged, &current, eyes, now))
}

impl Kept {
    /// Asks the database for what is new, if anything may be.
    async fn read_on(&mut self, state: &AppState, now: Millis) -> Result<Current, Error> {
        let changes = state.events.count();
        let is_known = self
            .asked
            .is_some_and(|(counted, at)| counted == changes && (at..at + UNTOLD).contains(&now));
        if !is_known {
            let contest = state.contest().await?;
            let mut connection = state.connection().await?;
            self.judged.read_on(&mut connection, now).await?;
            if self.contest.as_ref() != Some(&contest) {
                self.contest = Some(contest);
                self.changes_of_contest += 1;
            }
            self.asked = Some((changes, now));
        }
        self.contest.clone().ok_or(Error::NoContest)
    }

    /// A team sees what everybody sees, unless something is hidden from the others.
    fn same_as(&self, eyes: Eyes, current: &Current, now: Millis) -> Eyes {
        let Eyes::Team(team) = eyes else {
            return eyes;
        };
        let mut teams = self.judged.teams().iter();
        let is_hidden = teams.any(|row| row.id == team && row.is_hidden());
        match is_hidden || current.is_frozen(now) {
            true => eyes,
            false => Eyes::Audience,
        }
    }

    /// Grows when something has changed for these eyes.
    fn stamp(&self, eyes: Eyes, current: &Current, now: Millis) -> u64 {
        let changes = match eyes {
            Eyes::Team(team) if current.is_frozen(now) => self.judged.changes_for(team),
            _ => self.judged.changes(),
        };
        self.changes_of_contest + changes
    }

    fn board(
        &mut self,
        current: &Current,
        eyes: Eyes,
        language: Language,
        now: Millis,
    ) -> Result<Arc<Board>, Error> {
        let stamp = self.stamp(eyes, current, now);
        let before = self.made.get(&(eyes, language));
        if let Some(board) = before.filter(|board| board.holds(stamp, now)) {
            return Ok(board.clone());
        }
        let audience = self.made.get(&(Eyes::Audience, language));
        let alike = [before, audience].into_iter().flatten();
        let alike: Vec<&Sheet> = alike.map(|board| &board.sheet).collect();
        // Who has a leaderboard of their own from now on had that of the audience before.
        let before = before.or(audience);
        let standings = standings(&self.judged, current, eyes, now);
        let sheet = Sheet::new(&standings, &current.contest, language, now, &alike)?;
        let updates = before.map(|before| updates(before, &sheet));
        let board = Arc::new(Board {
            stamp,
            made_at: now,
            until: until(&current.contest, now),
            standings,
            sheet,
            updates: updates.unwrap_or_default(),
            json: OnceLock::new(),
            html: OnceLock::new(),
        });
        if self.made.len() >= MOST {
            self.made.clear();
        }
        self.made.insert((eyes, language), board.clone());
        Ok(board)
    }
}

/// Those that are known by now, and the one to the next.
fn updates(before: &Board, sheet: &Sheet) -> VecDeque<(String, Bytes)> {
    let from = &before.sheet;
    let mut updates = before.updates.clone();
    if from.tag == sheet.tag {
        return updates;
    }
    match update(from, sheet) {
        Some(update) => updates.push_back((from.tag.clone(), update)),
        None => updates.clear(),
    }
    if updates.len() > MOST_UPDATES {
        updates.pop_front();
    }
    updates
}

/// The first moment at which the same runs look otherwise.
fn until(contest: &Contest, now: Millis) -> Millis {
    let moments = contest.prizes.iter().filter_map(|prize| prize.best_at);
    let moments = moments
        .chain(contest.freezes_at)
        .map(Timestamp::as_millisecond)
        .chain([graph::grows_at(contest, now)]);
    let moments = moments.filter(|moment| *moment > now);
    moments.fold(now + LASTS, Millis::min)
}
