//! What everybody on one run shares.

use std::sync::Arc;

use isutori_dataset::Dataset;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    accounts::Accounts,
    hosts::Hosts,
    ledger::Ledger,
    model::{Certainty, Model},
    observer::{Nobody, Observer},
    pictures::Gallery,
    services::Services,
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
    /// The external services, if there are any.
    pub(crate) services: Option<Arc<Services>>,
    /// The pictures of the initial data, and those to upload.
    pub(crate) gallery: Arc<Gallery>,
}

impl World {
    /// The world right after `POST /initialize`.
    pub fn new(hosts: impl Into<Hosts>, dataset: Dataset, seed: u64, ledger: Ledger) -> Self {
        World::of(hosts, seed, Model::new(dataset, ledger))
    }

    /// The world of which this is true.
    pub(crate) fn of(hosts: impl Into<Hosts>, seed: u64, model: Model) -> Self {
        let accounts = {
            let look = model.look();
            let is_usable = |person| look.is_locked(person) == Certainty::No;
            Accounts::shuffled(model.dataset(), seed, is_usable)
        };
        World {
            hosts: hosts.into(),
            seed,
            observer: Arc::new(Nobody),
            accounts,
            services: None,
            gallery: Gallery::of(model.dataset()),
            model,
        }
    }

    /// What the site lets the organiser in by, during a run of this seed.
    pub(crate) fn organiser_token(&self) -> String {
        organiser_token(self.seed)
    }

    /// The same world with external services.
    #[must_use]
    pub(crate) fn served_by(self, services: Arc<Services>) -> Self {
        let services = Some(services);
        World { services, ..self }
    }

    /// The same world with somebody who looks on.
    #[must_use]
    pub(crate) fn watched_by(self, observer: Arc<dyn Observer>) -> Self {
        World { observer, ..self }
    }
}

/// The organiser's token in runs of a seed: as hard to guess as the seed.
pub(crate) fn organiser_token(seed: u64) -> String {
    let mut luck = ChaCha8Rng::seed_from_u64(seed ^ 0x0461_1135);
    format!("{:032x}", luck.random::<u128>())
}

/// Length and hash that a static file must have; `path` may have a query.
pub fn static_file(path: &str) -> Option<(usize, u64)> {
    let path = path.split('?').next()?;
    STATIC_FILES
        .iter()
        .find(|(name, _, _)| *name == path)
        .map(|(_, length, hash)| (*length, *hash))
}
