//! The benchmark against the twin: an in-memory Suwaru that keeps every rule of the contract, or
//! breaks one.
//!
//! [`conformance`] makes the same run against the twin and against the real app: whatever the
//! benchmark asks for, two implementations that share no code must both give. [`breaks`] goes
//! through the twin's catalogue of broken rules, each with the failure that it must come to.
//! [`evidence`] comes back to runs that are over.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "written for the tests of the real app")]
#[path = "../site/app.rs"]
mod app;
mod breaks;
mod conformance;
mod evidence;
mod sparring;
