//! The course: a working copy, hints, cures.

use std::{fs, process::Command};

use nix::sys::signal::Signal;

use crate::{
    keep::whole_answer,
    place::Place,
    running::{Outcome, Running},
};

/// Runs git in a folder of the place.
fn git(place: &Place, args: &[&str]) -> Outcome {
    let mut git: Command = place.command("git");
    git.args(["-C", "climb"]).args(args);
    place.finish(Running::start(git)).expect_code(0)
}

fn start() -> Place {
    let place = Place::new();
    place.run(&["course", "start", "climb"]).expect_code(0);
    place
}

#[test]
fn a_working_copy_takes_the_cures() {
    let place = start();
    assert_eq!(git(&place, &["status", "--porcelain"]).stdout, "");
    assert_eq!(git(&place, &["describe", "--tags"]).stdout, "initial\n");

    let cure = place.run(&["course", "diff", "1"]).expect_code(0).stdout;
    place.write("cure.patch", &cure);
    git(&place, &["apply", "../cure.patch"]);

    let environment = fs::read_to_string(place.path("climb/env.sh")).expect("an environment");
    assert!(environment.contains("ACCESS_LOG=ltsv\n"), "{environment}");
}

#[test]
fn hints_are_opened_step_by_step() {
    let place = start();
    let hint = |args: &[&str]| {
        let args = [&["course", "hint", "--dir", "climb"], args].concat();
        let text = place.run(&args).expect_code(0).stdout;
        let lines = text.lines();
        // What stands before the hint itself.
        let begin = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
        lines.map(begin).collect::<Vec<_>>().join("; ")
    };

    let opened = [&[][..], &["1"], &["1"], &["1"]].map(hint);

    let first = "1. Measure first; 1 of 3, where to look";
    let second = format!("{first}; 2 of 3, what is wrong");
    let third = format!("{second}; 3 of 3, how to cure it");
    assert_eq!(opened, [first, &second, &third, &third]);
    let japanese = hint(&["2", "--language", "ja"]);
    assert_eq!(japanese, "2. 足りないインデックス; 1/3 どこを見るか");
}

#[test]
fn the_hint_of_a_copy_is_of_the_first_rung_that_it_takes() {
    let place = start();
    let cure = place.run(&["course", "diff", "1"]).expect_code(0).stdout;
    place.write("cure.patch", &cure);
    git(&place, &["apply", "../cure.patch"]);

    let hint = place.run(&["course", "hint", "--dir", "climb"]);

    let hint = hint.expect_code(0);
    assert!(hint.stdout.starts_with("2. "), "{}", hint.stdout);
    let next = "next step: isutori course hint 2 --dir climb\n";
    assert!(hint.stderr.ends_with(next), "{}", hint.stderr);
}

#[test]
fn rungs_are_listed_and_their_lessons_shown() {
    let place = Place::new();
    let listed = place
        .run(&["course", "list", "--json"])
        .expect_code(0)
        .json();
    let listed = listed.as_array().expect("a list");
    let text = place.run(&["course", "list"]).expect_code(0).stdout;
    assert_eq!(text.lines().count(), listed.len());
    for rung in listed {
        let number = rung["number"].to_string();
        let title = rung["title"].as_str().expect("a title");
        let lesson = place
            .run(&["course", "show", &number])
            .expect_code(0)
            .stdout;
        assert!(
            lesson.starts_with(&format!("# {number}. {title}\n")),
            "{lesson}"
        );
        for part in [
            "Symptom",
            "What shows it",
            "Hypothesis",
            "Cure",
            "How to check",
            "Expected gain",
        ] {
            assert!(
                lesson.contains(&format!("\n## {part}\n")),
                "{number}: no {part}"
            );
        }
        assert!(
            lesson.contains("\nMeasured there: ") && lesson.ends_with(" times before.\n"),
            "{lesson}"
        );
        let japanese = ["course", "show", &number, "--language", "ja"];
        let japanese = place.run(&japanese).expect_code(0).stdout;
        assert_eq!(japanese.matches("\n## ").count(), 6, "{japanese}");
    }
    let more = place.run(&["course", "show", "more-hosts"]).expect_code(0);
    assert!(more.stdout.starts_with("# A second and a third host\n"));
}

