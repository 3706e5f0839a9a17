//! Jobs that come to an end.

use isutori_protocol::{Verdict, contest::Outcome};

use crate::{
    portal::FakePortal,
    script::{BUILD, end_with, progress, report, result, wait_for},
    work::{SEED, Work, job},
};

fn assert_judged(portal: &FakePortal, number: i64, verdict: Verdict) {
    let known = portal.look();
    match known.outcome(number) {
        Some(Outcome::Judged { result }) => assert_eq!(result.verdict, verdict),
        other => panic!("{other:?}"),
    }
}

/// Why a job with this script is broken.
fn reason(script: &str) -> String {
    let portal = FakePortal::start();
    portal.look().waiting.push_back(job(1, script));
    let work = Work::begin(&portal, 1);
    portal.wait_until("the job ends", |known| known.outcome(1).is_some());
    work.drain();
    match portal.look().outcome(1) {
        Some(Outcome::Broken { reason }) => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_from_claim_to_finish() {
    let portal = FakePortal::start();
    let script = [
        "echo \"$@\" >$folder/staff.log",
        "echo one >$folder/contestant.log; echo ichi >$folder/contestant.ja.log",
        &report(0),
        "echo two >>$folder/contestant.log; printf last >>$folder/contestant.log",
        "echo '{}' >$folder/failures/001.json; echo half >$folder/report.html.partial",
        &report(1),
        &end_with(&result(Verdict::Pass, SEED)),
    ];
    portal.look().waiting.push_back(job(7, script.join("\n")));

    let work = Work::begin(&portal, 1);
    portal.wait_until("the job ends", |known| known.outcome(7).is_some());
    work.drain();

    assert_judged(&portal, 7, Verdict::Pass);
    let known = portal.look();
    let hello = &known.hellos[0];
    assert_eq!((&*hello.name, &*hello.build), ("worker-1", BUILD));
    assert_eq!(hello.zone.as_deref(), Some("east"));
    assert_eq!(known.log("en"), ["one", "two", "last"]);
    assert_eq!(known.log("ja"), ["ichi"]);
    let last = known.heartbeats.last().expect("a heartbeat");
    assert_eq!(last.progress, Some(progress(1)));
    let names: Vec<&str> = known.files.keys().map(|(_, name)| &**name).collect();
    let expected = [
        "contestant.ja.log",
        "contestant.log",
        "failures/001.json",
        "staff.log",
    ];
    assert_eq!(names, expected);
    let args = &known.files[&(7, "staff.log".to_owned())];
    let args = String::from_utf8_lossy(args);
    for part in [
        "bench run --json --progress=json --must-answer --runs=",
        "--seed=4711 --size=small --data-seed=3 --duration=60s --services=127.0.0.1:7000 --wait=0s",
        "--target=http://10.0.0.1 --target=http://10.0.0.2 --ca=contest.pem --note=",
    ] {
        assert!(args.contains(part), "{part} is not in {args}");
    }
}

#[test]
fn other_verdicts_are_verdicts_too() {
    let portal = FakePortal::start();
    for (number, verdict) in [(1, Verdict::Fail), (2, Verdict::Void)] {
        let script = end_with(&result(verdict, SEED));
        portal.look().waiting.push_back(job(number, script));
    }

    let work = Work::begin(&portal, 1);
    portal.wait_until("both end", |known| known.finishes.len() == 2);
    work.drain();

    assert_judged(&portal, 1, Verdict::Fail);
    assert_judged(&portal, 2, Verdict::Void);
}

#[test]
fn two_jobs_side_by_side() {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 2);
    // Each waits for the other.
    let script = |own: &str, other: &str| {
        let (own, other) = (work.path(own), work.path(other));
        let port = "echo \"$@\" | grep -o 'services=[^ ]*' | head -n 1 >$folder/port";
        let end = end_with(&result(Verdict::Pass, SEED));
        let (own, wait) = (own.display(), wait_for(&other));
        format!("{port}; touch '{own}'; {wait}; {end}")
    };
    let jobs = [(1, script("a", "b")), (2, script("b", "a"))];
    let jobs = jobs.map(|(number, script)| job(number, script));
    portal.look().waiting.extend(jobs);

    portal.wait_until("both end", |known| known.finishes.len() == 2);
    work.drain();

    assert_judged(&portal, 1, Verdict::Pass);
    assert_judged(&portal, 2, Verdict::Pass);
    let known = portal.look();
    let port =
        |number| String::from_utf8_lossy(&known.files[&(number, "port".into())]).into_owned();
    assert_eq!(port(1), "services=127.0.0.1:7000\n");
    assert_eq!(port(2), "services=127.0.0.1:7001\n");
}

#[test]
fn a_refused_file_does_not_matter() {
    let portal = FakePortal::start();
    let script = format!(
        "echo 1 >$folder/ledger; echo 2 >$folder/staff.log; {}",
        end_with(&result(Verdict::Pass, SEED))
    );
    portal.look().waiting.push_back(job(1, script));
    portal.look().unwanted_file = Some("ledger");

    let work = Work::begin(&portal, 1);
    portal.wait_until("the job ends", |known| known.outcome(1).is_some());

    assert_judged(&portal, 1, Verdict::Pass);
    let said = work.said();
    assert!(said.contains("does not take ledger: too much"), "{said}");
    let names: Vec<_> = portal.look().files.keys().cloned().collect();
    assert_eq!(names, [(1, "staff.log".to_owned())]);
}

#[test]
fn garbage_is_no_verdict() {
    let reason = reason("echo PASS; echo the disk is full >&2");
    assert!(reason.contains("ended with exit status: 0"), "{reason}");
    assert!(reason.contains("cannot be read"), "{reason}");
    assert!(reason.ends_with("\nthe disk is full"), "{reason}");
}

#[test]
fn a_benchmark_that_cannot_work_is_broken() {
    let script = format!("{}; echo isutori: cannot reach it >&2; exit 2", report(0));
    assert_eq!(
        reason(&script),
        "the benchmark ended with exit status: 2\nisutori: cannot reach it"
    );
}

#[test]
fn a_benchmark_that_is_killed_is_broken() {
    let reason = reason("kill -9 $$");
    assert!(reason.contains("signal: 9"), "{reason}");
}

#[test]
fn a_result_of_something_else_is_broken() {
    let seed = reason(&end_with(&result(Verdict::Pass, 1)));
    assert_eq!(seed, "the result is of seed 1, not 4711");

    let mut other = result(Verdict::Pass, SEED);
    other.build = "0".to_owned();
    let build = reason(&end_with(&other));
    assert!(build.contains("start the worker again"), "{build}");

    let failed = end_with(&result(Verdict::Fail, SEED));
    let code = reason(&format!("({failed}); exit 0"));
    assert!(code.ends_with("but its result says FAIL"), "{code}");
}
