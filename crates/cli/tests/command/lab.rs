//! Where there can be no lab.

use crate::{not_run, place::Place};

#[test]
fn a_lab_is_refused_to_whoever_is_not_root() {
    refuse_to_others(
        "a_lab_is_refused_to_whoever_is_not_root",
        &["lab", "up"],
        "there can be no lab here: it must be run by root",
    );
}

/// Runs the program as somebody who is not root, and expects a refusal in these words.
pub fn refuse_to_others(test: &str, args: &[&str], words: &str) {
    let place = Place::new();
    if !nix::unistd::geteuid().is_root() {
        return place.refuse(place.isutori(args), &[words]);
    }
    // Whoever is root can play somebody else, if that one may run the program.
    let program = place.path("isutori");
    std::fs::copy(crate::place::ISUTORI, &program).expect("a copy");
    let mut command = place.command("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(args);
    if std::process::Command::new("setpriv")
        .arg("--version")
        .output()
        .is_err()
    {
        return not_run(test, "needs setpriv");
    }
    place.refuse(command, &[words]);
}

#[test]
fn there_is_no_lab_in_an_empty_folder() {
    let place = Place::new();
    for command in [&["status"][..], &["extend", "--for", "2h"], &["watch"]] {
        let args = [&["lab"][..], command, &["--dir", "nowhere"]].concat();
        place.refuse(place.isutori(&args), &["no lab"]);
    }
}

#[test]
fn a_lab_goes_on_for_a_time_or_for_ever() {
    let place = Place::new();
    for command in ["up", "extend"] {
        let words = ["\"soon\" is no length of time", "such as 8h"];
        place.refuse(place.isutori(&["lab", command, "--for", "soon"]), &words);
    }
}
