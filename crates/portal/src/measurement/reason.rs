//! Why a measured team did not pass.

use serde::{Deserialize, Serialize};

/// Why a measured team did not pass, as it is kept; `Texts::reason` has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Reason {
    /// The staff ended it.
    Aborted,
    /// The team has no host.
    NoHost,
    /// A host has never reported how it is.
    NoReport {
        /// Its name.
        host: String,
    },
    /// A host that has reported before did not do so in time.
    Silent {
        /// Its name.
        host: String,
    },
    /// The command that reboots a host failed.
    NotCommanded {
        /// Its name.
        host: String,
        /// How.
        why: String,
    },
    /// Nobody has rebooted a host by hand in time, or it did not say so.
    NotRebooted {
        /// Its name.
        host: String,
    },
    /// A host that was rebooted did not come back in time.
    NotBack {
        /// Its name.
        host: String,
    },
    /// The run failed.
    Failed {
        /// Why, by the benchmark.
        why: String,
    },
    /// Something that the run has written is not there.
    Lost {
        /// What, by the benchmark.
        why: String,
    },
    /// A job came to no verdict.
    NoVerdict {
        /// The job.
        job: i64,
        /// Why.
        why: String,
    },
    /// What an older or newer portal has kept.
    #[serde(other)]
    Unknown,
}

impl Reason {
    /// As it is kept.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }

    /// What was kept.
    pub(super) fn from_json(text: &str) -> Reason {
        serde_json::from_str(text).unwrap_or(Reason::Unknown)
    }

    /// Whether the team has failed by it; otherwise there is no verdict.
    pub(super) fn is_the_teams(&self) -> bool {
        matches!(
            self,
            Reason::Silent { .. }
                | Reason::NotBack { .. }
                | Reason::Failed { .. }
                | Reason::Lost { .. }
        )
    }
}
