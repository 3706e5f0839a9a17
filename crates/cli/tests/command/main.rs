//! The command line as its users meet it: the built program, run in a folder of its own.
//!
//! [`place`] is that folder, [`running`] the program in it, [`traces`] looks for what it leaves
//! behind. The other modules are the tests, one for each thing that a user does.
//!
//! Tests that want a fair score hold [`place::play_alone`], because too much at once on a small
//! machine makes runs void.

mod access_log;
mod bench;
mod course;
mod dataset;
mod diff;
mod disk;
mod doctor;
mod encrypted;
mod env_check;
mod given;
mod help;
mod interrupt;
mod inventory;
mod keep;
mod lab;
mod organiser;
mod past;
mod picture;
mod place;
mod play;
mod portal;
mod rehearse;
mod report;
mod running;
mod site;
mod stores;
mod team;
mod traces;
mod usage;
mod worker;

use std::io::{self, Write};

/// Tells that a test could not be run here.
fn not_run(name: &str, reason: &str) {
    // Past the test harness, which would keep it to itself; `cargo xtask test` collects it.
    writeln!(io::stderr(), "NOT RUN: {name}: {reason}").expect("standard error");
}
