//! Initial data.

use std::fs::File;

use crate::{place::Place, running::Running};

fn load<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["dataset", "load", "--database-url", url], more].concat()
}

#[test]
fn what_is_generated_is_what_is_loaded() {
    let place = Place::new();
    let seed = ["--data-seed", "42", "--json"];

    let generated = place.run(&[&["dataset", "generate"], &seed[..]].concat());
    let loaded = place.run(&load("sqlite:chairs.db", &seed));

    let generated = generated.expect_code(0).json();
    let loaded = loaded.expect_code(0).json();
    let fingerprint = generated["fingerprint"].as_str().expect("a fingerprint");
    assert!(fingerprint.starts_with("small-42-"), "{fingerprint}");
    assert_eq!(loaded["fingerprint"], fingerprint);
    assert_eq!(loaded["rows"], generated["rows"]);
}

#[test]
fn other_data_is_replaced_only_when_asked_for() {
    let place = Place::new();
    let url = "sqlite:chairs.db";
    let seed = ["--data-seed", "2"];
    let first = place.run(&load(url, &[])).expect_code(0);
    assert!(
        first.stdout.starts_with("loaded small-1-"),
        "{}",
        first.stdout
    );

    let words = ["chairs.db already holds the dataset small-1-", "--replace"];
    place.refuse(place.isutori(&load(url, &seed)), &words);

    let args = load(url, &["--data-seed", "2", "--replace"]);
    let third = place.run(&args).expect_code(0);
    assert!(
        third.stdout.starts_with("loaded small-2-"),
        "{}",
        third.stdout
    );
}

#[test]
fn the_same_data_is_loaded_once() {
    let place = Place::new();
    let once = |more: &[&str]| place.run(&load("sqlite:chairs.db", &[&["--once"], more].concat()));
    let first = once(&[]).expect_code(0).stdout;
    assert!(first.starts_with("loaded small-1-"), "{first}");

    let second = once(&[]).expect_code(0).stdout;
    let other = once(&["--data-seed", "2"]).expect_code(2);

    assert!(second.ends_with("is there already\n"), "{second}");
    let words = "already holds the dataset small-1-";
    assert!(other.stderr.contains(words), "{}", other.stderr);
}

#[test]
fn a_database_that_cannot_be_written() {
    let place = Place::new();
    place.write("stool", "three legs");
    for path in ["no/such/folder/chairs.db", "stool/chairs.db"] {
        let words = [path, "cannot be reached: unable to open database file"];
        place.refuse(place.isutori(&load(&format!("sqlite:{path}"), &[])), &words);
    }
}

#[test]
fn a_file_that_is_no_database() {
    let place = Place::new();
    place.write("poem.txt", "a chair is still a chair ".repeat(100));
    let words = ["poem.txt", "file is not a database"];
    place.refuse(place.isutori(&load("sqlite:poem.txt", &[])), &words);
}

#[test]
fn an_unknown_kind_of_database() {
    let place = Place::new();
    let words = ["\"oracle\" is no kind of database", "sqlite:PATH"];
    place.refuse(place.isutori(&load("oracle://chairs", &[])), &words);
    // The part that may hold a password stays unsaid.
    let outcome = place.run(&load("oracle://chair:secret@chairs", &[]));
    assert!(!outcome.stderr.contains("secret"), "{}", outcome.stderr);
}

/// Standard output is a file or a pipe more often than a terminal, and those can be full or gone.
#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_no_panic() {
    let place = Place::new();
    let full = File::options().write(true).open("/dev/full");
    let (reader, gone) = std::io::pipe().expect("a pipe");
    drop(reader);
    let outputs = [
        (full.expect("/dev/full").into(), "No space left on device"),
        (std::process::Stdio::from(gone), "Broken pipe"),
    ];
    for (output, reason) in outputs {
        let command = place.isutori(&["dataset", "generate", "--json"]);
        let outcome = place.finish(Running::start_into(command, output));
        let said = outcome.stderr;
        assert_eq!(outcome.code, Some(2), "{said}");
        assert!(said.contains("cannot write to standard output"), "{said}");
        assert!(said.contains(reason), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
