//! The final measurement of a team, and its rehearsals.

use serde::{Deserialize, Serialize};

use crate::Verdict;

/// Where the measurement of a team stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TeamStep {
    /// Its hosts are checked, rebooted and waited for.
    Prepare,
    /// The benchmark runs, or waits for its turn.
    Run,
    /// Its hosts are rebooted again.
    PrepareAgain,
    /// What the run has written is looked for.
    Verify,
    /// Nothing more will happen.
    Over,
}

impl TeamStep {
    /// All of them, in order.
    pub const ALL: [TeamStep; 5] = [
        TeamStep::Prepare,
        TeamStep::Run,
        TeamStep::PrepareAgain,
        TeamStep::Verify,
        TeamStep::Over,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            TeamStep::Prepare => "prepare",
            TeamStep::Run => "run",
            TeamStep::PrepareAgain => "prepare-again",
            TeamStep::Verify => "verify",
            TeamStep::Over => "over",
        }
    }
}

/// Where a host stands in a round of preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostStep {
    /// It has to report how it is.
    Check,
    /// It is told to reboot.
    Reboot,
    /// It has to report another boot id.
    Boot,
    /// It is there again.
    Up,
}

impl HostStep {
    /// All of them, in order.
    pub const ALL: [HostStep; 4] = [
        HostStep::Check,
        HostStep::Reboot,
        HostStep::Boot,
        HostStep::Up,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            HostStep::Check => "check",
            HostStep::Reboot => "reboot",
            HostStep::Boot => "boot",
            HostStep::Up => "up",
        }
    }
}

/// A measurement as its team sees it: `GET /api/team/rehearsal`; and what `POST` begins there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// Its number.
    pub id: i64,
    /// Whether its score is the team's final one.
    pub counts: bool,
    /// Where it stands.
    pub step: TeamStep,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// The team's hosts, those of the round that it is in or was in last.
    pub hosts: Vec<MeasuredHost>,
    /// The job of the run, once it is in the queue.
    pub run: Option<i64>,
    /// The job that looks for what the run has written.
    pub verify: Option<i64>,
    /// When it is over: passed or failed; nothing when it could not be made.
    pub verdict: Option<Verdict>,
    /// With the verdict.
    pub score: Option<u64>,
    /// Why it did not pass.
    pub reason: Option<String>,
}

/// A host in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredHost {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub step: HostStep,
    /// Since when, milliseconds since 1970.
    pub since: i64,
}
