//! What becomes of a job whose worker dies, breaks, is cancelled, or comes to a verdict.

use std::time::Duration;

use isutori_protocol::{
    Phase, Progress, RunResult, Verdict,
    contest::{Heartbeat, JobState, Lease, Log, LogLine, Outcome, Pulse, TeamStatus},
};
use reqwest::{Method, StatusCode};

use crate::{
    app::{Portal, broken, judged},
    on_both_stores,
};

on_both_stores!(
    a_run_is_followed_from_the_queue_to_its_result,
    a_worker_that_dies_loses_the_job_to_another,
    a_job_is_given_up_after_its_third_fault,
    a_job_of_a_worker_that_stops_is_the_next_and_costs_nothing,
    a_void_run_is_made_again_twice,
    a_job_that_waits_is_cancelled_at_once,
    a_job_that_runs_is_cancelled_by_its_worker,
    a_worker_may_say_twice_that_it_has_finished,
    a_result_of_another_seed_is_a_fault,
);

/// Longer than any lease.
const LONG: Duration = Duration::from_secs(120);

async fn a_run_is_followed_from_the_queue_to_its_result(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let job = team.enqueue().await.id;
    let assignment = worker.claim().await.expect("a job");
    let line = |sequence, language: &str, text: &str| LogLine {
        sequence,
        language: language.to_owned(),
        text: text.to_owned(),
    };
    let progress = |sequence, score| Progress {
        sequence,
        phase: Phase::Load,
        seconds_left: 30.0,
        people: 10,
        requests_per_second: 20.0,
        score,
        errors: 0,
    };
    let beat = async |progress, log| {
        let heartbeat = Heartbeat {
            lease: assignment.lease,
            progress: Some(progress),
            log,
        };
        let request = worker.ask(Method::POST, "/api/worker/heartbeat");
        let answer = request.json(&heartbeat).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Pulse>().await.expect("a pulse")
    };
    let lines = vec![line(0, "en", "it begins"), line(0, "ja", "始まる")];
    assert!(!beat(progress(4, 40), lines).await.cancel);
    // What was sent twice or too late changes nothing.
    let lines = vec![line(0, "en", "again"), line(1, "en", "it goes on")];
    beat(progress(3, 30), lines).await;

    let seen = team.job(job).await;
    assert_eq!(seen.progress.map(|progress| progress.score), Some(40));
    let log = async |query: &str| {
        let path = format!("/api/team/jobs/{job}/log{query}");
        let answer = team.ask(Method::GET, &path).send().await.expect("a log");
        let log: Log = answer.json().await.expect("a log");
        let lines = log.lines.into_iter().map(|line| line.text);
        lines.collect::<Vec<_>>()
    };
    assert_eq!(log("").await, ["it begins", "it goes on"]);
    assert_eq!(log("?after=0&language=en").await, ["it goes on"]);
    assert_eq!(log("?language=ja").await, ["始まる"]);

    let path = |name: &str| format!("/api/worker/files/{job}/1/{name}");
    let put = async |name: &str| {
        let request = worker.ask(Method::PUT, &path(name));
        let request = request
            .header("content-encoding", "gzip")
            .body("compressed");
        request.send().await.expect("an answer").status()
    };
    assert_eq!(put("failures/1.json").await, StatusCode::NO_CONTENT);
    assert_eq!(put("report.html").await, StatusCode::NO_CONTENT);
    assert_eq!(put(".hidden").await, StatusCode::BAD_REQUEST);
    let outcome = judged(&assignment, Verdict::Pass, 777);
    let status = worker.finish(assignment.lease, outcome).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(put("late.json").await, StatusCode::CONFLICT);

    let seen = team.job(job).await;
    assert_eq!(seen.state, JobState::Finished);
    assert_eq!((seen.verdict, seen.score), (Some(Verdict::Pass), Some(777)));
    assert_eq!(seen.seed, Some(assignment.seed));
    let answer = team.ask(Method::GET, &format!("/api/team/jobs/{job}/result"));
    let answer = answer.send().await.expect("a result");
    let result: RunResult = answer.json().await.expect("a result");
    assert_eq!(result.score, 777);
    let answer = team.ask(Method::GET, "/api/team").send().await;
    let status: TeamStatus = answer.expect("a status").json().await.expect("a status");
    assert_eq!(status.score, Some(777));
    assert_eq!(status.jobs.len(), 1);
}

