//! What the portal, its workers and teams' programs say to each other: JSON over HTTP.
//!
//! A team *enqueues* a job. A worker *claims* it and holds it by a [`Lease`]: the job's number and
//! which attempt this is. Every later call of the worker names its lease, and is refused with
//! `409` once another attempt has begun or the job is over, so that a worker which was thought
//! dead cannot disturb anything. An attempt ends by an [`Outcome`], by cancelling, or by its lease
//! running out.

mod host_report;
mod host_samples;
mod measurement;

pub use host_report::{Disk, Handout, HostReport, LARGEST_REPORT, ReportTaken, Unit};
pub use host_samples::{
    CpuUse, DiskUse, HostSamples, HostSecond, LARGEST_SAMPLES, NetworkUse, ProcessUse, RunUnderWay,
    WatchedRun,
};
pub use measurement::{HostStep, MeasuredHost, Measurement, TeamStep};

use serde::{Deserialize, Serialize};

use crate::{Progress, RunResult, Verdict, Verified};

/// Grows whenever a portal and a worker of different versions could misunderstand each other.
pub const CONTEST_VERSION: u32 = 2;

/// The header in which a worker says its number with every call after [`Hello`].
pub const WORKER_HEADER: &str = "x-isutori-worker";

/// `POST /api/worker/hello`: a worker presents itself, with its token as a bearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`CONTEST_VERSION`].
    pub version: u32,
    /// Unique among workers, for example the host's name.
    pub name: String,
    /// Jobs of teams with a zone go to workers of that zone alone.
    pub zone: Option<String>,
    /// How many jobs it takes at the same time; at least 1.
    pub concurrency: u32,
    /// The benchmark's build: a hash of all that scores.
    pub build: String,
}

/// What the portal answers to [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The worker's number.
    pub worker: i64,
    /// The build that this contest is pinned to, if it is. A worker of another build stops.
    pub build: Option<String>,
    /// After so many seconds without a heartbeat a job is taken away from the worker.
    pub lease_seconds: u64,
    /// So often a worker without work asks for a job, in seconds.
    pub poll_seconds: u64,
}

/// An attempt at a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// The job's number.
    pub job: i64,
    /// Counts from 1.
    pub attempt: u32,
}

/// `POST /api/worker/claim` is answered by this, or by `204` when there is nothing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// What the worker holds from now on.
    pub lease: Lease,
    /// Whose job it is.
    pub team: String,
    /// The team's hosts, as the benchmark's `--target`.
    pub targets: Vec<String>,
    /// Drawn by the portal for this attempt alone.
    pub seed: u64,
    /// The data, as the benchmark's `--size`.
    pub size: String,
    /// The data, as the benchmark's `--data-seed`.
    pub data_seed: u64,
    /// How long the load lasts, in seconds.
    pub load_seconds: u64,
    /// So long a site that does not answer yet is waited for, in seconds.
    pub wait_seconds: u64,
    /// The benchmark is killed after so many seconds, besides those that it waits for the site.
    pub time_limit_seconds: u64,
    /// And when it takes more memory, in mebibytes.
    pub memory_limit_mib: u64,
    /// What the team says about it.
    pub note: Option<String>,
    /// No run is made, but the data that this job's run has left on the site is looked for. The
    /// portal has the files of that run: `GET /api/worker/files/{job}/{attempt}/{name}`, by the
    /// lease of this attempt.
    pub verifies: Option<i64>,
}

/// `POST /api/worker/heartbeat`: the attempt goes on. Also tells what happened since the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// What the worker holds.
    pub lease: Lease,
    /// Where the run stands; the portal keeps the one with the highest sequence.
    pub progress: Option<Progress>,
    /// More lines of the contestants' logs.
    pub log: Vec<LogLine>,
}

/// A line of a contestants' log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Counts up from 0 within an attempt and language; a line that was sent twice is kept once.
    pub sequence: u64,
    /// `en` or `ja`.
    pub language: String,
    /// The line, without its end.
    pub text: String,
}

/// What the portal answers to [`Heartbeat`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// The job was cancelled: the worker stops the benchmark and ends by [`Outcome::Cancelled`].
    pub cancel: bool,
}

/// `POST /api/worker/finish`: an attempt is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    /// What the worker held. The portal takes the files of the run before
    /// (`PUT /api/worker/files/{job}/{attempt}/{name}`).
    pub lease: Lease,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The benchmark has come to a verdict, whichever.
    Judged {
        /// What it says.
        result: Box<RunResult>,
    },
    /// It was looked for what a run has left.
    Verified {
        /// What was found.
        verified: Verified,
    },
    /// It was stopped because the job was cancelled.
    Cancelled,
    /// The worker was told to stop, and stopped it: somebody else shall make it.
    Stopped,
    /// It could not do its work, which is nobody's fault among contestants.
    Broken {
        /// A sentence for the staff.
        reason: String,
    },
}

