//! All that was seen.

#[cfg(test)]
pub(crate) mod sample;

use isutori_protocol::{
    Health, RunResult,
    contest::{Job, JobKind, JobState, Measurement},
};
use serde::{Deserialize, Serialize};

use crate::{Millis, contest::Schedule, plan::Incident, skill::Skill};

/// A rehearsal that is over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// What the plan was made from.
    pub seed: u64,
    /// When what was to happen.
    pub schedule: Schedule,
    /// How many hosts ran the benchmark.
    pub workers: usize,
    /// How long the load of a run lasted.
    pub load_seconds: u64,
    /// Who played.
    pub teams: Vec<TeamRecord>,
    /// All attempts at all jobs, as the staff's list has them.
    pub attempts: Vec<Attempt>,
    /// What went wrong, in its order.
    pub incidents: Vec<IncidentRecord>,
    /// What the audience saw when the contest was over, before the release.
    pub frozen_board: Board,
    /// What it saw after the release.
    pub released_board: Board,
    /// When all was over.
    pub ended_at: Millis,
}

/// A made-up team.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TeamRecord {
    /// Its name.
    pub name: String,
    /// What it played.
    pub skill: Skill,
    /// When something was done to its hosts.
    pub changes: Vec<Change>,
    /// Its jobs in the order in which they were enqueued.
    pub jobs: Vec<JobRecord>,
    /// What it came to in the final measurement.
    pub measurement: Option<Measurement>,
}

/// Something was done to a team's hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whether it is what the team's skill is; a reboot otherwise.
    pub is_skill: bool,
    /// From then on.
    pub began_at: Millis,
    /// Until then.
    pub ended_at: Millis,
}

/// A job of a team.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobRecord {
    /// Where it stands.
    #[serde(flatten)]
    pub job: Job,
    /// Whether the made-up team enqueued it.
    pub is_ours: bool,
    /// Why it has this verdict.
    pub reasons: Vec<String>,
    /// What the benchmark knows of itself; of a job with a result.
    pub health: Option<Health>,
}

/// An attempt at a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// The job's number.
    pub job: i64,
    /// Counts from 1.
    pub attempt: u32,
    /// Who made it.
    pub worker: String,
    /// When it began.
    pub began_at: Millis,
    /// When it was over.
    pub ended_at: Option<Millis>,
    /// `judged`, `cancelled`, `stopped`, `broken` or `lost`; empty while it goes on.
    pub outcome: String,
    /// Why it came to nothing.
    pub reason: String,
}

/// Something went wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IncidentRecord {
    /// What was planned.
    pub incident: Incident,
    /// From then on.
    pub began_at: Millis,
    /// Until then.
    pub ended_at: Millis,
    /// What happened.
    pub happened: Happened,
}

/// What happened at an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happened {
    /// All teams asked at once.
    Rushed {
        /// By teams in their order, how many of their requests became jobs.
        accepted: Vec<usize>,
        /// How many were answered by the job that was under way already.
        refused: usize,
        /// What else was answered.
        failures: Vec<String>,
    },
    /// A worker died with a run, and was switched on again.
    Died {
        /// The worker.
        worker: String,
        /// The run's job.
        job: i64,
        /// Its attempt.
        attempt: u32,
    },
    /// Hosts were rebooted, and serve again.
    Rebooted {
        /// Which ones.
        hosts: Vec<String>,
    },
    /// It could not be brought about.
    Missed {
        /// Why.
        why: String,
    },
}

/// A leaderboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Whether it is as it was when it froze.
    pub is_frozen: bool,
    /// The best first.
    pub teams: Vec<Place>,
}

/// A team on a leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Counts from 1.
    pub place: Option<u64>,
    /// The team's number at the portal.
    pub team: i64,
    /// The team's name.
    pub name: String,
    /// What counts.
    pub score: Option<u64>,
    /// Whether it is out of the contest.
    pub is_excluded: bool,
}

/// How a run lies to what its team has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Of the site as it was handed out.
    Before,
    /// While something was done to the hosts: it may come to anything.
    During,
    /// Of the site that the team has made.
    After,
}

impl TeamRecord {
    /// When the run of a job was made; by its last attempt, which alone is judged.
    pub fn phase(&self, job: &Job) -> Phase {
        let (Some(began), Some(ended)) = (job.started_at, job.finished_at) else {
            return Phase::During;
        };
        let touches = |change: &Change| began < change.ended_at && change.began_at < ended;
        let skill = self.changes.iter().find(|change| change.is_skill);
        match skill {
            _ if self.changes.iter().any(touches) => Phase::During,
            Some(skill) if began >= skill.ended_at => Phase::After,
            _ => Phase::Before,
        }
    }

    /// Its own runs that have a verdict, in the order in which they ended.
    pub fn finished_runs(&self) -> Vec<&JobRecord> {
        let is_finished =
            |job: &&JobRecord| job.job.kind == JobKind::Run && job.job.state == JobState::Finished;
        let mut runs: Vec<&JobRecord> = self.jobs.iter().filter(is_finished).collect();
        runs.sort_by_key(|run| (run.job.finished_at, run.job.id));
        runs
    }

    /// Whether it made its change.
    pub fn is_changed(&self) -> bool {
        self.changes.iter().any(|change| change.is_skill)
    }
}

impl Attempt {
    /// Whether the benchmark itself was the limit in it.
    pub fn is_void(&self) -> bool {
        self.outcome == "judged" && self.reason.starts_with("void")
    }

    /// Whether it came to a verdict.
    pub fn is_judged(&self) -> bool {
        self.outcome == "judged" && !self.is_void()
    }
}

impl Record {
    /// The attempts at a job, in their order.
    pub fn attempts_at(&self, job: i64) -> impl Iterator<Item = &Attempt> {
        (self.attempts.iter()).filter(move |attempt| attempt.job == job)
    }
}

impl JobRecord {
    /// A job with its result, if it has one.
    pub fn new(job: Job, is_ours: bool, result: Option<RunResult>) -> JobRecord {
        let (reasons, health) = match result {
            Some(result) => (result.reasons, Some(result.health)),
            None => (Vec::new(), None),
        };
        JobRecord {
            job,
            is_ours,
            reasons,
            health,
        }
    }
}
