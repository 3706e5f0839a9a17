//! Hosts, workers and the passing of time in a measurement.

use std::time::Duration;

use isutori_portal::{
    judged::Judged,
    measurement::{self, Plan, Reason, TeamRecord},
    standings::{Eyes, standings},
};
use isutori_protocol::{
    Finding, Verdict, Verified,
    contest::{HostStep, Lease, Outcome, TeamStep},
};
use reqwest::{Method, StatusCode};
use tokio::task::JoinSet;

use crate::app::{Portal, TeamCaller, WorkerCaller, judged};

pub const ALL: Plan = Plan {
    counts: true,
    checks: true,
    reboots: true,
    reboots_again: false,
    deadline_seconds: 600,
};

/// Longer than the deadline.
pub const LATE: Duration = Duration::from_secs(601);

/// A contest whose hosts are rebooted by a line of shell, with the host's name as `$1`.
pub async fn command(portal: &Portal, script: &str) {
    let mut contest = portal.contest();
    let words = ["sh", "-c", script, "reboot", "{host} of {team}"];
    contest.final_measurement.reboot = words.map(str::to_owned).into();
    portal.set_up(contest).await;
}

pub async fn begin(portal: &Portal, plan: Plan, teams: &[&TeamCaller<'_>]) -> i64 {
    let teams: Vec<i64> = teams.iter().map(|team| team.id).collect();
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let begun = measurement::begin(&mut connection, &plan, &teams, "staff", now).await;
    begun.expect("a measurement")
}

/// Takes all steps that can be taken, and lets all reboots end that were commanded.
pub async fn drive(portal: &Portal) {
    let mut reboots = JoinSet::new();
    for _ in 0..3 {
        let driven = measurement::drive(&portal.state, &mut reboots).await;
        driven.expect("a database");
        while reboots.join_next().await.is_some() {}
    }
}

pub async fn record(portal: &Portal, team: &TeamCaller<'_>) -> TeamRecord {
    let mut connection = portal.state.connection().await.expect("a connection");
    let last = measurement::of_team(&mut connection, team.id).await;
    last.expect("a database").expect("a measurement").1
}

/// How a team that is over has ended.
pub async fn end(portal: &Portal, team: &TeamCaller<'_>) -> (Option<Verdict>, Option<u64>, Reason) {
    let record = record(portal, team).await;
    assert_eq!(record.step, TeamStep::Over);
    (
        record.verdict,
        record.score,
        record.reason.expect("a reason"),
    )
}

pub async fn host_step(portal: &Portal, team: &TeamCaller<'_>) -> HostStep {
    let record = record(portal, team).await;
    record.hosts.last().expect("a host").step().expect("a step")
}

pub async fn final_score(portal: &Portal, team: &TeamCaller<'_>) -> Option<u64> {
    score_for(portal, team, Eyes::Staff).await
}

pub async fn score_for(portal: &Portal, team: &TeamCaller<'_>, eyes: Eyes) -> Option<u64> {
    let current = portal.state.contest().await.expect("a contest");
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let judged = Judged::read(&mut connection, now).await;
    let board = standings(&judged.expect("a database"), &current, eyes, now);
    let teams = board.teams.into_iter();
    { teams }.find(|one| one.team == team.id)?.score
}

pub fn verified(lost: Option<&str>) -> Outcome {
    let finding = |sentence: &str| Finding {
        class: "critical".to_owned(),
        code: "entry.lost".to_owned(),
        sentence: sentence.to_owned(),
    };
    Outcome::Verified {
        verified: Verified {
            targets: Vec::new(),
            acknowledged: 9,
            looked_for: 9,
            lost: lost.map(finding).into_iter().collect(),
            broke_off: None,
        },
    }
}

/// Claims the job of the run, hands in what it takes to verify it, and ends it so.
pub async fn make_run(worker: &WorkerCaller<'_>, verdict: Verdict, score: u64) -> i64 {
    let assignment = worker.claim().await.expect("a job");
    let Lease { job, attempt } = assignment.lease;
    for name in ["ledger", "result.json"] {
        let path = format!("/api/worker/files/{job}/{attempt}/{name}");
        let put = worker.ask(Method::PUT, &path);
        let put = put
            .header("content-encoding", "gzip")
            .body(format!("zipped {name}"));
        let answer = put.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }
    let outcome = judged(&assignment, verdict, score);
    let status = worker.finish(assignment.lease, outcome).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    job
}

pub async fn verify(worker: &WorkerCaller<'_>, outcome: Outcome) {
    let assignment = worker.claim().await.expect("a job");
    assert!(assignment.verifies.is_some());
    let status = worker.finish(assignment.lease, outcome).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}
