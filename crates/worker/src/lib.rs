//! The benchmark worker of a contest: takes jobs from a portal over HTTP, makes benchmark runs of
//! them, and hands in what came out. Also the portal's [`client`], which the commands of teams use
//! as well.
//!
//! What holds for every job:
//!
//! - **The benchmark is a program.** It runs as a child in a process group of its own, in bounded
//!   time and memory; nothing here links it. However it ends, the whole group ends.
//! - **A job is held by a lease.** Heartbeats keep it, and tell the portal how the run goes. A
//!   lease that is lost, because the portal says so or cannot be reached for its length, stops the
//!   benchmark: somebody else may have the job by now.
//! - **A portal that is away is waited for**, so that it can be restarted at any time.
//! - **A verdict is handed in with its evidence**: the files of the run's folder come first.
//!
//! [`run()`] is the thread to follow.

mod back_off;
mod benchmark;
pub mod client;
mod command;
mod fetch;
mod holder;
mod job;
mod memory;
mod output;
mod settings;
mod shutdown;
mod tail;
mod upload;
mod worker;

pub use client::{Portal, PortalError};
pub use settings::{Settings, host_name};
pub use shutdown::Shutdown;
pub use worker::{WorkerError, run};
