//! What a run is told.

use std::{path::PathBuf, time::Duration};

use isutori_dataset::Dataset;
use isutori_engine::target::Target;

/// What a run is told.
#[derive(Clone)]
pub struct Settings {
    /// The site.
    pub target: Target,
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
    /// Where run folders are made.
    pub runs: PathBuf,
}
