//! What is looked at on a contestant's host, before anything is tuned.
//!
//! | module | what it is |
//! |---|---|
//! | [`access_log`] | requests of an access log, grouped by route and ranked by the time they took |

pub mod access_log;
