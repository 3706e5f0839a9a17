//! What is looked at on a contestant's host.
//!
//! | module | what it is |
//! |---|---|
//! | [`access_log`] | requests of an access log, grouped by route and ranked by the time they took |
//! | [`doctor`] | a first look: what is wrong, and what the host is busy with |
//! | [`environment`] | how the host is: addresses, boot id, services, versions, disks |
//! | [`handout`] | the hash of a folder that was handed out |
//! | [`samples`] | what the host does, second by second |

pub mod access_log;
pub mod doctor;
pub mod environment;
pub mod handout;
pub mod samples;
