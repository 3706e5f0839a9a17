//! What programs ask: workers, teams' own, their hosts, and what looks after the portal.

pub mod host;
pub mod metrics;
pub mod team;
pub mod worker;
