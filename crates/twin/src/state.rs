//! What the site knows: the initial data, shared by all twins on it, and what came since on top.
//!
//! Ids count from 1. Rows stay, though what was removed is not shown, and time never goes back, so
//! that the order of ids is the order of time in every table and *newest first* is a table read
//! backwards.

mod clock;
mod comments;
mod entries;
mod footprints;
mod friendships;
mod index;
mod logins;
mod people;
mod pictures;
mod sessions;
mod table;

use isutori_dataset::{Dataset, Entry, Visibility};

use crate::{answer::Answer, panel::Place};

pub(crate) use self::{
    clock::Clock,
    comments::Comments,
    entries::Entries,
    footprints::{Footprint, Footprints},
    friendships::Friendships,
    logins::Logins,
    people::{People, Profile},
    pictures::{Icon, Pictures},
    sessions::{Session, Sessions},
    table::Table,
};

/// All that the site knows. Of the initial state a copy is cheap.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) people: People,
    pub(crate) entries: Entries,
    pub(crate) comments: Comments,
    pub(crate) friendships: Friendships,
    pub(crate) footprints: Footprints,
    pub(crate) pictures: Pictures,
    pub(crate) sessions: Sessions,
    pub(crate) logins: Logins,
    /// What lets the organiser in, as `POST /initialize` told.
    pub(crate) organiser_token: Option<String>,
    /// Where the external services are.
    pub(crate) services: Place,
    /// Whose home was shown last and how it was, for a twin that keeps it for all.
    pub(crate) kept_home: Option<(u64, Answer)>,
    /// Entries that are to be removed, and when, in milliseconds since 1970.
    pub(crate) late_removals: Vec<(i64, u64)>,
    /// How many requests came so far.
    pub(crate) asked: u64,
    clock: Clock,
}

impl State {
    /// The state right after `POST /initialize`.
    pub(crate) fn new(dataset: &Dataset) -> Self {
        let entries = Entries::new(dataset);
        State {
            people: People::new(dataset),
            comments: Comments::new(dataset, &entries),
            friendships: Friendships::new(dataset),
            footprints: Footprints::new(dataset),
            pictures: Pictures::new(dataset),
            sessions: Sessions::default(),
            logins: Logins::new(dataset),
            organiser_token: None,
            services: Place::default(),
            kept_home: None,
            late_removals: Vec::new(),
            entries,
            asked: 0,
            clock: Clock::default(),
        }
    }

    /// A copy, without sessions and with a secret of its own for those to come: what was drawn
    /// once must never be drawn again. Its clock begins anew.
    pub(crate) fn renewed(&self) -> Self {
        State {
            sessions: Sessions::default(),
            clock: Clock::default(),
            ..self.clone()
        }
    }

    /// Milliseconds since 1970; never less than before.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The same as the header `Date` says it.
    pub(crate) fn date(&self) -> String {
        self.clock.date()
    }

    /// Removes what should have been removed before, and is due by now.
    pub(crate) fn remove_what_is_due(&mut self) {
        let now = self.now();
        for (_, id) in self.late_removals.extract_if(.., |(due, _)| *due <= now) {
            self.entries.remove(id);
        }
    }

    /// Whether somebody, or nobody, may see an entry.
    pub(crate) fn sees(&self, viewer: Option<u64>, entry: &Entry) -> bool {
        match (entry.visibility, viewer) {
            (Visibility::Public, _) => true,
            (_, Some(viewer)) if viewer == entry.person_id => true,
            (Visibility::Friends, Some(viewer)) => {
                self.friendships.are_friends(viewer, entry.person_id)
            }
            _ => false,
        }
    }
}