#[test]
fn what_is_no_rung_and_no_working_copy_is_refused() {
    let place = start();
    let refusals: [(&[&str], &[&str]); 7] = [
        (
            &["course", "show", "99"],
            &["there is no rung 99; the last one is"],
        ),
        (
            &["course", "verify", "--from", "3", "--to", "2"],
            &["--from 3 is after --to 2"],
        ),
        (
            &["course", "show", "more"],
            &["give a rung's number, or more-hosts"],
        ),
        (&["course", "diff", "0"], &["there is no rung 0"]),
        (&["course", "start", "climb"], &["climb is there already"]),
        (
            &["course", "hint"],
            &[". is no working copy", "isutori course start DIR"],
        ),
        (
            &["play", "--dir", "climb/etc"],
            &["holds no hand-out", "isutori course start"],
        ),
    ];
    for (args, words) in refusals {
        place.refuse(place.isutori(args), words);
    }
}

/// The app of a working copy is asked through nginx, with the working copy's settings.
#[test]
fn nginx_stands_before_the_app_of_a_working_copy() {
    let place = start();
    let site = "climb/etc/nginx/sites-available/suwaru.conf";
    let settings = fs::read_to_string(place.path(site)).expect("settings");
    let play = ["play", "--dir", "climb", "--duration", "1s", "--keep"];
    place.write(site, settings.replace("127.0.0.1:8080", "127.0.0.1:8081"));
    let lost = place.run(&play).expect_code(2);
    let words = "no file in etc/nginx names 127.0.0.1:8080";
    assert!(lost.stderr.contains(words), "{}", lost.stderr);
    place.write(site, settings);
    let cure = place.run(&["course", "diff", &number_of("files-from-nginx")]);
    place.write("cure.patch", cure.expect_code(0).stdout);
    git(&place, &["apply", "../cure.patch"]);

    let mut playing = place.start(&play);
    let line = playing.wait_for_line("the app goes on at ");
    let address = line.split(' ').nth(5).expect("an address");
    let address = address.strip_prefix("http://").expect("a URL");
    let page = whole_answer(address, "/login");
    let file = whole_answer(address, "/css/suwaru.css");
    playing.signal(Signal::SIGINT);
    let outcome = place.finish(playing);

    // A machine busy with other tests may void it.
    assert!(matches!(outcome.code, Some(0 | 3)), "{}", outcome.stderr);
    // The app itself says nothing of how long a file may be kept.
    let cured = "\r\nCache-Control: public, max-age=86400\r\n";
    for (answer, head) in [(&page, "\r\nServer: nginx"), (&file, cured)] {
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(head), "{answer}");
    }
    let run = place.runs().pop().expect("a run");
    let log = fs::read_to_string(run.join("nginx.log")).expect("a log");
    assert!(log.contains("nginx/"), "{log}");
}

/// The number of the rung whose folder has this name.
fn number_of(name: &str) -> String {
    let listed = Place::new().run(&["course", "list", "--json"]).json();
    let mut rungs = listed.as_array().expect("a list").iter();
    let is_it =
        |rung: &&serde_json::Value| rung["name"].as_str().is_some_and(|its| its.ends_with(name));
    rungs.find(is_it).expect("such a rung")["number"].to_string()
}

/// What the project promises of every rung, figures aside.
#[test]
fn every_rung_applies_builds_and_keeps_the_contract() {
    let verified = Place::new().run(&["course", "verify", "--quick"]);
    let verified = verified.expect_code(0);
    assert!(
        verified.stdout.starts_with("PASS: rungs 1 to "),
        "{}",
        verified.stdout
    );
}
