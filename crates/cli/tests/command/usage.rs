//! Arguments that make no sense are refused before anything is done.

use crate::place::Place;

fn assert_refused(args: &[&str], words: &[&str]) {
    let place = Place::new();
    place.refuse(place.isutori(args), words);
    assert_eq!(place.files().len(), 0);
}

#[test]
fn an_unknown_flag() {
    let words = ["unexpected argument '--fast' found", "Usage: isutori play"];
    assert_refused(&["play", "--fast"], &words);
}

#[test]
fn an_unknown_command() {
    assert_refused(&["sit"], &["unrecognized subcommand 'sit'"]);
}

#[test]
fn no_command() {
    assert_refused(&[], &["Usage: isutori <COMMAND>", "play"]);
}

#[test]
fn a_duration_out_of_bounds() {
    for duration in ["0s", "61m"] {
        let words = [duration, "--duration <TIME>", "a load lasts from 1s to 60m"];
        assert_refused(&["play", "--duration", duration], &words);
    }
}

#[test]
fn a_duration_that_is_none() {
    let words = ["'soon'", "give whole seconds or minutes, such as 30s or 1m"];
    assert_refused(&["play", "--duration", "soon"], &words);
}

#[test]
fn an_unknown_size() {
    let words = ["there is no size \"huge\"", "small, standard and large"];
    for command in [&["play"][..], &["dataset", "generate"]] {
        assert_refused(&[command, &["--size", "huge"]].concat(), &words);
    }
}

#[test]
fn a_seed_that_is_no_number() {
    for flag in ["--seed", "--data-seed"] {
        let words = ["'x'", flag, "invalid digit", "try '--help'"];
        assert_refused(&["play", flag, "x"], &words);
    }
}

#[test]
fn a_target_that_is_no_site() {
    let words = [
        "'ftp://chairs'",
        "give http://HOST:PORT, https://HOST:PORT or unix:PATH",
    ];
    let target = ["--target", "ftp://chairs"];
    for command in ["run", "check"] {
        assert_refused(&[&["bench", command], &target[..]].concat(), &words);
    }
}

#[test]
fn targets_that_are_not_one_site() {
    for (targets, words) in [
        (["http://a", "http://a"], "http://a is given twice"),
        (["http://a", "https://b"], "cannot be hosts of one site"),
    ] {
        for command in ["run", "check"] {
            let together = ["bench", command, "--target", targets[0], targets[1]];
            assert_refused(&together, &[words]);
            let [one, another] = targets;
            let apart = ["bench", command, "--target", one, "--target", another];
            assert_refused(&apart, &[words]);
        }
    }
}

#[test]
fn authorities_that_are_none() {
    let place = Place::new();
    place.write("chair.pem", "four legs");
    for (file, why) in [
        ("chair.pem", "holds no certificate"),
        ("table.pem", "No such file"),
    ] {
        let words = ["cannot take authorities from", file, why, "give a PEM file"];
        let args = ["bench", "run", "--target", "https://a", "--ca", file];
        place.refuse(place.isutori(&args), &words);
    }
}

#[test]
fn a_file_where_a_folder_is_wanted() {
    let place = Place::new();
    place.write("chair", "four legs");

    let words = ["cannot make the folder chair", "name another with --data"];
    place.refuse(place.isutori(&["play", "--data", "chair"]), &words);

    let run = ["bench", "run", "--target", "http://127.0.0.1:1"];
    let words = ["cannot write the run's folder below chair", "name another"];
    let args = [&run[..], &["--runs", "chair"]].concat();
    place.refuse(place.isutori(&args), &words);
}

#[test]
fn a_portal_that_is_none() {
    for command in [&["team", "status"][..], &["worker", "run"]] {
        let token = ["--token", "t"];
        let words = ["--portal <URL>", "required"];
        assert_refused(&[command, &token].concat(), &words);
        let portal = ["--portal", "portal.example"];
        let words = [
            "\"portal.example\" is no address of a portal",
            "give one such as",
        ];
        assert_refused(&[command, &token, &portal].concat(), &words);
        assert_refused(&[command, &portal[..]].concat(), &["--token <TOKEN>"]);
    }
}

#[test]
fn a_form_of_progress_that_is_none() {
    let words = ["'loud'", "possible values: text, json"];
    let run = ["bench", "run", "--target", "http://a"];
    assert_refused(&[&run[..], &["--progress", "loud"]].concat(), &words);
}
