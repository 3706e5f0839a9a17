//! What programs ask: workers and teams' own.

pub mod team;
pub mod worker;
