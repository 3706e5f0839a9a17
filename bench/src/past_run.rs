//! A run that is over, and its site.

use std::{
    io,
    path::{Path, PathBuf},
};

use isutori_dataset::{Dataset, UnknownLabel};
use isutori_engine::{
    failure::{Class, Failure},
    target::{Target, TargetError},
};
use isutori_protocol::RunResult;

use crate::{
    hosts::{Hosts, HostsError},
    ledger::{Ledger, LedgerError},
    run_folder::read_result,
    services::DEFAULT_ADDRESS,
    settings::{Absence, Settings},
    world::World,
};

/// A run that left its folder behind.
pub struct PastRun {
    /// The folder.
    pub folder: PathBuf,
    /// What it came to.
    pub result: RunResult,
    /// Where the site is now.
    pub hosts: Hosts,
    pub(crate) dataset: Dataset,
}

/// Why nothing can be learnt from a run any more: nobody's fault but the environment's.
#[derive(Debug, thiserror::Error)]
pub enum PastRunError {
    /// There is no result.
    #[error(
        "cannot read the run folder {folder}: {error}; give the folder of a finished run, of this version of isutori or an older one"
    )]
    NoResult {
        /// What was given.
        folder: String,
        /// What happened.
        error: io::Error,
    },
    /// The data cannot be made again.
    #[error("the run was made by another version of isutori, on other data: {0}")]
    OtherData(#[from] UnknownLabel),
    /// The result names no target.
    #[error("{0}; say where the site is with --target")]
    NoTarget(#[from] TargetError),
    /// The targets cannot be used.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// There is no ledger.
    #[error("the run has no ledger: it ended before its load, so that nothing was written")]
    NoLedger,
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(LedgerError),
    /// There is no such failure.
    #[error("cannot read failure {number} of the run: {error}; {advice}")]
    NoFailure {
        /// Its number.
        number: u32,
        /// What happened.
        error: io::Error,
        /// Which there are.
        advice: String,
    },
    /// The failure was found by the check after the load.
    #[error(
        "failure {0} was found by the final check, which looks for what the whole load has written; isutori bench verify makes that check again"
    )]
    FinalCheck(u32),
    /// The site does not answer or holds other data.
    #[error(
        "cannot put the data of the run back: {0}; start the site, or say where it is with --target"
    )]
    NotInitialized(String),
}

impl PastRun {
    /// Reads a run's folder. The site is where it was, unless other targets are given;
    /// `authorities` is as in [`Hosts::new`].
    ///
    /// # Errors
    /// When the folder does not tell what is needed.
    pub fn open(
        folder: &Path,
        targets: &[Target],
        authorities: Option<&Path>,
    ) -> Result<Self, PastRunError> {
        let result = read_result(folder).map_err(|error| PastRunError::NoResult {
            folder: folder.display().to_string(),
            error,
        })?;
        let hosts = match targets {
            [] => Hosts::new(&targets_of(&result)?, authorities)?,
            _ => Hosts::new(targets, authorities)?,
        };
        Ok(PastRun {
            folder: folder.to_owned(),
            dataset: Dataset::of_label(&result.dataset)?,
            hosts,
            result,
        })
    }

    /// The world as it is right after `POST /initialize`.
    pub(crate) fn world(&self) -> World {
        let (dataset, seed) = (self.dataset.clone(), self.result.seed);
        World::new(self.hosts.clone(), dataset, seed, Ledger::none())
    }

    /// What a check of the site needs to be told.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            hosts: self.hosts.clone(),
            dataset: self.dataset.clone(),
            seed: self.result.seed,
            duration: std::time::Duration::ZERO,
            threads: 1,
            note: None,
            site_processes: Vec::new(),
            services: DEFAULT_ADDRESS,
            runs: PathBuf::new(),
            absence: Absence::default(),
        }
    }
}

/// The hosts of the run; a result of an older version names but one.
fn targets_of(result: &RunResult) -> Result<Vec<Target>, TargetError> {
    match &result.targets[..] {
        [] => Ok(vec![result.target.parse()?]),
        targets => targets.iter().map(|target| target.parse()).collect(),
    }
}

/// Whether the site has answered at all, be it wrongly.
pub(crate) fn was_answered(failure: &Failure) -> bool {
    let is_broken = ["http.connect", "http.broken"].contains(&&*failure.code);
    !is_broken && !matches!(failure.class, Class::Timeout | Class::System)
}
