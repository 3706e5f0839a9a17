//! `isutori worker`, between a portal that is played and the real benchmark.

use isutori_protocol::{
    Verdict,
    contest::{Assignment, Finish, Hello, Lease, Outcome, Pulse, Refusal, Welcome},
};
use nix::sys::signal::Signal;
use serde_json::json;

use crate::{
    place::Place,
    portal::FakePortal,
    running::Running,
    site::{answer_everybody, closed_port},
};

const HELLO: &str = "POST /api/worker/hello";
const CLAIM: &str = "POST /api/worker/claim";
const FINISH: &str = "POST /api/worker/finish";

fn portal(build: Option<&str>) -> FakePortal {
    let portal = FakePortal::start();
    let welcome = Welcome {
        worker: 1,
        build: build.map(str::to_owned),
        lease_seconds: 60,
        poll_seconds: 1,
    };
    portal
        .answer(HELLO, 200, &welcome)
        .answer("POST /api/worker/heartbeat", 200, &Pulse::default())
        .answer(FINISH, 204, &());
    portal
}

/// A job at a site, given away once.
fn give(portal: &FakePortal, target: &str) {
    let assignment = Assignment {
        lease: Lease { job: 5, attempt: 1 },
        team: "Chairs".to_owned(),
        targets: vec![target.to_owned()],
        seed: 4711,
        size: "small".to_owned(),
        data_seed: 3,
        load_seconds: 1,
        wait_seconds: 0,
        time_limit_seconds: 600,
        memory_limit_mib: 4096,
        note: Some("--help".to_owned()),
        verifies: None,
    };
    portal
        .answer(CLAIM, 200, &assignment)
        .answer(CLAIM, 204, &());
    for name in [
        "contestant.ja.log",
        "contestant.log",
        "failures/001.json",
        "report.html",
        "result.json",
        "staff.log",
    ] {
        portal.answer(&format!("PUT /api/worker/files/5/1/{name}"), 204, &());
    }
}

fn start(place: &Place, portal: &str) -> Running {
    place.start(&[
        "worker", "run", "--portal", portal, "--token", "t", "--name", "w",
    ])
}

/// How the one job ended.
fn outcome(portal: &FakePortal) -> Outcome {
    let finish = &portal.asked(FINISH)[0];
    let finish: Finish = serde_json::from_slice(&finish.body).expect("JSON");
    finish.outcome
}

#[test]
fn a_site_is_judged_by_the_real_benchmark() {
    let (place, portal) = (Place::new(), portal(None));
    let site = answer_everybody("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    give(&portal, &site);

    let mut worker = start(&place, portal.url());
    worker.wait_for_line("job 5.1: FAIL, score 0");
    worker.signal(Signal::SIGTERM);
    place.finish(worker).expect_code(0);

    let Outcome::Judged { result } = outcome(&portal) else {
        panic!("{:?}", outcome(&portal));
    };
    assert_eq!(result.verdict, Verdict::Fail);
    assert_eq!(result.seed, 4711);
    assert_eq!(result.note.as_deref(), Some("--help"));
    let hello: Hello = serde_json::from_slice(&portal.asked(HELLO)[0].body).expect("JSON");
    assert_eq!(hello.build, result.build);
    assert_eq!(hello.concurrency, 1);
    let files = portal.asked("PUT /api/worker/files/5/1/");
    assert!(files.iter().any(|file| file.what.contains("/result.json")));
    let beats = portal.asked("POST /api/worker/heartbeat");
    let told = beats.iter().map(|beat| String::from_utf8_lossy(&beat.body));
    assert!(told.clone().any(|beat| beat.contains("\"phase\":\"done\"")));
    assert!(told.clone().any(|beat| beat.contains("初期化")));
}

#[test]
fn a_site_that_is_not_there_fails() {
    let (place, portal) = (Place::new(), portal(None));
    give(&portal, &closed_port());

    let mut worker = start(&place, portal.url());
    worker.wait_for_line("job 5.1: FAIL, score 0");
    worker.signal(Signal::SIGINT);
    place.finish(worker).expect_code(0);

    let Outcome::Judged { result } = outcome(&portal) else {
        panic!("{:?}", outcome(&portal));
    };
    assert_eq!((result.verdict, result.score), (Verdict::Fail, 0));
    let reason = &result.reasons[0];
    assert!(
        reason.contains("initialize: ") && reason.contains("Connection refused"),
        "{reason}"
    );
}

#[test]
fn the_first_signal_drains_and_the_second_stops() {
    let (place, portal) = (Place::new(), portal(None));
    // A site that takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    give(
        &portal,
        &format!("http://{}", silent.local_addr().expect("an address")),
    );

    let mut worker = start(&place, portal.url());
    worker.wait_for_line("job 5.1: begins for Chairs");
    worker.signal(Signal::SIGINT);
    worker.wait_for_line("takes no more jobs; 1 still running");
    worker.signal(Signal::SIGINT);
    place.finish(worker).expect_code(0);

    assert_eq!(outcome(&portal), Outcome::Stopped);
}

/// The test's place looks for what is left of the worker.
#[test]
#[cfg(target_os = "linux")]
fn a_killed_worker_leaves_no_benchmark() {
    let (place, portal) = (Place::new(), portal(None));
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    give(
        &portal,
        &format!("http://{}", silent.local_addr().expect("an address")),
    );

    let mut worker = start(&place, portal.url());
    worker.wait_for_line("job 5.1: begins for Chairs");
    silent.accept().expect("the benchmark comes");
    worker.signal(Signal::SIGKILL);

    assert_eq!(place.finish(worker).code, None);
}

#[test]
fn a_portal_that_is_away_is_waited_for() {
    let (place, portal) = (Place::new(), closed_port());

    let mut worker = start(&place, &portal);
    worker.wait_for_line(&format!(
        "cannot reach the portal {portal}: Connection refused"
    ));
    worker.signal(Signal::SIGTERM);

    place.finish(worker).expect_code(0);
}

#[test]
fn a_contest_of_another_build() {
    let (place, portal) = (Place::new(), portal(Some("0123")));

    let said = place
        .finish(start(&place, portal.url()))
        .expect_code(2)
        .stderr;

    assert!(said.contains("but the contest is pinned to 0123"), "{said}");
    assert!(said.contains("install the isutori of that build"), "{said}");
}

#[test]
fn a_worker_that_is_not_wanted() {
    let (place, portal) = (Place::new(), FakePortal::start());
    let error = "no worker has this token; make one with isutori portal".to_owned();
    portal.answer(HELLO, 401, &json!(Refusal { error }));

    let said = place
        .finish(start(&place, portal.url()))
        .expect_code(2)
        .stderr;

    assert!(
        said.contains("does not take this worker: no worker has this token"),
        "{said}"
    );
}
