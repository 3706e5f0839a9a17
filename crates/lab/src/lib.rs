//! A lab: all hosts of a contest as machines of systemd-nspawn on this one.
//!
//! - `tree` is a Debian, made once by mmdebstrap; `toolchain` lies over it. `image` is what Ansible
//!   changes of them for hosts of some roles, made once for each set of roles. All lie in a cache.
//! - `machine` is a host: an overlay on an image, with the few files that make it this host, and a
//!   systemd that runs in it.
//! - `network` is the bridge they are on, and the rules of who reaches whom.
//! - `kernel` is what this machine needs for all labs on it.
//! - `lab` puts them together: up, status, reboot, down. `watcher` is the process that takes it down
//!   when its time has come, which `end` tells.
//!
//! Everything of a lab is named after its network or lies in its folder, so that [`Lab::down`]
//! finds all of it, whoever has died in between.

mod ansible;
mod cache;
mod cgroup;
mod command;
mod end;
mod error;
mod folder;
mod image;
mod kernel;
mod lab;
mod machine;
mod network;
mod readiness;
mod requirements;
mod ssh;
mod toolchain;
mod tree;
mod watcher;

pub use error::LabError;
pub use lab::{Lab, MachineState, Settings};
pub use requirements::check as check_requirements;
pub use tree::debian_tree;

/// Is told what goes on, a line each.
pub type Tell<'a> = &'a (dyn Fn(&str) + Sync);
