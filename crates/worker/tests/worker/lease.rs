//! Jobs that are taken back or away, and portals and workers that go away.

use axum::http::StatusCode;
use isutori_protocol::{
    Verdict,
    contest::{Assignment, Outcome},
};
use isutori_worker::Shutdown;

use crate::{
    portal::FakePortal,
    script::{ENDLESS, end_with, result, wait_for},
    work::{SEED, Work, job, number_in, wait_until_gone},
};

/// A job whose benchmark has a child that has a child, whose number is in the file `process`.
fn endless(work: &Work, number: i64) -> Assignment {
    let file = work.path("process");
    let family = format!(
        "sh -c 'sleep 600 & echo $! >\"{}\"; wait' &",
        file.display()
    );
    job(number, format!("{family} wait"))
}

fn quick(number: i64) -> Assignment {
    job(number, end_with(&result(Verdict::Pass, SEED)))
}

#[test]
fn cancelling_ends_the_whole_group() {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 1);
    let assignment = endless(&work, 1);
    portal.look().waiting.push_back(assignment);
    let process = number_in(&work.path("process"));

    portal.look().cancel = true;

    portal.wait_until("the job ends", |known| known.outcome(1).is_some());
    assert_eq!(portal.look().outcome(1), Some(&Outcome::Cancelled));
    wait_until_gone(process);
    work.drain();
}

#[test]
fn a_lease_that_is_taken_away_ends_the_benchmark() {
    for status in [StatusCode::CONFLICT, StatusCode::NOT_FOUND] {
        let portal = FakePortal::start();
        let work = Work::begin(&portal, 1);
        let assignment = endless(&work, 1);
        portal.look().waiting.push_back(assignment);
        let process = number_in(&work.path("process"));

        portal.look().no_lease = Some(status);

        wait_until_gone(process);
        portal.look().no_lease = None;
        portal.look().waiting.push_back(quick(2));
        portal.wait_until("the next job ends", |known| known.outcome(2).is_some());
        assert_eq!(portal.look().outcome(1), None);
        let said = work.said();
        assert!(
            said.contains("job 1.1: given up: the portal has taken"),
            "{said}"
        );
        let folders = std::fs::read_dir(work.path("runs")).expect("a folder");
        assert_eq!(folders.count(), 2, "nothing is removed");
        work.drain();
    }
}

#[test]
fn a_portal_that_stays_away_ends_the_benchmark() {
    let mut portal = FakePortal::start();
    portal.look().lease_seconds = Some(1);
    let work = Work::begin(&portal, 1);
    let assignment = endless(&work, 1);
    portal.look().waiting.push_back(assignment);
    let process = number_in(&work.path("process"));

    portal.go_away();

    wait_until_gone(process);
    portal.look().waiting.push_back(quick(2));
    portal.come_back();
    portal.wait_until("the next job ends", |known| known.outcome(2).is_some());
    assert_eq!(portal.look().outcome(1), None);
    let said = work.said();
    assert!(said.contains("no heartbeat came through for 1 s"), "{said}");
    work.drain();
}

#[test]
fn nothing_is_lost_while_the_portal_restarts() {
    let mut portal = FakePortal::start();
    portal.look().lease_seconds = Some(120);
    let work = Work::begin(&portal, 1);
    let (begun, go) = (work.path("process"), work.path("go"));
    let script = format!(
        "echo before >$folder/contestant.log; echo $$ >'{}'; {}; echo after >>$folder/contestant.log; {}",
        begun.display(),
        wait_for(&go),
        end_with(&result(Verdict::Pass, SEED))
    );
    portal.look().waiting.push_back(job(1, script));
    let process = number_in(&begun);

    // It ends while nobody is there to hear of it.
    portal.go_away();
    std::fs::write(&go, "").expect("a file");
    wait_until_gone(process);
    portal.come_back();

    portal.wait_until("the job ends", |known| known.outcome(1).is_some());
    let known = portal.look();
    assert!(matches!(known.outcome(1), Some(Outcome::Judged { .. })));
    assert_eq!(known.finishes.len(), 1);
    assert_eq!(known.log("en"), ["before", "after"]);
    let log = &known.files[&(1, "contestant.log".to_owned())];
    assert_eq!(String::from_utf8_lossy(log), "before\nafter\n");
    drop(known);
    work.drain();
}

#[test]
fn a_worker_waits_for_its_portal() {
    let mut portal = FakePortal::start();
    portal.go_away();
    let work = Work::begin(&portal, 1);
    crate::portal::wait_until("it has tried", || work.said().contains("tries again in"));

    portal.look().waiting.push_back(quick(1));
    portal.come_back();

    portal.wait_until("the job ends", |known| known.outcome(1).is_some());
    work.drain();
}

#[test]
fn draining_finishes_what_runs_and_takes_no_more() {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 2);
    let (begun, go) = (work.path("process"), work.path("go"));
    let script = format!(
        "echo $$ >'{}'; {}; {}",
        begun.display(),
        wait_for(&go),
        end_with(&result(Verdict::Pass, SEED))
    );
    portal.look().waiting.push_back(job(1, script));
    number_in(&begun);

    work.ask(Shutdown::Drain);
    crate::portal::wait_until("it drains", || work.said().contains("takes no more jobs"));
    portal.look().waiting.push_back(quick(2));
    std::fs::write(&go, "").expect("a file");
    work.end().expect("a good end");

    let known = portal.look();
    assert!(matches!(known.outcome(1), Some(Outcome::Judged { .. })));
    assert_eq!(known.claimed.len(), 1);
}

#[test]
fn stopping_says_so_to_the_portal() {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 1);
    let assignment = endless(&work, 1);
    portal.look().waiting.push_back(assignment);
    let process = number_in(&work.path("process"));

    work.ask(Shutdown::Stop);
    work.end().expect("a good end");

    wait_until_gone(process);
    assert_eq!(portal.look().outcome(1), Some(&Outcome::Stopped));
}

#[test]
fn progress_is_told_while_the_benchmark_runs() {
    let portal = FakePortal::start();
    let script = format!("{}; {ENDLESS}", crate::script::report(5));
    portal.look().waiting.push_back(job(1, script));
    let work = Work::begin(&portal, 1);

    portal.wait_until("progress is told", |known| {
        let mut told = known
            .heartbeats
            .iter()
            .filter_map(|heart| heart.progress.as_ref());
        told.any(|progress| progress.sequence == 5)
    });

    work.ask(Shutdown::Stop);
    work.end().expect("a good end");
}
