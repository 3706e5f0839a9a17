//! `isutori team`, before a portal that is played.

use isutori_protocol::{
    RunResult, Verdict,
    contest::{Enqueue, Job, JobKind, JobState, Log, LogLine, Refusal, TeamStatus},
    sample,
};
use serde_json::json;

use crate::{
    place::{ISUTORI, Place},
    portal::FakePortal,
    running::{Outcome, Running},
    site::closed_port,
};

const JOBS: &str = "POST /api/team/jobs";
const TEAM: &str = "GET /api/team";

fn job(state: JobState) -> Job {
    Job {
        id: 12,
        kind: JobKind::Run,
        state,
        ahead: None,
        expected_wait_seconds: None,
        attempt: 1,
        note: None,
        commit: None,
        targets: Vec::new(),
        enqueued_at: 0,
        started_at: None,
        finished_at: None,
        progress: None,
        verdict: None,
        score: None,
        seed: None,
        reason: None,
    }
}

fn status(jobs: Vec<Job>) -> TeamStatus {
    TeamStatus {
        contest: "Autumn".to_owned(),
        team: "Chairs".to_owned(),
        now: 10_000,
        starts_at: 0,
        ends_at: 70_000,
        score: None,
        hosts: Vec::new(),
        jobs,
    }
}

fn refusal(error: &str) -> Refusal {
    Refusal {
        error: error.to_owned(),
    }
}

/// Runs `isutori team` for a team of this portal.
fn team(portal: &FakePortal, args: &[&str]) -> Outcome {
    let place = Place::new();
    let access = ["--portal", portal.url(), "--token", "secret"];
    let outcome = place.run(&[&["team"], args, &access].concat());
    assert_eq!(place.files().len(), 0);
    outcome
}

#[test]
fn status_is_told() {
    let portal = FakePortal::start();
    portal.answer(TEAM, 200, &status(vec![job(JobState::Running)]));

    let told = team(&portal, &["status"]).expect_code(0).stdout;

    assert!(
        told.starts_with("Autumn: Chairs, no score yet\nends in 60 s\n"),
        "{told}"
    );
    assert!(told.contains("12  running"), "{told}");
    let json = team(&portal, &["status", "--json"]).expect_code(0).json();
    assert_eq!(json["jobs"][0]["id"], 12);
    let asked = portal.asked(TEAM);
    assert_eq!(asked[0].token.as_deref(), Some("secret"));
}

#[test]
fn portal_and_token_come_from_the_environment() {
    let portal = FakePortal::start();
    portal.answer(TEAM, 200, &status(Vec::new()));
    let place = Place::new();
    let mut command = place.isutori(&["team", "status"]);
    command.env("ISUTORI_PORTAL", portal.url());
    command.env("ISUTORI_TOKEN", "secret");

    place.finish(Running::start(command)).expect_code(0);

    assert_eq!(portal.asked(TEAM)[0].token.as_deref(), Some("secret"));
}

#[test]
fn a_job_is_enqueued() {
    let portal = FakePortal::start();
    let waiting = Job {
        ahead: Some(2),
        ..job(JobState::Waiting)
    };
    portal.answer(JOBS, 201, &waiting);

    let args = [
        "enqueue", "--host", "a", "b", "--note", "n", "--commit", "c",
    ];
    let told = team(&portal, &args).expect_code(0).stdout;

    assert_eq!(told, "job 12 is waiting: 2 before it\n");
    let asked: Enqueue = serde_json::from_slice(&portal.asked(JOBS)[0].body).expect("JSON");
    let expected = Enqueue {
        hosts: vec!["a".to_owned(), "b".to_owned()],
        note: Some("n".to_owned()),
        commit: Some("c".to_owned()),
    };
    assert_eq!(asked, expected);
}

