//! The page of a run, written anew.

use std::fs;

use isutori_protocol::{RunResult, sample};
use serde_json::json;

use crate::place::Place;

/// Writes the folder of a run as it is before its report.
fn write_run(place: &Place, name: &str, result: &RunResult) {
    let write = |file: &str, text: String| place.write(&format!("{name}/{file}"), text);
    let timeline = sample::timeline(result);
    let [result, timeline] = [json!(result), json!(timeline)].map(|value| value.to_string());
    write("result.json", result);
    write("timeline.json", timeline);
}

#[test]
fn a_report_is_written_into_the_run_folder() {
    let place = Place::new();
    write_run(&place, "run", &sample::full());

    let told = place.run(&["bench", "report", "run"]).expect_code(0);

    assert_eq!(told.stdout, "run/report.html\n");
    let page = fs::read_to_string(place.path("run/report.html")).expect("a page");
    assert!(page.contains("10,740") && page.contains("<svg"), "{page}");
    assert!(!page.contains("Since the earlier run"), "{page}");
    assert!(!place.path("run/report.html.partial").exists());
}

#[test]
fn a_report_compares_with_an_earlier_run() {
    let place = Place::new();
    write_run(&place, "run", &sample::full());
    write_run(&place, "earlier", &sample::passed());
    let args = ["bench", "report", "run", "--before", "earlier"];

    let told = place.run(&[&args[..], &["--json"]].concat()).expect_code(0);

    assert_eq!(told.json(), json!({ "report": "run/report.html" }));
    let page = fs::read_to_string(place.path("run/report.html")).expect("a page");
    assert!(
        page.contains("before PASS 12,345, now PASS 10,740"),
        "{page}"
    );
    assert!(!place.path("earlier/report.html").exists());
}

#[test]
fn a_run_of_an_older_version_has_no_timeline() {
    let place = Place::new();
    place.write("run/result.json", json!(sample::failed()).to_string());

    place.run(&["bench", "report", "run"]).expect_code(0);

    let page = fs::read_to_string(place.path("run/report.html")).expect("a page");
    assert!(
        page.contains("2 critical failures during the load"),
        "{page}"
    );
}

#[test]
fn folders_that_hold_no_run_are_refused() {
    let place = Place::new();
    write_run(&place, "run", &sample::passed());
    let words = ["cannot read the run folder nowhere", "No such file"];
    place.refuse(place.isutori(&["bench", "report", "nowhere"]), &words);
    let args = ["bench", "report", "run", "--before", "nowhere"];
    place.refuse(place.isutori(&args), &words);
}

#[test]
fn a_timeline_that_cannot_be_read_is_refused() {
    let place = Place::new();
    write_run(&place, "run", &sample::passed());
    place.write("run/timeline.json", r#"{"version": 999}"#);
    let words = ["timeline.json has version 999, newer than this isutori"];
    place.refuse(place.isutori(&["bench", "report", "run"]), &words);
}
