//! What everybody on one run shares.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use isutori_dataset::Dataset;
use isutori_engine::browser::Site;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{
    ledger::Ledger,
    model::{Model, PersonKey},
};

/// The static files: path, length, xxh3.
const STATIC_FILES: &[(&str, usize, u64)] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

/// A hash of the benchmark's sources and tables that score.
pub const BUILD: &str = env!("ISUTORI_BENCH_BUILD");

/// The site, the truth about it, and who is free to visit it.
pub struct World {
    /// The site under test.
    pub site: Site,
    /// The run's seed.
    pub seed: u64,
    /// The oracle.
    pub model: Model,
    /// What was written and acknowledged.
    pub ledger: Ledger,
    accounts: Mutex<VecDeque<PersonKey>>,
}

impl World {
    /// The world right after `POST /initialize`.
    pub fn new(site: Site, dataset: Dataset, seed: u64, ledger: Ledger) -> Self {
        let mut accounts: Vec<PersonKey> = (1..=dataset.counts().people).map(PersonKey).collect();
        accounts.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        World {
            site,
            seed,
            model: Model::new(dataset),
            ledger,
            accounts: Mutex::new(accounts.into()),
        }
    }

    /// An account that nobody uses at the moment.
    pub fn take_account(&self) -> Option<PersonKey> {
        self.accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Gives an account back, to be used by the next visitor but many.
    pub fn return_account(&self, account: PersonKey) {
        self.accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(account);
    }
}

/// Length and hash that a static file must have; `path` may have a query.
pub fn static_file(path: &str) -> Option<(usize, u64)> {
    let path = path.split('?').next()?;
    STATIC_FILES
        .iter()
        .find(|(name, _, _)| *name == path)
        .map(|(_, length, hash)| (*length, *hash))
}