#[test]
fn a_job_under_way_is_no_new_job() {
    let portal = FakePortal::start();
    portal.answer(JOBS, 409, &job(JobState::Running));

    let said = team(&portal, &["enqueue", "--wait"]).expect_code(2).stderr;

    let words = "there is no new job, because job 12 is running; wait for its end, or take it back with isutori team cancel 12";
    assert!(said.contains(words), "{said}");
}

#[test]
fn refusals_are_told() {
    let portal = FakePortal::start();
    portal.answer(
        JOBS,
        422,
        &refusal("there is no host x; the hosts are a and b"),
    );

    let told = team(&portal, &["enqueue", "--host", "x"]).expect_code(2);

    assert_eq!(
        told.stderr,
        "isutori: there is no host x; the hosts are a and b\n"
    );
}

/// A portal whose job runs, and has this result at last.
fn portal_with(result: &RunResult) -> FakePortal {
    let portal = FakePortal::start();
    let finished = Job {
        verdict: Some(result.verdict),
        score: Some(result.score),
        ..job(JobState::Finished)
    };
    portal
        .answer(JOBS, 201, &job(JobState::Waiting))
        .answer(TEAM, 200, &status(vec![job(JobState::Finished)]))
        .answer("GET /api/team/jobs/12", 200, &job(JobState::Running))
        .answer("GET /api/team/jobs/12", 502, &())
        .answer("GET /api/team/jobs/12", 200, &finished)
        .answer("GET /api/team/jobs/12/result", 200, result);
    portal
}

#[test]
fn a_verdict_is_waited_for() {
    for (result, code) in [
        (sample::passed(), 0),
        (sample::failed(), 1),
        (sample::void(), 3),
    ] {
        let portal = portal_with(&result);

        let told = team(&portal, &["enqueue", "--wait"]).expect_code(code);

        let head = format!("job 12: {}", result.verdict.word());
        assert!(told.stdout.starts_with(&head), "{}", told.stdout);
        assert!(told.stderr.contains("job 12 is running"), "{}", told.stderr);
    }
}

#[test]
fn a_verdict_is_waited_for_by_a_program() {
    let portal = portal_with(&sample::failed());

    let told = team(&portal, &["enqueue", "--wait", "--json"])
        .expect_code(1)
        .json();

    assert_eq!(told["verdict"], json!(Verdict::Fail));
}

#[test]
fn a_job_without_a_verdict_is_waited_for() {
    let portal = FakePortal::start();
    let errored = Job {
        reason: Some("no worker could do it".to_owned()),
        ..job(JobState::Errored)
    };
    portal.answer(JOBS, 201, &job(JobState::Waiting)).answer(
        "GET /api/team/jobs/12",
        200,
        &errored,
    );

    let told = team(&portal, &["enqueue", "--wait"]).expect_code(2).stdout;

    assert_eq!(told, "job 12 could not be done: no worker could do it\n");
}

#[test]
fn results_are_shown_and_judged() {
    for (result, code) in [
        (sample::passed(), 0),
        (sample::failed(), 1),
        (sample::void(), 3),
    ] {
        let portal = portal_with(&result);

        // Of the newest job.
        let told = team(&portal, &["result"]).expect_code(code).stdout;
        let json = team(&portal, &["result", "12", "--json"])
            .expect_code(code)
            .json();

        assert!(told.starts_with("job 12: "), "{told}");
        assert_eq!(json, serde_json::to_value(&result).expect("JSON"));
    }
}

#[test]
fn there_may_be_no_job_or_no_result() {
    let portal = FakePortal::start();
    portal.answer(TEAM, 200, &status(Vec::new()));
    let said = team(&portal, &["result"]).expect_code(2).stderr;
    assert!(
        said.contains("Chairs has no job yet; ask for a run with"),
        "{said}"
    );

    let said = team(&portal, &["result", "7"]).expect_code(2).stderr;
    assert_eq!(said, "isutori: there is nothing\n");
}

