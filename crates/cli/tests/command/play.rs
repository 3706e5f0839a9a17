//! From nothing to a score.

use std::fs;

use serde_json::Value;

use crate::{
    place::{ISUTORI, Place, play_alone},
    running::{Outcome, Running},
};

/// Runs that a busy machine may spoil before it counts as our fault.
const ATTEMPTS: usize = 3;

/// What every result has at least.
const FIELDS: [&str; 8] = [
    "verdict",
    "score",
    "seed",
    "build",
    "data",
    "endpoints",
    "failures",
    "health",
];

/// Plays until a run is not void, which the machine may be to blame for, and expects it to pass.
pub fn play_until_judged(place: &Place, args: &[&str]) -> Outcome {
    let mut outcome = place.run(args);
    for _ in 1..ATTEMPTS {
        if outcome.code != Some(3) {
            break;
        }
        outcome = place.run(args);
    }
    outcome.expect_code(0)
}

/// Plays five seconds, and looks at all that comes of it.
fn assert_plays(engine: &str, session: &str) {
    let place = Place::new();
    let _turn = play_alone();
    let generated = place.run(&["dataset", "generate", "--json"]);

    let args = ["play", "--engine", engine, "--session", session];
    let args = [&args[..], &["--duration", "5s", "--json"]].concat();
    let outcome = play_until_judged(&place, &args);

    let result = outcome.json();
    for field in FIELDS {
        assert!(result.get(field).is_some(), "{field} is not in {result:#}");
    }
    assert_eq!(result["verdict"], "pass");
    assert!(result["score"].as_u64() > Some(0), "{result:#}");
    assert!(result["build"].as_str() > Some(""), "{result:#}");
    assert!(points(&result) > 0, "{result:#}");
    // The same for every engine, so that their scores can be compared.
    assert_eq!(result["data"], generated.json()["fingerprint"]);
    for phase in ["loading", "initialize", "load:", "final check", "done"] {
        let is_told = |line: &str| line.starts_with(phase);
        assert!(outcome.stderr.lines().any(is_told), "{}", outcome.stderr);
    }
    assert_run_folder(&place, &result);
}

fn points(result: &Value) -> u64 {
    let endpoints = result["endpoints"].as_array().expect("a list");
    let points = endpoints.iter().map(|endpoint| &endpoint["points"]);
    points
        .map(|points| points.as_u64().expect("a number"))
        .sum()
}

/// The last run's folder holds the same result, both logs and what was written to the site.
fn assert_run_folder(place: &Place, result: &Value) {
    let folder = place.runs().pop().expect("a run folder");
    let read = |name| fs::read_to_string(folder.join(name)).expect(name);
    let kept: Value = serde_json::from_str(&read("result.json")).expect("JSON");
    assert_eq!(&kept, result);
    let (contestant, staff) = (read("contestant.log"), read("staff.log"));
    assert!(contestant.contains("PASS"), "{contestant}");
    let seed = format!("seed {}", result["seed"]);
    assert!(staff.contains(&seed), "{staff}");
    assert!(
        !contestant.contains(&seed),
        "the seed is kept: {contestant}"
    );
    assert!(read("ledger").lines().count() > 0);
    for page in ["report.html", "timeline.json"] {
        assert!(read(page).len() > 1000, "{page}");
    }
    assert!(!folder.join("result.json.partial").exists());
}

#[test]
fn play_needs_nothing_but_sqlite() {
    assert_plays("sqlite", "db");
}

#[test]
fn play_on_mariadb_and_memcached() {
    assert_plays("mysql", "memcached");
}

#[test]
fn play_on_postgres_and_redis() {
    assert_plays("postgres", "redis");
}

#[test]
fn a_second_play_is_compared_with_the_first() {
    let place = Place::new();
    let args = ["play", "--duration", "2s", "--note", "a third leg"];

    let first = play_until_judged(&place, &args).stdout;
    let second = play_until_judged(&place, &args).stdout;

    let score = |text: &str| -> String {
        let line = text.lines().next().expect("a first line");
        let score = line.strip_prefix("PASS  score ").expect("a verdict");
        score.split(' ').next().expect("a score").to_owned()
    };
    assert!(!first.contains("since the last run"), "{first}");
    let said = format!(
        "\nsince the last run: before {}, now {}: ",
        score(&first),
        score(&second)
    );
    assert!(second.contains(&said), "{said:?} is not in:\n{second}");
    let table = "endpoint                         count    p50 ms    p95 ms    p99 ms";
    assert!(second.contains(table), "{second}");
    let history = fs::read_to_string(place.path(".isutori/history.jsonl")).expect("a history");
    let notes = history.matches("\"note\":\"a third leg\"").count();
    assert_eq!(notes, place.runs().len(), "every run is remembered");
}

/// Where people have more connections than there are descriptors, the run is void, and told whole.
#[test]
fn too_few_descriptors_void_a_run_and_lose_nothing_of_it() {
    let place = Place::new();
    let _turn = play_alone();
    let mut command = place.command("sh");
    command.args(["-c", "ulimit -n 200; exec \"$@\"", "sh", ISUTORI]);
    command.args(["play", "--duration", "15s", "--json"]);

    let outcome = place.finish(Running::start(command)).expect_code(3);

    assert_eq!(outcome.json()["verdict"], "void");
    let run = place.runs().pop().expect("a run");
    for file in ["result.json", "report.html", "ledger", "failures/001.json"] {
        assert!(run.join(file).is_file(), "there is no {file}");
    }
    let failure = fs::read_to_string(run.join("failures/001.json")).expect("a failure");
    assert!(failure.contains("Too many open files"), "{failure}");
}
