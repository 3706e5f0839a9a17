//! Coming back to a run that is over: replay and verify.

use isutori_dataset::{Dataset, Size};
use isutori_protocol::{RunResult, sample};
use serde_json::json;

use crate::{
    place::Place,
    site::{answer_everybody, closed_port},
};

const BROKEN: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

/// Writes the folder of a run whose site is not there, on data as it is made today.
fn write_run(place: &Place) {
    let result = RunResult {
        target: closed_port(),
        dataset: Dataset::new(1, Size::Small).label(),
        ..sample::failed()
    };
    place.write("run/result.json", json!(result).to_string());
}

fn write_failure(place: &Place, phase: &str) {
    let mut failure = json!(sample::kept_failure());
    failure["phase"] = json!(phase);
    place.write("run/failures/001.json", failure.to_string());
}

#[test]
fn a_failure_happens_again_or_not() {
    let place = Place::new();
    let broken = answer_everybody(BROKEN);
    place.run(&["bench", "run", "--target", &broken]);
    let run = place.runs()[0].display().to_string();

    let again = place.run(&["bench", "replay", &run]).expect_code(1);

    let said = &again.stdout;
    assert!(
        said.starts_with("failure 1: wrong: POST /initialize"),
        "{said}"
    );
    assert!(
        said.contains("It happened again, and just the same."),
        "{said}"
    );
    let warned = format!("POST /initialize puts the initial data back at {broken}");
    assert!(again.stderr.contains(&warned), "{}", again.stderr);

    let other = answer_everybody("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let args = ["bench", "replay", &run, "--target", &other, "--json"];
    let other = place.run(&args).expect_code(1).json();
    assert_eq!(other["outcome"], "other");
    assert_eq!(other["recorded"]["code"], "http.status");
    assert_eq!(other["now"]["code"], "initialize.answer");
    let differences = other["differences"].as_array().expect("a list");
    let status = json!({ "what": "status", "recorded": "500", "now": "200" });
    assert!(differences.contains(&status), "{differences:?}");
}

#[test]
fn a_site_that_is_not_there() {
    let place = Place::new();
    write_run(&place);
    write_failure(&place, "load");
    place.write("run/ledger", "{\"version\":2}\n");

    for command in ["replay", "verify"] {
        let told = place.run(&["bench", command, "run"]).expect_code(2);
        let said = told.stderr;
        assert!(said.contains("Connection refused"), "{said}");
        assert!(said.contains("start the site"), "{said}");
    }
}

#[test]
fn a_run_folder_without_what_is_needed() {
    let place = Place::new();
    let refuse = |command: &str, words: &[&str]| {
        place.refuse(place.isutori(&["bench", command, "run"]), words);
    };
    for command in ["replay", "verify"] {
        refuse(command, &["cannot read the run folder run", "No such file"]);
    }

    write_run(&place);
    refuse(
        "verify",
        &["the run has no ledger", "ended before its load"],
    );
    refuse("replay", &["cannot read failure 1 of the run", "it kept 2"]);

    let older = r#"{"kind":"signup","name":"aoi","nickname":"A","password":"p"}"#;
    place.write("run/ledger", older);
    refuse("verify", &["the ledger was written by an older isutori"]);
    place.write("run/ledger", "{\"version\":2}\n{");
    refuse("verify", &["line 2 of the ledger is damaged"]);

    write_failure(&place, "final-check");
    refuse(
        "replay",
        &["found by the final check", "isutori bench verify"],
    );
    place.write("run/failures/001.json", r#"{"version": 999}"#);
    refuse("replay", &["001.json has version 999, newer"]);

    let mut result = json!(sample::failed());
    for unknown in [json!("small-1-v999"), json!("")] {
        result["dataset"] = unknown;
        place.write("run/result.json", result.to_string());
        refuse("verify", &["made by another version of isutori"]);
    }
}
