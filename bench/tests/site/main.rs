//! The benchmark against the real app, and against sites that break a rule.
//!
//! Every test starts the app as a process, with the small data of seed 1 in an SQLite of its own
//! ([`app::spawn_app`]; most of them with indexes, [`app::spawn_quick_app`]). A broken site is that app behind a [`tamper::Proxy`] that breaks one rule.
//! What it does is written as a [`mutants::Mutant`], with the failure that it must come to, so that
//! the tables of mutants read as a list of what the benchmark promises to notice.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod alter;
mod app;
#[expect(dead_code, reason = "written for the engine's tests of TLS")]
#[path = "../../../crates/engine/tests/tls/authority.rs"]
mod authority;
mod mutants;
mod page;
mod rehearsal;
mod tamper;
mod upstream;

mod answers;
mod contents;
mod encrypted;
mod footprints;
mod forgeries;
mod hosts;
mod leaks;
mod lists;
mod locks;
mod moderation;
mod precedence;
mod refusals;
mod resets;
mod sessions;
mod strangers;
mod typing;
mod under_load;
mod whole_run;
mod writes;
