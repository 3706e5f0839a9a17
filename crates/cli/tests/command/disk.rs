//! A full disk is the user's trouble, said as such, and leaves no half of anything.

use std::process::{Command, Stdio};

use crate::{
    not_run,
    place::{ISUTORI, Place},
    running::{Outcome, Running},
};

/// Runs a command with a small disk at a folder, and then tells which files are on it. Nobody else
/// sees the disk, and it is gone with the last process that does.
const SCRIPT: &str = r#"
mount -t tmpfs -o "size=$1,mode=1777" tmpfs "$2" || exit 100
folder=$2
shift 2
"$@"
code=$?
find "$folder" -type f -printf 'left: %P\n' >&2
exit $code
"#;

/// Plays a second with a disk of so many kilobytes at `folder`. `None` when this user cannot mount.
fn play_on_small_disk(place: &Place, folder: &str, kilobytes: u32) -> Option<Outcome> {
    let mut probe = unshare(place);
    probe.args(["mount", "-t", "tmpfs", "tmpfs", folder]);
    let probe = probe.stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        return None;
    }
    let size = format!("{kilobytes}k");
    let mut command = unshare(place);
    command
        .args(["sh", "-c", SCRIPT, "sh", &size, folder, ISUTORI])
        .args(["play", "--duration", "1s"]);
    Some(place.finish(Running::start(command)))
}

/// Runs what follows where it may mount without anybody else seeing it.
fn unshare(place: &Place) -> Command {
    let mut command = place.command("unshare");
    command.arg("--mount");
    command
}

#[test]
fn no_room_for_the_data() {
    let place = Place::new();
    let temporary = place.temporary();
    let folder = temporary.to_str().expect("a path in UTF-8");
    let Some(outcome) = play_on_small_disk(&place, folder, 1024) else {
        return not_run("no_room_for_the_data", "needs root");
    };

    let said = &outcome.stderr;
    assert_eq!(outcome.code, Some(2), "{said}");
    assert!(said.contains("has no room left"), "{said}");
    assert!(said.contains("free some disk space"), "{said}");
    assert!(!said.contains("left: "), "{said}");
    assert_eq!(place.runs().len(), 0);
}

#[test]
fn no_room_for_the_result() {
    let place = Place::new();
    std::fs::create_dir(place.path(".isutori")).expect("a folder");
    // Enough for both logs, each of a page, and for nothing else.
    let Some(outcome) = play_on_small_disk(&place, ".isutori", 8) else {
        return not_run("no_room_for_the_result", "needs root");
    };

    let said = &outcome.stderr;
    assert_eq!(outcome.code, Some(2), "{said}");
    assert!(
        said.contains("cannot write the run's folder below .isutori"),
        "{said}"
    );
    assert!(said.contains("No space left on device"), "{said}");
    assert!(said.contains("make room"), "{said}");
    let has_result = |line: &str| line.ends_with("/result.json");
    assert!(
        !said.lines().any(has_result),
        "half a result is left: {said}"
    );
}
