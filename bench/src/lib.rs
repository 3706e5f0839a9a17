//! The Suwaru benchmark: people who visit the site, and a model that knows
//! what they must be shown.
//!
//! Reading order:
//!
//! 1. [`endpoints`]: the table of points; [`hosts`]: where the site is.
//! 2. [`run`]: the phases of a run; [`initialize`], [`consistency`],
//!    [`scenarios`] and [`final_check`] are what happens in them.
//! 3. [`guest`] and its actions: one method for each route, which sends the
//!    request and judges the answer.
//! 4. [`pages`] reads HTML into types, [`checks`] compares these with the
//!    [`model`].
//! 5. [`ledger`], [`run_folder`], [`report`]: the evidence, with the failures that an
//!    [`observer`] keeps; [`replay`] and [`verify`] come back to it later.
//!
//! The site is seen over HTTP only; nothing here is linked with it.

mod accounts;
pub mod actions;
pub mod checks;
mod conclusion;
pub mod consistency;
#[cfg(test)]
mod documentation;
pub mod endpoints;
mod evidence;
pub mod figures;
pub mod final_check;
pub mod guest;
pub mod hosts;
pub mod initialize;
pub mod language;
pub mod ledger;
pub mod markdown;
pub mod meanings;
pub mod model;
mod narrative;
pub mod observer;
pub mod pages;
pub mod past_run;
pub mod pictures;
mod progress;
pub mod replay;
pub mod report;
pub mod run;
pub mod run_folder;
pub mod scenarios;
pub mod services;
pub mod settings;
pub mod texts;
mod timeline;
pub mod verify;
pub mod world;
