//! Settings of this machine's kernel that labs need. All labs share them, so the last one puts back
//! what the first has changed.

use std::{fmt::Write, fs, path::Path};

use crate::{LabError, error::at, network};

/// Settings and their least values: packets are forwarded; and each systemd and its services watch
/// files by instances of inotify, of which there are 128 for root in all machines together.
const NEEDED: [(&str, u64); 2] = [
    ("/proc/sys/net/ipv4/ip_forward", 1),
    ("/proc/sys/fs/inotify/max_user_instances", 8192),
];

/// How they were before, a line each; gone, as they are, when this machine has been off.
const BEFORE: &str = "/run/isutori-lab-kernel";

/// Changes what has to be changed. The lab has its bridge already.
pub(crate) fn prepare() -> Result<(), LabError> {
    let mut before = fs::read_to_string(BEFORE).unwrap_or_default();
    for (setting, least) in NEEDED {
        let path = Path::new(setting);
        let value = fs::read_to_string(path).map_err(at(path))?;
        let value: u64 = value.trim().parse().unwrap_or(least);
        if value < least {
            let _ = writeln!(before, "{setting} {value}");
            fs::write(BEFORE, &before).map_err(at(Path::new(BEFORE)))?;
            fs::write(path, least.to_string()).map_err(at(path))?;
        }
    }
    Ok(())
}

/// Puts them back, unless another lab is up. This one's bridge is gone already.
pub(crate) fn restore() {
    if network::has_bridge() {
        return;
    }
    let before = fs::read_to_string(BEFORE).unwrap_or_default();
    for (setting, value) in before.lines().filter_map(|line| line.split_once(' ')) {
        // What cannot be put back harms nobody.
        let _ = fs::write(setting, value);
    }
    let _ = fs::remove_file(BEFORE);
    // A lab that came up just now may have found them changed still.
    if network::has_bridge() {
        let _ = prepare();
    }
}
