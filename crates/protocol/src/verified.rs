//! What is still there of what a run has written: the output of `isutori bench verify --json`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was looked for, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Where the site is.
    pub targets: Vec<String>,
    /// Acknowledged writes of the run: entries, comments, friendships, sign-ups, and
    /// people who edited their profiles.
    pub acknowledged: u64,
    /// How many of them were looked for.
    pub looked_for: u64,
    /// What is lost or differs, each once.
    pub lost: Vec<Finding>,
    /// Why it ended before all was looked at: the site did not answer.
    pub broke_off: Option<Finding>,
}

/// A failure, without the request that it was found in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `critical`, `wrong`, `timeout` or `system`, the last being the benchmark's own trouble.
    pub class: String,
    /// Such as `entry.leaked`.
    pub code: String,
    /// For the contestant: what was asked, expected and seen.
    pub sentence: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            class,
            code,
            sentence,
        } = self;
        write!(formatter, "{class}: {sentence} [{code}]")
    }
}
