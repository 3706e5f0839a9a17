//! What a rehearsal comes to in numbers.

use isutori_protocol::{
    Health, Verdict,
    contest::{JobKind, JobState},
};
use serde::Serialize;

use crate::record::{JobRecord, Record};

/// The numbers of a rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How long jobs waited in the queue.
    pub waits: Waits,
    /// The same by teams, in their order.
    pub waits_of_teams: Vec<Waits>,
    /// What became of jobs and attempts.
    pub counts: Counts,
    /// How near the benchmark came to its limits.
    pub bench: BenchFigures,
}

/// How long jobs waited until their first attempt began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// How many jobs.
    pub jobs: usize,
    /// Half of them waited less, seconds.
    pub median_seconds: i64,
    /// The longest wait, seconds.
    pub worst_seconds: i64,
}

/// How many jobs and attempts there were. Jobs of the final measurement are among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Jobs that teams enqueued.
    pub jobs: usize,
    /// Jobs that have a verdict.
    pub finished: usize,
    /// Jobs that came to nothing by no fault of their team.
    pub errored: usize,
    /// Attempts of all jobs.
    pub attempts: usize,
    /// Attempts that came to a verdict.
    pub judged: usize,
    /// Attempts whose worker was lost.
    pub lost: usize,
    /// Attempts that came to nothing otherwise.
    pub broken: usize,
    /// Attempts in which the benchmark was the limit.
    pub void: usize,
    /// Attempts that were made because one before came to nothing.
    pub retried: usize,
}

/// How near the benchmark came to its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct BenchFigures {
    /// Runs of which it is known.
    pub runs: usize,
    /// Runs in which others took so much of the benchmark's machine that the score may have
    /// suffered.
    pub disturbed: usize,
    /// The largest share of a load in which a thread had no time to spare, 0 to 1.
    pub busy_share: f64,
    /// The latest timers, the 99th percentile of the worst run, milliseconds.
    pub lag_p99_ms: f64,
    /// The largest share of descriptors or ports that was taken, 0 to 1.
    pub supplies_share: f64,
    /// The most memory that a run took, mebibytes.
    pub memory_mib: u64,
}

impl Figures {
    /// Counts.
    pub fn of(record: &Record) -> Figures {
        let waits_of = |job: &JobRecord| {
            let first = record.attempts_at(job.job.id).next()?;
            Some((first.began_at - job.job.enqueued_at).max(0) / 1000)
        };
        let by_team: Vec<Vec<i64>> = (record.teams.iter())
            .map(|team| ours(&team.jobs).filter_map(waits_of).collect())
            .collect();
        Figures {
            waits: Waits::of(by_team.concat()),
            waits_of_teams: by_team.into_iter().map(Waits::of).collect(),
            counts: Counts::of(record),
            bench: BenchFigures::of(record),
        }
    }
}

fn ours(jobs: &[JobRecord]) -> impl Iterator<Item = &JobRecord> {
    let is_ours = |job: &&JobRecord| job.is_ours && job.job.kind == JobKind::Run;
    jobs.iter().filter(is_ours)
}

impl Waits {
    fn of(mut seconds: Vec<i64>) -> Waits {
        seconds.sort_unstable();
        Waits {
            jobs: seconds.len(),
            median_seconds: seconds.get(seconds.len() / 2).copied().unwrap_or(0),
            worst_seconds: seconds.last().copied().unwrap_or(0),
        }
    }
}

impl Counts {
    fn of(record: &Record) -> Counts {
        let jobs: Vec<&JobRecord> = (record.teams.iter())
            .flat_map(|team| ours(&team.jobs))
            .collect();
        let with = |state| jobs.iter().filter(|job| job.job.state == state).count();
        let attempts = &record.attempts;
        let judged = attempts.iter().filter(|made| made.is_judged()).count();
        let void = attempts.iter().filter(|made| made.is_void()).count();
        let lost = attempts
            .iter()
            .filter(|made| made.outcome == "lost")
            .count();
        Counts {
            jobs: jobs.len(),
            finished: with(JobState::Finished),
            errored: with(JobState::Errored),
            attempts: attempts.len(),
            judged,
            lost,
            broken: attempts.len() - judged - void - lost,
            void,
            retried: attempts.iter().filter(|made| made.attempt > 1).count(),
        }
    }
}

