//! The dress rehearsal of a contest: made-up teams play it over a lab, things go wrong on purpose,
//! and in the end it is known whether the results are right.
//!
//! - [`plan`]: who plays what, and what goes wrong when; a function of a seed.
//! - [`skill`]: what a made-up team does to its hosts, and what must come of it.
//! - [`contest`]: the contest, squeezed into the time that the rehearsal has.
//! - `stage` is the lab as people reach it: ssh and HTTP. On it act the `organiser` by the portal's
//!   pages, each `player` by its team's API, and the `incident`s.
//! - [`record`]: all that was seen. From it alone [`judge`] tells what is wrong, [`figures`] counts,
//!   and [`report`] writes.
//!
//! Nobody here looks into the portal's database: whoever acts does what people in that place can.

pub mod contest;
mod error;
pub mod figures;
mod incident;
pub mod judge;
mod organiser;
pub mod plan;
mod player;
pub mod record;
mod rehearsal;
pub mod report;
pub mod skill;
mod stage;

pub use error::RehearsalError;
pub use rehearsal::rehearse;

/// Is told what goes on, a line each.
pub type Tell<'a> = &'a dyn Fn(&str);

/// Milliseconds since 1970.
pub type Millis = i64;
