//! A whole contest on this machine: the portal, workers and teams as processes of their own, with
//! a benchmark that is played. Whatever is killed at whatever moment, nothing is lost and nothing
//! counts twice.

mod kills;
mod measurement;
mod stage;
mod watch;
