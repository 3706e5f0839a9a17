//! What a machine needs to have a lab.

use std::{fs, path::Path};

use isutori_services::{Binary, SearchPath};

use crate::LabError;

/// The right to do everything that root may, by its number in Linux.
const CAP_SYS_ADMIN: u32 = 21;

/// Whether this machine can have a lab.
///
/// # Errors
/// All that is missing, and what to do about it.
pub fn check() -> Result<(), LabError> {
    let mut missing = Vec::new();
    if !cfg!(target_os = "linux") {
        return Err(LabError::Impossible("it needs Linux".to_owned()));
    }
    if !nix::unistd::geteuid().is_root() {
        missing.push("it must be run by root: sudo isutori lab …".to_owned());
    } else if !may_administer() {
        missing.push("root lacks CAP_SYS_ADMIN, as in a container without privileges".to_owned());
    }
    if crate::cgroup::hierarchies().is_empty() {
        missing.push("no control groups are mounted below /sys/fs/cgroup".to_owned());
    }
    let packages = missing_packages();
    if !packages.is_empty() {
        missing.push(format!("apt install {}", packages.join(" ")));
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(LabError::Impossible(missing.join("; "))),
    }
}

fn missing_packages() -> Vec<&'static str> {
    let search = SearchPath::of_system();
    (Binary::LAB
        .iter()
        .filter(|binary| binary.is_missing(&search)))
    .map(|binary| binary.debian)
    .collect()
}

fn may_administer() -> bool {
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    effective.is_some_and(|set| set & 1 << CAP_SYS_ADMIN != 0)
}
