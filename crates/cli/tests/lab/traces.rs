//! What a lab could leave on this machine, by the tag that its network gives it all.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// The tag of 10.215.0.0/16.
const TAG: &str = "0ad7";

/// Everything with the tag: interfaces, tables of rules, mounts, control groups, processes.
pub fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut add = |what: &str, lines: String| {
        let tagged = lines.lines().filter(|line| line.contains(TAG));
        found.extend(tagged.map(|line| format!("{what}: {line}")));
    };
    add("interface", names(Path::new("/sys/class/net")));
    let tables = Command::new("nft").args(["list", "tables"]).output();
    let tables = tables.map(|output| output.stdout).unwrap_or_default();
    add("rules", String::from_utf8_lossy(&tables).into_owned());
    for hierarchy in ["", "systemd", "memory", "unified"] {
        let folder = Path::new("/sys/fs/cgroup")
            .join(hierarchy)
            .join("isutori-lab");
        add("group", names(&folder));
    }
    add(
        "propagation",
        names(Path::new("/run/systemd/nspawn/propagate")),
    );
    for process in fs::read_dir("/proc").expect("/proc").flatten() {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        add(
            "process",
            String::from_utf8_lossy(&command).replace('\0', " "),
        );
    }
    let mounts = fs::read_to_string("/proc/mounts").expect("mounts");
    let labs = mounts
        .lines()
        .filter(|line| line.starts_with("isutori-lab "));
    found.extend(labs.map(|line| format!("mount: {line}")));
    found
}

fn names(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join("\n")
}
