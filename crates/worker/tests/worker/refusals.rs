//! Workers that the portal does not want, or that cannot work.

use axum::http::StatusCode;
use isutori_worker::{Portal, WorkerError};

use crate::{
    portal::{FakePortal, TOKEN},
    script::BUILD,
    work::Work,
};

#[test]
fn a_contest_pinned_to_another_build() {
    let portal = FakePortal::start();
    portal.look().pinned = Some("0123".to_owned());

    let error = Work::begin(&portal, 1).end().expect_err("a refusal");

    assert!(matches!(error, WorkerError::OtherBuild { .. }));
    let error = error.to_string();
    assert!(error.contains(BUILD) && error.contains("0123"), "{error}");
    assert_eq!(portal.look().claimed.len(), 0);
}

#[test]
fn a_contest_pinned_to_this_build() {
    let portal = FakePortal::start();
    portal.look().pinned = Some(BUILD.to_owned());

    let work = Work::begin(&portal, 1);

    portal.wait_until("it is welcome", |known| !known.hellos.is_empty());
    work.drain();
}

/// A contest may be pinned later; a portal that refuses claims is asked what it wants.
#[test]
fn a_contest_that_is_pinned_meanwhile() {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 1);
    portal.wait_until("it is welcome", |known| !known.hellos.is_empty());

    portal.look().pinned = Some("0123".to_owned());
    portal.look().no_claim = Some(StatusCode::FORBIDDEN);

    let error = work.end().expect_err("a refusal");
    assert!(matches!(error, WorkerError::OtherBuild { .. }), "{error}");
}

#[test]
fn a_token_that_nobody_has() {
    let portal = FakePortal::start();

    let work = Work::begin_with(&portal, |settings| {
        settings.portal = Portal::new(&portal.url(), "stolen").expect("a portal");
    });

    let error = work.end().expect_err("a refusal").to_string();
    let why = "does not take this worker: nobody has this token; copy it again";
    assert!(error.contains(why), "{error}");
    assert!(!error.contains(TOKEN), "{error}");
}

#[test]
fn a_program_that_is_none() {
    let portal = FakePortal::start();

    let work = Work::begin_with(&portal, |settings| settings.program = "/no/isutori".into());

    let error = work.end().expect_err("an error").to_string();
    assert!(error.contains("/no/isutori"), "{error}");
    assert!(error.contains("give an isutori with --program"), "{error}");
}