async fn a_worker_that_dies_loses_the_job_to_another(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let dead = portal.worker("dead").await;
    let alive = portal.worker("alive").await;
    let first = dead.claim().await.expect("a job");
    assert_eq!(alive.claim().await, None);

    portal.wait(LONG);
    let second = alive.claim().await.expect("the job of the dead");
    assert_eq!(second.lease, Lease { job, attempt: 2 });
    assert_ne!(second.seed, first.seed);

    // The first was not dead: nothing that it says counts.
    let answer = dead.heartbeat(first.lease).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let outcome = judged(&first, Verdict::Pass, 1);
    assert_eq!(
        dead.finish(first.lease, outcome).await,
        StatusCode::CONFLICT
    );
    let outcome = judged(&second, Verdict::Pass, 2);
    let status = alive.finish(second.lease, outcome).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(team.job(job).await.score, Some(2));
}

async fn a_job_is_given_up_after_its_third_fault(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let worker = portal.worker("w").await;
    for attempt in 1..=3 {
        let assignment = worker.claim().await.expect("a job");
        assert_eq!(assignment.lease.attempt, attempt);
        assert_eq!(
            team.try_to_enqueue(&Default::default()).await.status(),
            StatusCode::CONFLICT
        );
        let status = worker.finish(assignment.lease, broken()).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        // What broke a moment ago would break again.
        assert_eq!(worker.claim().await, None);
        portal.wait(Duration::from_secs(11));
    }
    assert_eq!(worker.claim().await, None);
    let seen = team.job(job).await;
    assert_eq!(seen.state, JobState::Errored);
    assert_eq!(seen.reason.as_deref(), Some("no disk"));
    assert_eq!((seen.verdict, seen.score), (None, None));
    // It cost the team nothing.
    team.enqueue().await;
}

async fn a_job_of_a_worker_that_stops_is_the_next_and_costs_nothing(portal: Portal) {
    let (first, second) = (portal.team("first").await, portal.team("second").await);
    let job = first.enqueue().await.id;
    second.enqueue().await;
    let worker = portal.worker("w").await;
    // More often than faults are endured.
    for attempt in 1..=4 {
        let assignment = worker.claim().await.expect("a job");
        assert_eq!(assignment.lease, Lease { job, attempt });
        let told = worker.finish(assignment.lease, Outcome::Stopped).await;
        assert_eq!(told, StatusCode::NO_CONTENT);
        assert_eq!(first.job(job).await.state, JobState::Waiting);
    }

    let assignment = worker.claim().await.expect("a job");
    first.cancel(job).await;
    worker.finish(assignment.lease, Outcome::Stopped).await;
    assert_eq!(first.job(job).await.state, JobState::Cancelled);
}

async fn a_void_run_is_made_again_twice(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let worker = portal.worker("w").await;
    for _ in 1..=2 {
        worker.judge(Verdict::Void, 0).await;
        let seen = team.job(job).await;
        assert_eq!((seen.state, seen.verdict), (JobState::Waiting, None));
        assert!(seen.reason.expect("a reason").starts_with("void"));
    }
    worker.judge(Verdict::Void, 0).await;
    let seen = team.job(job).await;
    assert_eq!(seen.state, JobState::Finished);
    assert_eq!(seen.verdict, Some(Verdict::Void));
}

async fn a_job_that_waits_is_cancelled_at_once(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    assert_eq!(team.cancel(job).await.state, JobState::Cancelled);
    assert_eq!(portal.worker("w").await.claim().await, None);
    team.enqueue().await;
}

async fn a_job_that_runs_is_cancelled_by_its_worker(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let worker = portal.worker("w").await;
    let assignment = worker.claim().await.expect("a job");
    assert_eq!(team.cancel(job).await.state, JobState::Running);
    let answer = worker.heartbeat(assignment.lease).await;
    assert!(answer.json::<Pulse>().await.expect("a pulse").cancel);
    let status = worker.finish(assignment.lease, Outcome::Cancelled).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(team.job(job).await.state, JobState::Cancelled);

    // A worker that dies meanwhile does not bring it back.
    let job = team.enqueue().await.id;
    worker.claim().await.expect("a job");
    team.cancel(job).await;
    portal.wait(LONG);
    assert_eq!(worker.claim().await, None);
    assert_eq!(team.job(job).await.state, JobState::Cancelled);
}

async fn a_worker_may_say_twice_that_it_has_finished(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let worker = portal.worker("w").await;
    let assignment = worker.judge(Verdict::Pass, 5).await;
    let outcome = judged(&assignment, Verdict::Pass, 6);
    let status = worker.finish(assignment.lease, outcome).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(team.job(job).await.score, Some(5));
}

async fn a_result_of_another_seed_is_a_fault(portal: Portal) {
    let team = portal.team("chairs").await;
    let job = team.enqueue().await.id;
    let worker = portal.worker("w").await;
    let mut assignment = worker.claim().await.expect("a job");
    assignment.seed += 1;
    let outcome = judged(&assignment, Verdict::Pass, 1_000_000);
    worker.finish(assignment.lease, outcome).await;
    let seen = team.job(job).await;
    assert_eq!((seen.state, seen.score), (JobState::Waiting, None));
}
