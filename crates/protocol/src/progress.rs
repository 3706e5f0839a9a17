//! Where a run stands.

use serde::{Deserialize, Serialize};

/// The parts of a run, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The site does not answer yet.
    Await,
    /// `POST /initialize`.
    Initialize,
    /// Every route once, strictly.
    ConsistencyCheck,
    /// `POST /initialize` again.
    InitializeAgain,
    /// People.
    Load,
    /// A short rest for what may still be under way.
    Settle,
    /// What was written must be there.
    FinalCheck,
    /// Over.
    Done,
}

impl Phase {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Phase::Await => "wait for the site",
            Phase::Initialize => "initialize",
            Phase::ConsistencyCheck => "consistency check",
            Phase::InitializeAgain => "initialize again",
            Phase::Load => "load",
            Phase::Settle => "settle",
            Phase::FinalCheck => "final check",
            Phase::Done => "done",
        }
    }
}

/// One report of a running benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Counts up from 0 within a run, without gaps.
    pub sequence: u64,
    /// The part that is running.
    pub phase: Phase,
    /// Seconds until the load ends; the whole load before it has begun.
    pub seconds_left: f64,
    /// People on the site.
    pub people: u64,
    /// Judged requests a second, over the last report's interval.
    pub requests_per_second: f64,
    /// The score if the run ended now.
    pub score: u64,
    /// Failures that count so far.
    pub errors: u64,
}
