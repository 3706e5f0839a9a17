//! Two runs side by side.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::place::Place;

/// Writes the folder of a run with this score.
fn write_run(place: &Place, name: &str, score: u64) -> PathBuf {
    write_result(place, name, &result(score).to_string())
}

fn write_result(place: &Place, name: &str, text: &str) -> PathBuf {
    place.write(&format!("{name}/result.json"), text)
}

fn result(score: u64) -> Value {
    let endpoint = json!({
        "name": "GET /", "count": score / 3, "points_each": 3, "points": score,
        "p50_ms": 12.5, "p95_ms": 20.0, "p99_ms": 30.0, "errors": 0,
    });
    json!({
        "version": 1, "verdict": "pass", "reasons": [], "score": score,
        "deductions": { "points": score, "wrong_rate": 0.0, "timeout_rate": 0.0, "factor": 1.0 },
        "seed": 7, "build": "0123456789abcdef", "data": "small-1-v1-0123456789abcdef",
        "language": "rust", "target": "http://127.0.0.1:8080",
        "started_at": "2026-03-31T23:59:59Z", "load_seconds": 60.0, "total_seconds": 65.0,
        "note": null,
        "people": { "peak": 9, "last": 9, "arrived": 9, "sent_away": 0 },
        "endpoints": [endpoint], "failures": [],
        "health": {
            "lag_p50_ms": 1.0, "lag_p95_ms": 1.0, "lag_p99_ms": 1.0, "lag_max_ms": 1.0,
            "cpu_seconds": 1.0, "system_failures": 0, "cancelled": 0,
        },
    })
}

#[test]
fn a_better_score_is_faster() {
    let place = Place::new();
    write_run(&place, "a", 3000);
    write_run(&place, "b", 4500);

    let text = place.run(&["bench", "diff", "a", "b"]).expect_code(0);
    let json = place
        .run(&["bench", "diff", "a", "b", "--json"])
        .expect_code(0);

    let first = text.stdout.lines().next();
    assert_eq!(first, Some("before 3,000, now 4,500: +50.0 %, faster"));
    let endpoint = "count   1,000 →   1,500, p50     12.5 →     12.5 ms, points   3,000 →   4,500";
    assert!(text.stdout.contains(endpoint), "{}", text.stdout);
    let expected = json!({
        "before": { "verdict": "pass", "score": 3000 },
        "after": { "verdict": "pass", "score": 4500 },
        "change_percent": 50.0,
        "judgement": "faster",
        "caveats": [],
        "endpoints": [{
            "name": "GET /",
            "before": { "count": 1000, "points": 3000, "p50_ms": 12.5 },
            "after": { "count": 1500, "points": 4500, "p50_ms": 12.5 },
            "judgement": "within-noise",
        }],
    });
    assert_eq!(json.json(), expected);
}

#[test]
fn a_disturbed_run_is_told() {
    let place = Place::new();
    write_run(&place, "a", 3000);
    let mut disturbed = result(3000);
    disturbed["health"]["disturbance"] = json!("somebody compiled a chair");
    write_result(&place, "b", &disturbed.to_string());

    let text = place
        .run(&["bench", "diff", "a", "b"])
        .expect_code(0)
        .stdout;

    let caveat = "  but the later run was disturbed: somebody compiled a chair\n";
    assert!(text.contains(caveat), "{text}");
}

#[test]
fn a_run_that_failed_has_no_change_in_percent() {
    let place = Place::new();
    write_run(&place, "a", 3000);
    let mut failed = result(0);
    failed["verdict"] = json!("fail");
    write_result(&place, "b", &failed.to_string());

    let json = place
        .run(&["bench", "diff", "a", "b", "--json"])
        .expect_code(0)
        .json();

    assert_eq!(json["after"], json!({ "verdict": "fail", "score": 0 }));
    assert_eq!(json["change_percent"], Value::Null);
    assert_eq!(json["judgement"], Value::Null);
}

/// Refuses to compare a good run with the one in the folder `other`, in either order.
fn assert_refused(place: &Place, words: &[&str]) {
    write_run(place, "good", 3000);
    for folders in [["good", "other"], ["other", "good"]] {
        let args = [&["bench", "diff"], &folders[..]].concat();
        let words = [&["the run folder other"], words].concat();
        place.refuse(place.isutori(&args), &words);
    }
}

#[test]
fn a_folder_that_is_not_there() {
    let words = ["No such file", "give the folder of a finished run"];
    assert_refused(&Place::new(), &words);
}

#[test]
fn a_result_cut_short() {
    let place = Place::new();
    let text = result(3000).to_string();
    write_result(&place, "other", &text[..text.len() / 2]);
    assert_refused(&place, &["EOF while parsing"]);
}

#[test]
fn a_result_of_something_else() {
    let place = Place::new();
    write_result(&place, "other", r#"{"version": 1, "chairs": 4}"#);
    assert_refused(&place, &["missing field"]);
}

#[test]
fn a_result_of_a_newer_version() {
    let place = Place::new();
    let mut newer = result(3000);
    newer["version"] = json!(999);
    write_result(&place, "other", &newer.to_string());
    assert_refused(&place, &["version 999, newer than this isutori"]);
}
