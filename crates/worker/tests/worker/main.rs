//! A worker between a portal, played by [`portal`], and a benchmark, played by the shell. What the
//! benchmark does stands in the note of each job ([`script`]).

mod jobs;
mod lease;
mod limits;
mod portal;
mod refusals;
mod script;
mod team;
mod verifications;
mod work;
