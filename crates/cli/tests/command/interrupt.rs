//! Whoever stops a play gets the machine back as it was.

use nix::sys::signal::Signal;

use crate::place::Place;

/// Stops a play as soon as it says something that begins with `moment`.
fn assert_stops(args: &[&str], moment: &str, signal: Signal) {
    let place = Place::new();
    let mut playing = place.start(&[&["play", "--duration", "10m"], args].concat());
    playing.wait_for_line(moment);

    playing.signal(signal);

    let outcome = place.finish(playing);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "", "there is no result");
    let last = outcome.stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("isutori: interrupted"), "{last}");
    assert_eq!(place.files().len(), 0);
    assert_eq!(place.runs().len(), 0, "{:?}", place.runs());
}

#[test]
fn sigint_ends_the_load() {
    assert_stops(&[], "load:", Signal::SIGINT);
}

#[test]
fn sigterm_ends_the_load_and_the_servers() {
    let servers = ["--engine", "postgres", "--session", "memcached", "--json"];
    assert_stops(&servers, "load:", Signal::SIGTERM);
}

#[test]
fn sigterm_ends_a_load_of_data() {
    let servers = ["--engine", "mysql", "--session", "redis"];
    assert_stops(&servers, "loading", Signal::SIGTERM);
}
