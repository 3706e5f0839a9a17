//! Load and validation engine: what a benchmark of *some* site is made of.
//!
//! The engine knows browsers, people, pace, growth, failures and scores. It
//! knows nothing about the site under test: a benchmark brings its own
//! scenarios, its model of what is right and its table of points.
//!
//! Reading order:
//!
//! 1. [`target`], [`transport`], [`tls`] and [`trust`]: where the site is, how to
//!    reach it, and whose certificates are believed.
//! 2. [`connection`], [`exchange`], [`asset`] and [`browser`]: one person's
//!    browser, with cookies, redirects and cached assets, on top of plain
//!    HTTP/1.1 connections.
//! 3. [`document`]: reading the HTML that came back.
//! 4. [`failure`]: what can go wrong, as values.
//! 5. [`scenario`], [`person`], [`crowd`] and [`load`]: people who come, act,
//!    are content or not, bring friends or leave; [`open_files`] makes room for
//!    all their connections.
//! 6. [`recorder`], [`score`] and [`health`]: what is counted and what it is worth.
//!
//! Everything that a person touches lives on one thread (`current_thread`
//! runtimes with a `LocalSet`), so it needs no locks; figures are merged once a
//! second. Time is tokio's clock throughout, so tests can pause it.

pub mod asset;
mod body;
pub mod browser;
mod cache;
pub mod connection;
pub mod cookie_jar;
pub mod crowd;
pub mod document;
pub mod exchange;
pub mod failure;
pub mod health;
mod lane;
pub mod load;
mod meter;
pub mod open_files;
pub mod person;
mod ports;
pub mod recorder;
pub mod scenario;
pub mod score;
pub mod target;
pub mod tls;
pub mod transport;
pub mod trust;
mod watched;
