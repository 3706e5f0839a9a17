//! What everybody on one run shares.

use std::sync::Arc;

use isutori_dataset::Dataset;

use crate::{
    accounts::Accounts,
    hosts::Hosts,
    ledger::Ledger,
    model::Model,
    observer::{Nobody, Observer},
};

/// The static files: path, length, xxh3.
const STATIC_FILES: &[(&str, usize, u64)] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

/// A hash of the benchmark's sources and tables that score.
pub const BUILD: &str = env!("ISUTORI_BENCH_BUILD");

/// The site, the truth about it, and who is free to visit it.
pub struct World {
    /// The site under test.
    pub hosts: Hosts,
    /// The run's seed.
    pub seed: u64,
    /// The oracle.
    pub model: Model,
    /// Who is told of what is asked and answered.
    pub(crate) observer: Arc<dyn Observer>,
    /// Who is free to visit.
    pub(crate) accounts: Accounts,
}

impl World {
    /// The world right after `POST /initialize`.
    pub fn new(hosts: impl Into<Hosts>, dataset: Dataset, seed: u64, ledger: Ledger) -> Self {
        World::of(hosts, seed, Model::new(dataset, ledger))
    }

    /// The world of which this is true.
    pub(crate) fn of(hosts: impl Into<Hosts>, seed: u64, model: Model) -> Self {
        World {
            hosts: hosts.into(),
            seed,
            observer: Arc::new(Nobody),
            accounts: Accounts::shuffled(model.dataset(), seed),
            model,
        }
    }

    /// The same world with somebody who looks on.
    #[must_use]
    pub(crate) fn watched_by(self, observer: Arc<dyn Observer>) -> Self {
        World { observer, ..self }
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