/// What a job is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// A run that the team wants.
    #[default]
    Run,
    /// The run of the final measurement.
    Final,
    /// The run of a rehearsal of it.
    Rehearsal,
    /// Looks whether what one of these two has written is still there.
    Verify,
}

impl JobKind {
    /// All of them.
    pub const ALL: [JobKind; 4] = [
        JobKind::Run,
        JobKind::Final,
        JobKind::Rehearsal,
        JobKind::Verify,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            JobKind::Run => "run",
            JobKind::Final => "final",
            JobKind::Rehearsal => "rehearsal",
            JobKind::Verify => "verify",
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// In the queue.
    Waiting,
    /// A worker holds it.
    Running,
    /// It has a verdict.
    Finished,
    /// The team or the staff took it back.
    Cancelled,
    /// It could not be done, by no fault of the team.
    Errored,
}

impl JobState {
    /// All of them.
    pub const ALL: [JobState; 5] = [
        JobState::Waiting,
        JobState::Running,
        JobState::Finished,
        JobState::Cancelled,
        JobState::Errored,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Finished => "finished",
            JobState::Cancelled => "cancelled",
            JobState::Errored => "errored",
        }
    }

    /// Whether nothing more will happen to it.
    pub fn is_over(self) -> bool {
        !matches!(self, JobState::Waiting | JobState::Running)
    }
}

/// `POST /api/team/jobs`, with the team's token as a bearer. Answered by a [`Job`]: `201`, or `409`
/// with the one that is under way already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enqueue {
    /// Names of the team's hosts to be visited; all when empty.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What this run is about.
    #[serde(default)]
    pub note: Option<String>,
    /// Which commit is deployed.
    #[serde(default)]
    pub commit: Option<String>,
}

/// A job as its team sees it: `GET /api/team/jobs/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What it is for.
    #[serde(default)]
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// How many jobs are before it in the queue, while it waits.
    pub ahead: Option<u64>,
    /// After so many seconds it will begin, as far as can be told.
    pub expected_wait_seconds: Option<u64>,
    /// How many attempts have begun.
    pub attempt: u32,
    /// What the team said about it.
    pub note: Option<String>,
    /// Which commit it said.
    pub commit: Option<String>,
    /// What is visited.
    pub targets: Vec<String>,
    /// Milliseconds since 1970.
    pub enqueued_at: i64,
    /// When the last attempt began, milliseconds since 1970.
    pub started_at: Option<i64>,
    /// Milliseconds since 1970.
    pub finished_at: Option<i64>,
    /// Where the run stands, while it is running.
    pub progress: Option<Progress>,
    /// The benchmark's.
    pub verdict: Option<Verdict>,
    /// The benchmark's.
    pub score: Option<u64>,
    /// The seed of the last attempt; told when the job is over.
    pub seed: Option<u64>,
    /// Why it errored, or why it runs again.
    pub reason: Option<String>,
}

/// `GET /api/team/jobs/{id}/log?after=N&language=en`: lines with a higher sequence than `after`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The attempt whose lines these are, the last one.
    pub attempt: u32,
    /// Where the job stands: when it is over, no more lines will come.
    pub state: JobState,
    /// In order.
    pub lines: Vec<LogLine>,
}

/// `GET /api/team`: what a team wants to know at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamStatus {
    /// The contest's name.
    pub contest: String,
    /// The team's name.
    pub team: String,
    /// The portal's clock, milliseconds since 1970.
    pub now: i64,
    /// When the contest begins, milliseconds since 1970.
    pub starts_at: i64,
    /// When it ends for this team, milliseconds since 1970.
    pub ends_at: i64,
    /// What counts so far, by the contest's rule.
    pub score: Option<u64>,
    /// The team's hosts: name, and where the benchmark finds it, if it does.
    pub hosts: Vec<(String, Option<String>)>,
    /// The newest jobs first, at most 20.
    pub jobs: Vec<Job>,
}

/// Every refusal of the portal's API: a sentence that says what, why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The sentence.
    pub error: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_named_as_in_json() {
        for state in JobState::ALL {
            let json = serde_json::to_string(&state).expect("JSON");
            assert_eq!(json, format!("\"{}\"", state.name()));
        }
        for kind in JobKind::ALL {
            let json = serde_json::to_string(&kind).expect("JSON");
            assert_eq!(json, format!("\"{}\"", kind.name()));
        }
    }

    #[test]
    fn an_outcome_says_its_kind() {
        let broken = Outcome::Broken {
            reason: "no memory".to_owned(),
        };
        let json = serde_json::to_string(&broken).expect("JSON");
        assert_eq!(json, r#"{"kind":"broken","reason":"no memory"}"#);
        let read: Outcome = serde_json::from_str(&json).expect("an outcome");
        assert_eq!(read, broken);
    }
}
