//! What programs ask: workers, teams' own, and what looks after the portal.

pub mod metrics;
pub mod team;
pub mod worker;
