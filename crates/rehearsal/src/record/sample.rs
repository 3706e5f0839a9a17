//! A rehearsal in which all went as it must, for tests.

use isutori_protocol::{
    Verdict,
    contest::{Job, JobKind, JobState, Measurement, TeamStep},
    sample,
};

use super::{
    Attempt, Board, Change, Happened, IncidentRecord, JobRecord, Place, Record, TeamRecord,
};
use crate::{Millis, contest::Schedule, plan::Incident, skill::Skill};

/// The leaderboard freezes then.
const FREEZE: Millis = 400_000;

/// A run of a team: half a minute in the queue, and as long with the worker.
pub(crate) fn run(id: i64, from: Millis, verdict: Verdict, score: u64) -> JobRecord {
    let job = Job {
        id,
        kind: JobKind::Run,
        state: JobState::Finished,
        ahead: None,
        expected_wait_seconds: None,
        attempt: 1,
        note: None,
        commit: None,
        targets: Vec::new(),
        enqueued_at: from,
        started_at: Some(from + 30_000),
        finished_at: Some(from + 60_000),
        progress: None,
        verdict: Some(verdict),
        score: Some(score),
        seed: Some(1),
        reason: None,
    };
    JobRecord::new(job, true, Some(sample::passed()))
}

pub(crate) fn attempt(job: &JobRecord) -> Attempt {
    Attempt {
        job: job.job.id,
        attempt: job.job.attempt,
        worker: "worker1".to_owned(),
        began_at: job.job.started_at.unwrap_or_default(),
        ended_at: job.job.finished_at,
        outcome: "judged".to_owned(),
        reason: String::new(),
    }
}

/// A team with a run before its change, and two after it, one of them after the freeze.
fn team(index: usize, skill: Skill, (before, after): (u64, u64), last: u64) -> TeamRecord {
    let id = index as i64 * 10;
    // One worker serves them in turn.
    let turn = (index as Millis - 1) * 30_000;
    let verdict = skill.expected();
    let verdict_in_the_end = skill.expected_in_the_end();
    TeamRecord {
        name: format!("team{index}"),
        skill,
        changes: vec![Change {
            is_skill: true,
            began_at: 190_000,
            ended_at: 195_000,
        }],
        jobs: vec![
            run(id + 1, turn, Verdict::Pass, before),
            run(id + 2, 200_000 + turn, verdict, after),
            run(id + 3, 470_000 + turn, verdict, last),
        ],
        measurement: Some(Measurement {
            id: 1,
            counts: true,
            step: TeamStep::Over,
            since: 900_000,
            hosts: Vec::new(),
            run: None,
            verify: None,
            verdict: Some(verdict_in_the_end),
            score: Some(match verdict_in_the_end {
                Verdict::Pass => last + 1,
                _ => 0,
            }),
            reason: None,
        }),
    }
}

pub(crate) fn board(is_frozen: bool, places: &[(usize, u64)]) -> Board {
    let places = places.iter().zip(1..).map(|((index, score), place)| Place {
        place: Some(place),
        team: *index as i64,
        name: format!("team{index}"),
        score: Some(*score),
        is_excluded: false,
    });
    Board {
        is_frozen,
        teams: places.collect(),
    }
}

/// A rehearsal in which all went as it must.
pub(crate) fn right() -> Record {
    let teams = vec![
        team(1, Skill::Untouched, (1000, 1100), 1050),
        team(2, Skill::Tuned, (1010, 2000), 2100),
        team(3, Skill::Broken, (990, 0), 0),
        team(4, Skill::DeadHost, (1020, 0), 0),
        team(5, Skill::FailsAfterReboot, (980, 970), 1090),
    ];
    let jobs = teams.iter().flat_map(|team| &team.jobs);
    let mut attempts: Vec<Attempt> = jobs.map(attempt).collect();
    // The first attempt at one job was lost.
    attempts[0].attempt = 2;
    attempts.insert(
        0,
        Attempt {
            attempt: 1,
            outcome: "lost".to_owned(),
            ..attempts[0].clone()
        },
    );
    let incident = |incident, happened| IncidentRecord {
        incident,
        began_at: 20_000,
        ended_at: 40_000,
        happened,
    };
    Record {
        seed: 1,
        schedule: Schedule {
            starts_at: 0,
            freezes_at: FREEZE,
            ends_at: 600_000,
            rule: "last".to_owned(),
        },
        workers: 2,
        load_seconds: 20,
        frozen_board: board(true, &[(2, 2000), (1, 1100), (5, 970), (3, 0), (4, 0)]),
        released_board: board(false, &[(2, 2101), (1, 1051), (3, 0), (4, 0), (5, 0)]),
        ended_at: 1_000_000,
        incidents: vec![
            incident(
                Incident::Rush { requests: 10 },
                Happened::Rushed {
                    accepted: vec![1, 0, 0, 1, 0],
                    refused: 48,
                    failures: Vec::new(),
                },
            ),
            incident(
                Incident::WorkerDies {
                    worker: 0,
                    away_seconds: 10,
                },
                Happened::Died {
                    worker: "worker1".to_owned(),
                    job: 11,
                    attempt: 1,
                },
            ),
        ],
        attempts,
        teams,
    }
}
