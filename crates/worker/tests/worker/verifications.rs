//! Jobs that look for what a run has left.

use isutori_protocol::{
    Finding, Verified,
    contest::{Assignment, Outcome},
};

use crate::{
    portal::FakePortal,
    work::{Work, job},
};

fn finding(class: &str) -> Finding {
    Finding {
        class: class.to_owned(),
        code: "http.connect".to_owned(),
        sentence: "cannot connect".to_owned(),
    }
}

fn verified(broke_off: Option<Finding>) -> Verified {
    Verified {
        targets: Vec::new(),
        acknowledged: 9,
        looked_for: 3,
        lost: Vec::new(),
        broke_off,
    }
}

/// How a job ends that verifies a run with this ledger, which is what the benchmark does.
fn outcome(ledger: Option<&str>) -> Outcome {
    let portal = FakePortal::start();
    {
        let mut known = portal.look();
        let mut keep = |name: &str, content: &str| {
            known.files.insert((0, name.to_owned()), content.into());
        };
        keep("result.json", "{}");
        ledger.iter().for_each(|ledger| keep("ledger", ledger));
        known.waiting.push_back(Assignment {
            verifies: Some(0),
            wait_seconds: 7,
            ..job(1, "")
        });
    }
    let work = Work::begin(&portal, 1);
    portal.wait_until("the job ends", |known| known.outcome(1).is_some());
    work.drain();
    portal.look().outcome(1).expect("just seen").clone()
}

fn end_with(verified: &Verified, code: u8) -> String {
    let json = serde_json::to_string(verified).expect("JSON");
    format!("printf '%s' '{json}'; exit {code}")
}

#[test]
fn what_was_found_is_told_with_whatever_code_it_ends() {
    let gone = verified(Some(finding("wrong")));
    for (found, code) in [(verified(None), 0), (verified(None), 1), (gone, 2)] {
        let told = outcome(Some(&end_with(&found, code)));
        assert_eq!(told, Outcome::Verified { verified: found });
    }
}

#[test]
fn the_run_the_hosts_and_the_wait_are_what_it_is_told() {
    let script = "[ -e \"$folder/result.json\" ] && echo \"$@\" >&2; exit 2";
    let Outcome::Broken { reason } = outcome(Some(script)) else {
        panic!("no output is no finding");
    };
    let words = "bench verify --json --wait=7s --target=http://10.0.0.1 --target=http://10.0.0.2";
    assert!(reason.contains(words), "{reason}");
}

#[test]
fn trouble_of_our_own_is_no_finding() {
    let broken = |ledger: Option<&str>| match outcome(ledger) {
        Outcome::Broken { reason } => reason,
        other => panic!("{other:?}"),
    };
    let own = end_with(&verified(Some(finding("system"))), 2);
    assert_eq!(broken(Some(&own)), "system: cannot connect [http.connect]");
    let missing = broken(None);
    assert!(missing.contains("the run has no such file"), "{missing}");
}
