//! What programs ask: workers, teams' and the staff's own, hosts, and what looks after the portal.

pub mod host;
pub mod metrics;
pub mod staff;
pub mod team;
pub mod worker;