#[test]
fn a_log_is_followed_to_its_end() {
    let portal = FakePortal::start();
    let line = |sequence, text: &str| LogLine {
        sequence,
        language: "en".to_owned(),
        text: text.to_owned(),
    };
    let log = |attempt, state, lines| Log {
        attempt,
        state,
        lines,
    };
    let path = "GET /api/team/jobs/12/log";
    let running = JobState::Running;
    portal
        .answer(path, 200, &log(1, running, vec![line(0, "lost")]))
        .answer(path, 200, &log(1, running, Vec::new()))
        .answer(path, 200, &log(2, running, Vec::new()))
        .answer(
            path,
            200,
            &log(2, running, vec![line(0, "one"), line(1, "two")]),
        )
        .answer(path, 200, &log(2, JobState::Finished, Vec::new()));

    let told = team(&portal, &["log", "12", "-f"]).expect_code(0);

    assert_eq!(told.stdout, "lost\none\ntwo\n");
    assert_eq!(told.stderr, "attempt 2 begins\n");
    let asked = portal.asked(path);
    let asked: Vec<&str> = asked.iter().map(|call| &call.what[path.len()..]).collect();
    let (start, from) = ("?language=en", |after| {
        format!("?language=en&after={after}")
    });
    assert_eq!(asked, [start, &from(0), &from(0), start, &from(1)]);
}

#[test]
fn a_log_is_read_by_a_program() {
    let portal = FakePortal::start();
    let path = "GET /api/team/jobs/12/log";
    let line = LogLine {
        sequence: 0,
        language: "ja".to_owned(),
        text: "椅子".to_owned(),
    };
    let log = |lines| Log {
        attempt: 1,
        state: JobState::Running,
        lines,
    };
    portal
        .answer(path, 200, &log(vec![line]))
        .answer(path, 200, &log(Vec::new()));

    let args = ["log", "12", "--language", "ja", "--json"];
    let told = team(&portal, &args).expect_code(0).json();

    assert_eq!(told["text"], "椅子");
    assert!(portal.asked(path)[0].what.contains("language=ja"));
}

#[test]
fn a_job_is_taken_back() {
    let portal = FakePortal::start();
    let path = "POST /api/team/jobs/12/cancel";
    portal
        .answer(TEAM, 200, &status(vec![job(JobState::Running)]))
        .answer(path, 200, &job(JobState::Running))
        .answer(path, 200, &job(JobState::Cancelled));

    let told = team(&portal, &["cancel"]).expect_code(0).stdout;
    assert_eq!(told, "job 12 is being stopped\n");
    let told = team(&portal, &["cancel", "12"]).expect_code(0).stdout;
    assert_eq!(told, "job 12 was cancelled\n");
}

#[test]
fn a_text_is_left_at_the_portal() {
    let portal = FakePortal::start();
    portal.answer(
        "POST /api/team/pastes",
        201,
        &json!({ "url": "http://p/pastes/x" }),
    );
    let place = Place::new();
    let mut shell = place.command("sh");
    let script = "printf 'SELECT 椅子' | \"$0\" team paste --portal \"$1\" --token t";
    shell.args(["-c", script, ISUTORI, portal.url()]);

    let told = place.finish(Running::start(shell)).expect_code(0).stdout;

    assert_eq!(told, "http://p/pastes/x\n");
    let asked = &portal.asked("POST /api/team/pastes")[0];
    assert_eq!(asked.body, "SELECT 椅子".as_bytes());
}

#[test]
fn nothing_is_no_text() {
    let portal = FakePortal::start();

    let said = team(&portal, &["paste"]).expect_code(2).stderr;

    assert!(
        said.contains("nothing came on standard input; give it a file"),
        "{said}"
    );
}

#[test]
fn a_portal_that_is_not_there() {
    let (place, portal) = (Place::new(), closed_port());
    let args = ["team", "status", "--portal", &portal, "--token", "secret"];
    let words = [
        &format!("cannot reach the portal {portal}"),
        "Connection refused",
        "look whether it runs",
    ];
    place.refuse(place.isutori(&args), &words);
}
