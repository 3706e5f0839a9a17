//! How this host is. What cannot be found out is told, and no reason to tell nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    process::Stdio,
    time::Duration,
};

use isutori_protocol::contest::{Disk, HostReport, Unit};
use nix::{ifaddrs::getifaddrs, net::if_::InterfaceFlags, sys::statvfs::statvfs};
use tokio::{process::Command, time::timeout};

/// How long a program may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Programs that sites are made of, and how each tells its version.
const PROGRAMS: [(&str, &str); 7] = [
    ("nginx", "-v"),
    ("mariadbd", "--version"),
    ("mysqld", "--version"),
    ("postgres", "--version"),
    ("redis-server", "--version"),
    ("memcached", "--version"),
    ("systemctl", "--version"),
];

/// A text as a report may hold it.
pub fn clean(text: &str) -> String {
    let text = text.trim().chars().take(HostReport::LONGEST);
    text.map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

fn read(path: &str, missing: &mut Vec<String>) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(text) => Some(clean(&text)),
        Err(error) => {
            missing.push(clean(&format!("{path}: {error}")));
            None
        }
    }
}

/// Drawn anew by the kernel at each boot.
pub fn boot_id(missing: &mut Vec<String>) -> Option<String> {
    read("/proc/sys/kernel/random/boot_id", missing)
}

/// Name and version.
pub fn kernel(missing: &mut Vec<String>) -> Option<String> {
    let name = read("/proc/sys/kernel/ostype", missing)?;
    let version = read("/proc/sys/kernel/osrelease", missing)?;
    Some(format!("{name} {version}"))
}

/// All of interfaces that are up and lead somewhere.
pub fn addresses(missing: &mut Vec<String>) -> Vec<String> {
    let interfaces = match getifaddrs() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            missing.push(format!("addresses: {error}"));
            return Vec::new();
        }
    };
    let leads_somewhere = |flags: InterfaceFlags| {
        flags.contains(InterfaceFlags::IFF_UP) && !flags.contains(InterfaceFlags::IFF_LOOPBACK)
    };
    let addresses = interfaces
        .filter(|interface| leads_somewhere(interface.flags))
        .filter_map(|interface| interface.address);
    let addresses = addresses.filter_map(|address| {
        let v4 = address.as_sockaddr_in().map(|v4| v4.ip().to_string());
        v4.or_else(|| address.as_sockaddr_in6().map(|v6| v6.ip().to_string()))
    });
    addresses.take(HostReport::MOST).collect()
}

/// The root and all file systems on devices.
pub fn disks(missing: &mut Vec<String>) -> Vec<Disk> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mounts = mounts.lines().filter_map(|line| {
        let (device, mount) = line.split_once(' ')?;
        let mount = mount.split(' ').next()?.replace("\\040", " ");
        let is_counted = mount == "/" || (device.starts_with("/dev/") && seen.insert(device));
        is_counted.then_some(mount)
    });
    let mut mounts: BTreeSet<String> = mounts.collect();
    mounts.insert("/".to_owned());
    let mut disks = Vec::new();
    for mount in mounts.into_iter().take(HostReport::MOST) {
        match statvfs(mount.as_str()) {
            Ok(stat) => disks.push(Disk {
                mount: clean(&mount),
                total: stat.blocks() * stat.fragment_size(),
                free: stat.blocks_available() * stat.fragment_size(),
            }),
            Err(error) => missing.push(clean(&format!("{mount}: {error}"))),
        }
    }
    disks
}

/// The units of these names, or all services that run or have failed.
pub async fn units(wanted: &[String], missing: &mut Vec<String>) -> Vec<Unit> {
    match try_units(wanted).await {
        Ok(units) => units,
        Err(error) => {
            missing.push(clean(&format!("systemctl: {error}")));
            Vec::new()
        }
    }
}

async fn try_units(wanted: &[String]) -> io::Result<Vec<Unit>> {
    let names = match wanted {
        [] => {
            let arguments = [
                "list-units",
                "--type=service",
                "--state=running,failed",
                "--plain",
                "--no-legend",
                "--no-pager",
            ];
            let listed = ask("systemctl", arguments).await?;
            let names = listed
                .lines()
                .filter_map(|line| line.split_whitespace().next());
            names.map(str::to_owned).collect()
        }
        wanted => wanted.to_vec(),
    };
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let names = names.iter().take(HostReport::MOST).map(String::as_str);
    let arguments = ["show", "--property=Id,ActiveState,UnitFileState", "--"];
    Ok(read_units(
        &ask("systemctl", arguments.into_iter().chain(names)).await?,
    ))
}

/// What `systemctl show` has printed: a paragraph for each unit.
fn read_units(shown: &str) -> Vec<Unit> {
    let paragraphs = shown.split("\n\n");
    let units = paragraphs.filter_map(|paragraph| {
        let property = |key: &str| {
            let mut lines = paragraph.lines();
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Unit {
            name: clean(property("Id")?),
            active: clean(property("ActiveState")?),
            enabled: clean(property("UnitFileState").unwrap_or_default()),
        })
    });
    units.collect()
}

/// Versions of the system, and of what a site may be made of, as far as it is there.
pub async fn versions() -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let mut lines = release.lines();
    if let Some(name) = lines.find_map(|line| line.strip_prefix("PRETTY_NAME=")) {
        versions.insert("system".to_owned(), clean(name.trim_matches('"')));
    }
    for (program, argument) in PROGRAMS {
        if let Ok(said) = ask(program, [argument]).await {
            let first = said.lines().next().unwrap_or_default();
            versions.insert(program.to_owned(), clean(first));
        }
    }
    versions
}

/// What a program says on standard output, or on standard error if that is empty.
pub(crate) async fn ask<'a>(
    program: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> io::Result<String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(LIMIT, command.output()).await??;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true if said.trim().is_empty() => Ok(complaint.into_owned()),
        true => Ok(said),
        false => Err(io::Error::other(complaint.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_paragraph_by_paragraph() {
        let shown = "Id=nginx.service\nActiveState=active\nUnitFileState=enabled\n\n\
            Id=x.service\nActiveState=inactive\nUnitFileState=\n";
        let unit = |name: &str, active: &str, enabled: &str| Unit {
            name: name.to_owned(),
            active: active.to_owned(),
            enabled: enabled.to_owned(),
        };
        let expected = [
            unit("nginx.service", "active", "enabled"),
            unit("x.service", "inactive", ""),
        ];
        assert_eq!(read_units(shown), expected);
    }

    #[test]
    fn the_root_is_a_disk() {
        let mut missing = Vec::new();
        let disks = disks(&mut missing);
        let root = disks.iter().find(|disk| disk.mount == "/").expect("a root");
        assert!(root.total > 0 && root.free <= root.total, "{root:?}");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_or_fails_is_told() {
        assert!(ask("no-such-program", []).await.is_err());
        assert!(ask("sh", ["-c", "echo oh >&2; exit 1"]).await.is_err());
        let said = ask("sh", ["-c", "echo oh >&2"]).await.ok();
        assert_eq!(said.as_deref(), Some("oh\n"));
    }
}
