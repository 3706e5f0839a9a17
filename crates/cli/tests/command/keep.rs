//! The app that `play --keep` leaves running, and what can be done with it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use nix::sys::signal::Signal;

use crate::{encrypted::assert_passes_behind_nginx, place::Place};

/// The status line of the answer to a GET.
fn get(address: &str, path: &str) -> String {
    let answer = whole_answer(address, path);
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The answer to a GET, as it came.
pub fn whole_answer(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let limit = Some(Duration::from_secs(30));
    stream.set_read_timeout(limit).expect("a time limit");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A play takes a while, so all that wants a running app is looked at here.
#[test]
fn a_kept_app_serves_until_it_is_interrupted() {
    let place = Place::new();
    let mut playing = place.start(&["play", "--duration", "1s", "--keep"]);
    let line = playing.wait_for_line("the app goes on at ");
    let target = line.split(' ').nth(5).expect("an address");
    let address = target.strip_prefix("http://").expect("a URL");
    let client = playing.wait_for_line("look into its database from another terminal: ");
    let database = client.split(' ').next_back().expect("a command");
    assert!(client.contains(": sqlite3 "), "{client}");
    assert!(Path::new(database).is_file(), "{client}");

    assert_eq!(get(address, "/login"), "HTTP/1.1 200 OK");
    assert_check_passes(target);
    assert_passes_behind_nginx(target);
    assert_run_is_made(target);
    assert_loss_is_found(target);
    assert_other_data_is_refused(target);

    playing.signal(Signal::SIGINT);
    let outcome = place.finish(playing);
    // The app is kept after any verdict, and a machine busy with other tests may void this one.
    let first = outcome.stdout.split(' ').next();
    let verdict = (outcome.code, first);
    let verdicts = [(Some(0), Some("PASS")), (Some(3), Some("VOID"))];
    assert!(
        verdicts.contains(&verdict),
        "{verdict:?}\n{}",
        outcome.stdout
    );
    TcpStream::connect(address).expect_err("the port is closed");
}

fn assert_check_passes(target: &str) {
    let place = Place::new();

    let checked = place.run(&["bench", "check", "--target", target, "--json"]);

    let checked = checked.expect_code(0);
    let expected = serde_json::json!({ "passed": true, "failure": null });
    assert_eq!(checked.json(), expected);
    assert_eq!(place.files().len(), 0);
}

fn assert_run_is_made(target: &str) {
    let place = Place::new();
    let args = ["bench", "run", "--target", target, "--duration", "1s"];

    let ran = place.run(&[&args[..], &["--seed", "7", "--json"]].concat());

    let result = ran.json();
    assert_eq!(result["seed"], 7);
    assert_eq!(result["target"], target);
    assert!(place.runs()[0].join("result.json").exists());
    assert_is_verified(&place);
    // What fails depends on how busy the machine is; a run without failures has none to replay.
    if result["failures"] == serde_json::json!([]) {
        let run = place.runs()[0].display().to_string();
        let words = ["cannot read failure 1 of the run", "it kept none"];
        place.refuse(place.isutori(&["bench", "replay", &run]), &words);
    }
}

/// What the run wrote is found where it was, until other data is put there.
fn assert_is_verified(place: &Place) {
    let run = place.runs()[0].display().to_string();

    let verified = place.run(&["bench", "verify", &run, "--all", "--json"]);

    let verified = verified.expect_code(0).json();
    assert_eq!(verified["lost"], serde_json::json!([]));
    // The check before the load writes an entry and a comment.
    assert!(verified["looked_for"].as_u64() >= Some(2), "{verified}");
    let words = place.run(&["bench", "verify", &run]).expect_code(0);
    assert!(words.stdout.starts_with("PASS: "), "{}", words.stdout);
    assert!(words.stderr.contains("looking for"), "{}", words.stderr);
}

fn assert_loss_is_found(target: &str) {
    let place = Place::new();
    let args = ["bench", "run", "--target", target, "--duration", "1s"];
    place.run(&args);
    let run = place.runs()[0].display().to_string();
    let check = ["bench", "check", "--target", target];
    place.run(&check).expect_code(0);

    let verified = place.run(&["bench", "verify", &run]).expect_code(1);

    let last = verified.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("FAIL: "), "{}", verified.stdout);
    assert!(
        verified.stdout.contains("critical: "),
        "{}",
        verified.stdout
    );
}

fn assert_other_data_is_refused(target: &str) {
    let place = Place::new();
    for command in ["run", "check"] {
        let args = ["bench", command, "--target", target, "--data-seed", "2"];
        let words = [
            "the site holds the data small-1-",
            "told small-2-",
            "load that data",
        ];
        place.refuse(place.isutori(&args), &words);
    }
}