impl BenchFigures {
    fn of(record: &Record) -> BenchFigures {
        let jobs = record.teams.iter().flat_map(|team| &team.jobs);
        let health: Vec<&Health> = jobs.filter_map(|job| job.health.as_ref()).collect();
        let most = |figure: fn(&Health) -> f64| {
            let all = health.iter().map(|health| figure(health));
            all.fold(0.0, f64::max)
        };
        BenchFigures {
            runs: health.len(),
            disturbed: (health.iter())
                .filter(|health| health.disturbance.is_some())
                .count(),
            busy_share: most(|health| health.busy_share),
            lag_p99_ms: most(|health| health.lag_p99_ms),
            supplies_share: most(|health| {
                let of = |taken: u64, limit: u64| match limit {
                    0 => 0.0,
                    limit => taken as f64 / limit as f64,
                };
                let supplies = &health.supplies;
                let descriptors = of(supplies.descriptors, supplies.descriptors_limit);
                descriptors.max(of(supplies.ports, supplies.ports_limit))
            }),
            memory_mib: (health.iter())
                .map(|health| health.supplies.memory_mib)
                .max()
                .unwrap_or(0),
        }
    }
}

impl Counts {
    /// Whether the benchmark was ever the limit, in a sentence.
    pub fn limit(&self) -> String {
        let attempts = self.attempts;
        match self.void {
            0 => format!("It was the limit in none of {attempts} attempts."),
            void => format!("It was the limit in {void} of {attempts} attempts."),
        }
    }
}

/// How often each verdict came.
pub fn verdicts(jobs: &[JobRecord]) -> String {
    let of = |verdict: Verdict| {
        let with = |job: &&JobRecord| job.job.verdict == Some(verdict);
        match ours(jobs).filter(with).count() {
            0 => None,
            count => Some(format!("{count} {}", verdict.word())),
        }
    };
    let all = [Verdict::Pass, Verdict::Fail, Verdict::Void];
    let words: Vec<String> = all.into_iter().filter_map(of).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::right;

    #[test]
    fn waits_are_counted_to_the_first_attempt() {
        let mut record = right();
        // The attempt that was lost began earlier.
        record.attempts[0].began_at = 4_000;

        let figures = Figures::of(&record);

        let waits = Waits {
            jobs: 3,
            median_seconds: 30,
            worst_seconds: 30,
        };
        assert_eq!(figures.waits_of_teams[0], waits);
        record.attempts[2].began_at = 290_000;
        record.attempts[0].began_at = 0;
        let waits = Figures::of(&record).waits_of_teams[0];
        assert_eq!((waits.median_seconds, waits.worst_seconds), (30, 90));
        assert_eq!(figures.waits.jobs, 15);
    }

    #[test]
    fn attempts_are_counted_by_what_they_came_to() {
        let mut record = right();
        record.attempts[3].reason = "void: timers".to_owned();
        record.attempts[4].outcome = "broken".to_owned();

        let counts = Figures::of(&record).counts;

        let expected = Counts {
            jobs: 15,
            finished: 15,
            errored: 0,
            attempts: 16,
            judged: 13,
            lost: 1,
            broken: 1,
            void: 1,
            retried: 1,
        };
        assert_eq!(counts, expected);
        assert_eq!(counts.limit(), "It was the limit in 1 of 16 attempts.");
    }

    #[test]
    fn the_benchmark_is_as_near_its_limits_as_in_its_worst_run() {
        let mut record = right();
        let health = record.teams[1].jobs[2].health.as_mut().expect("one");
        health.busy_share = 0.04;
        health.supplies.ports = 3;
        health.supplies.ports_limit = 12;
        health.disturbance = Some("others".to_owned());

        let bench = Figures::of(&record).bench;

        assert_eq!((bench.runs, bench.disturbed), (15, 1));
        assert_eq!((bench.busy_share, bench.supplies_share), (0.04, 0.25));
    }
}
