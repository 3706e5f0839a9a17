//! The contract's main rules, checked on the real application with an SQLite of its own.
//!
//! Every test starts a process by [`app::spawn_app`], with the few rows described there, and talks
//! to it as [`browser::Browser`].

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod app;
mod browser;

mod accounts;
mod errors;
mod forms;
mod freshness;
mod initialize;
mod lists;
mod locks;
mod panel;
mod pictures;
mod server;
mod timeline;
mod visibility;
