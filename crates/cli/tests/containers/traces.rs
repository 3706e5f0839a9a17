//! What containers could leave on this machine.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::engine::{GROUP, PATH, groups};

/// The network's interface on this machine.
pub const BRIDGE: &str = "isu-compose";

/// The interface, processes and mounts of engines in folders of tests, groups, rules of packet
/// filters.
pub fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut add = |what: &str, line: &str| found.insert(format!("{what}: {line}"));
    if Path::new("/sys/class/net").join(BRIDGE).exists() {
        add("interface", BRIDGE);
    }
    // Temporary folders begin so.
    let ours = concat!(env!("CARGO_TARGET_TMPDIR"), "/.tmp");
    for process in fs::read_dir("/proc").expect("/proc").flatten() {
        let read = |name: &str| fs::read(process.path().join(name)).unwrap_or_default();
        let command = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        let group = String::from_utf8_lossy(&read("cgroup")).contains(GROUP);
        let is_engine = ["dockerd ", "containerd"]
            .iter()
            .any(|name| command.contains(name));
        if group || (is_engine && command.contains(ours)) {
            add("process", &command);
        }
    }
    let mounts = fs::read_to_string("/proc/mounts").expect("mounts");
    for mount in mounts.lines().filter(|line| line.contains(ours)) {
        add("mount", mount);
    }
    for group in groups() {
        add("group", &group.display().to_string());
    }
    let rules = Command::new("iptables")
        .arg("--list-rules")
        .env("PATH", PATH)
        .output();
    let rules = rules.map(|output| output.stdout).unwrap_or_default();
    for rule in String::from_utf8_lossy(&rules)
        .lines()
        .filter(|rule| rule.contains("DOCKER"))
    {
        add("rule", rule);
    }
    found
}
