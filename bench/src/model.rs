//! What is true on the site: the oracle that every answer is judged by.
//!
//! The initial data is computed on demand by [`Dataset`]; what people have
//! written since is held here as [`Write`]s. A write is not a point in time
//! but an interval: it *may* be seen from the moment it was sent, and *must*
//! be seen from the moment it was acknowledged (by others: a grace period
//! later). Between the two, both answers are right.
//!
//! What people write grows only. The organiser takes some of it away ([`removals`]), which is an
//! interval too, and ends what must or may be seen. Who may log in goes back and forth, and is
//! known attempt by attempt ([`logins`]).

pub mod change;
pub mod clock;
pub mod comments;
pub mod entries;
pub mod footprints;
pub mod friendships;
pub mod logins;
mod memory;
pub mod news;
pub mod people;
pub mod removals;
pub mod write;

use std::{
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use isutori_dataset::Dataset;
use tokio::time::Instant;

use self::{
    clock::SiteClock,
    comments::{Comments, Window},
    entries::Entries,
    footprints::Footprints,
    friendships::Friendships,
    logins::Logins,
    memory::Memory,
    news::News,
    people::People,
    removals::Removals,
};
pub use self::{
    comments::CommentFacts,
    entries::EntryFacts,
    footprints::FreshVisitor,
    people::PersonKey,
    write::{Age, Certainty, GRACE, Item, View, Write},
};
use crate::ledger::{self, Ledger, LedgerError, Line};

/// The newest entries and comments among which home must find everything.
pub const HOME_WINDOW: u64 = 1000;

/// The oracle, shared by all threads of a run.
pub struct Model {
    dataset: Dataset,
    window: Window,
    memory: Memory,
    began: Instant,
    state: Mutex<State>,
}

/// What has been written since `POST /initialize`.
struct State {
    people: People,
    entries: Entries,
    comments: Comments,
    friendships: Friendships,
    footprints: Footprints,
    logins: Logins,
    news: News,
    removals: Removals,
    clock: SiteClock,
    /// Behind the same lock, so that its lines are in the order of the changes.
    ledger: Ledger,
}

/// A consistent look at the model, holding its lock.
pub struct Look<'a> {
    /// The initial data.
    pub dataset: &'a Dataset,
    window: &'a Window,
    memory: &'a Memory,
    began: Instant,
    /// When changes are made; now, if nothing else is said.
    moment: Option<Instant>,
    state: MutexGuard<'a, State>,
}

impl Model {
    /// The truth right after `POST /initialize`; its changes go into the ledger.
    pub fn new(dataset: Dataset, ledger: Ledger) -> Self {
        Model::since(Instant::now(), dataset, ledger)
    }

    fn since(began: Instant, dataset: Dataset, ledger: Ledger) -> Self {
        let window = comments::window(&dataset);
        let state = State {
            people: People::default(),
            entries: Entries::default(),
            comments: Comments::default(),
            friendships: Friendships::default(),
            footprints: Footprints::default(),
            logins: Logins::of(&dataset),
            clock: SiteClock::since(began),
            news: News::default(),
            removals: Removals::default(),
            ledger,
        };
        Model {
            memory: Memory::of(&dataset),
            dataset,
            window,
            began,
            state: Mutex::new(state),
        }
    }

    /// The truth that a ledger tells of, as of a run that is long over: it began so long ago.
    /// Nothing more is learnt of the site's clock, which may have been set since.
    ///
    /// # Errors
    /// When the ledger cannot be read, or makes no sense.
    pub fn rebuild(dataset: Dataset, ledger: &Path, ago: Duration) -> Result<Self, LedgerError> {
        Model::rebuild_into(Ledger::none(), dataset, ledger, ago)
    }

    fn rebuild_into(
        copy: Ledger,
        dataset: Dataset,
        ledger: &Path,
        ago: Duration,
    ) -> Result<Self, LedgerError> {
        let began = Instant::now() - ago;
        let model = Model::since(began, dataset, copy);
        let mut look = model.look();
        ledger::read(ledger, |Line { ms, change }| {
            look.moment = Some(began + Duration::from_millis(ms));
            look.repeat(change)
        })?;
        look.settle_clock();
        drop(look);
        Ok(model)
    }

    /// Puts on the disk what the ledger holds.
    ///
    /// # Errors
    /// The first error since the beginning.
    pub fn close_ledger(&self) -> io::Result<()> {
        self.look().state.ledger.close()
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
            memory: &self.memory,
            began: self.began,
            moment: None,
            state,
        }
    }
}
