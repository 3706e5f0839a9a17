//! What a run is told.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use isutori_dataset::Dataset;

use crate::hosts::Hosts;

/// What a run is told.
#[derive(Clone)]
pub struct Settings {
    /// The site.
    pub hosts: Hosts,
    /// The data it holds.
    pub dataset: Dataset,
    /// What drives the run.
    pub seed: u64,
    /// How long the load lasts.
    pub duration: Duration,
    /// Threads of the load.
    pub threads: usize,
    /// What the run is about.
    pub note: Option<String>,
    /// Processes on this machine that belong to the site, with all that they
    /// start: what they take of the processor is no disturbance.
    pub site_processes: Vec<u32>,
    /// Where the external services of the run are, which the site must be able to reach; port 0
    /// is a free one.
    pub services: SocketAddr,
    /// Where run folders are made.
    pub runs: PathBuf,
    /// What becomes of a run whose site is not there.
    pub absence: Absence,
}

/// What becomes of a run whose site is not there: one that cannot be reached or trusted, or holds
/// other data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// So long the run waits for a site that does not answer yet.
    pub patience: Duration,
    /// Whether it fails the run. Otherwise there is no result, as of a mistyped target.
    pub fails: bool,
}

impl Settings {
    /// Whether processor time that is neither the benchmark's nor that of
    /// [`Settings::site_processes`] must be somebody else's.
    pub(crate) fn knows_the_sites_processes(&self) -> bool {
        !self.site_processes.is_empty() || self.hosts.are_elsewhere()
    }
}
