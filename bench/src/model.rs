//! What is true on the site: the oracle that every answer is judged by.
//!
//! The initial data is computed on demand by [`Dataset`]; what people have
//! written since is held here as [`Write`]s. A write is not a point in time
//! but an interval: it *may* be seen from the moment it was sent, and *must*
//! be seen from the moment it was acknowledged (by others: a grace period
//! later). Between the two, both answers are right.
//!
//! Nobody deletes anything, so truth only grows.

pub mod clock;
pub mod comments;
pub mod entries;
pub mod footprints;
pub mod friendships;
pub mod people;
pub mod write;

use std::sync::{Mutex, MutexGuard, PoisonError};

use isutori_dataset::Dataset;

use self::{
    clock::SiteClock,
    comments::{Comments, WindowComment},
    entries::Entries,
    footprints::Footprints,
    friendships::Friendships,
    people::People,
};
pub use self::{
    comments::CommentFacts,
    entries::EntryFacts,
    footprints::FreshVisitor,
    people::PersonKey,
    write::{Age, Certainty, GRACE, Item, View, Write},
};

/// The newest entries and comments among which home must find everything.
pub const HOME_WINDOW: u64 = 1000;

/// The oracle, shared by all threads of a run.
pub struct Model {
    dataset: Dataset,
    window: Vec<WindowComment>,
    state: Mutex<State>,
}

/// What has been written since `POST /initialize`.
#[derive(Default)]
struct State {
    people: People,
    entries: Entries,
    comments: Comments,
    friendships: Friendships,
    footprints: Footprints,
    clock: SiteClock,
}

/// A consistent look at the model, holding its lock.
pub struct Look<'a> {
    /// The initial data.
    pub dataset: &'a Dataset,
    window: &'a [WindowComment],
    state: MutexGuard<'a, State>,
}

impl Model {
    /// The truth right after `POST /initialize`.
    pub fn new(dataset: Dataset) -> Self {
        let window = comments::window(&dataset);
        Model {
            dataset,
            window,
            state: Mutex::default(),
        }
    }

    /// The initial data.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Looks at or writes into the model. Never hold a look across an await.
    pub fn look(&self) -> Look<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Look {
            dataset: &self.dataset,
            window: &self.window,
            state,
        }
    }
}
