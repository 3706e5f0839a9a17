//! Who listens where, and whether connections find a place.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
};

use procfs_core::{
    ExplicitSystemInfo, FromReadSI,
    net::{TcpNetEntries, TcpState},
};

use super::{Level, Section};

/// More sockets than that are not told.
const TOLD: usize = 30;

/// So large a part of the local ports in use, in percent, is near the end.
const MOST_PORTS: u64 = 80;

pub(super) fn section() -> Section {
    let mut section = Section::new("sockets");
    let tcp: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|path| section.read(path))
        .collect();
    tell_sockets(&mut section, &tcp, &owners(Path::new("/proc")));
    let range = section.read("/proc/sys/net/ipv4/ip_local_port_range");
    let counts = section.read("/proc/net/sockstat");
    tell_ports(
        &mut section,
        &range.unwrap_or_default(),
        &counts.unwrap_or_default(),
    );
    if let Some(most) = section.read("/proc/sys/net/core/somaxconn") {
        section.fact("longest queue", format!("{} (somaxconn)", most.trim()));
    }
    let counts = section.read("/proc/net/netstat");
    tell_overflows(&mut section, &counts.unwrap_or_default());
    section
}

/// The names of processes by the sockets that they hold, as far as one may see them.
fn owners(proc: &Path) -> HashMap<u64, String> {
    let mut owners = HashMap::new();
    for process in fs::read_dir(proc).into_iter().flatten().flatten() {
        let Ok(name) = fs::read_to_string(process.path().join("comm")) else {
            continue;
        };
        let files = fs::read_dir(process.path().join("fd"));
        for file in files.into_iter().flatten().flatten() {
            let target = fs::read_link(file.path()).unwrap_or_default();
            let socket = target.to_str().and_then(|target| {
                let inode = target.strip_prefix("socket:[")?.strip_suffix(']')?;
                inode.parse().ok()
            });
            if let Some(inode) = socket {
                owners.insert(inode, name.trim().to_owned());
            }
        }
    }
    owners
}

fn tell_sockets(section: &mut Section, tcp: &[String], owners: &HashMap<u64, String>) {
    let system = ExplicitSystemInfo {
        boot_time_secs: 0,
        ticks_per_second: 100,
        page_size: 4096,
        is_little_endian: cfg!(target_endian = "little"),
    };
    let tables = tcp.iter().map(|text| {
        let table = TcpNetEntries::from_read(text.as_bytes(), &system);
        table.map_or(Vec::new(), |TcpNetEntries(entries)| entries)
    });
    let mut listeners: BTreeMap<(u16, String), BTreeSet<String>> = BTreeMap::new();
    for entry in tables.flatten() {
        if entry.state == TcpState::Listen {
            let place = (
                entry.local_address.port(),
                entry.local_address.ip().to_string(),
            );
            let owner = owners.get(&entry.inode).map_or("?", |owner| owner);
            listeners.entry(place).or_default().insert(owner.to_owned());
        }
    }
    for ((port, address), who) in listeners.into_iter().take(TOLD) {
        let who: Vec<String> = who.into_iter().collect();
        section.fact(
            &format!("port {port}"),
            format!("{} at {address}", who.join(", ")),
        );
    }
}

fn tell_ports(section: &mut Section, range: &str, counts: &str) {
    let mut range = range.split_whitespace().map(str::parse::<u64>);
    let (Some(Ok(first)), Some(Ok(last))) = (range.next(), range.next()) else {
        return;
    };
    let ports = (last + 1).saturating_sub(first);
    let line = counts.lines().find(|line| line.starts_with("TCP:"));
    let mut words = line
        .unwrap_or_default()
        .split(' ')
        .skip_while(|word| *word != "tw");
    let waiting: u64 = words
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(0);
    section.fact(
        "local ports",
        format!("{first} to {last}; {waiting} connections in TIME_WAIT"),
    );
    if waiting * 100 >= ports * MOST_PORTS {
        section.find(
            Level::Wrong,
            format!("{waiting} connections are in TIME_WAIT, and there are {ports} local ports"),
            "without a free port no new connection can be made to the same place",
            "ss --tcp state time-wait | awk '{print $4}' | sort | uniq -c | sort -rn | head",
        );
    }
}

/// Two lines of the kernel: names, then numbers.
fn tell_overflows(section: &mut Section, counts: &str) {
    let mut lines = counts.lines().filter(|line| line.starts_with("TcpExt:"));
    let (Some(names), Some(numbers)) = (lines.next(), lines.next()) else {
        return;
    };
    let mut both = names.split(' ').zip(numbers.split(' '));
    let overflows = both.find(|(name, _)| *name == "ListenOverflows");
    let overflows: u64 = overflows
        .and_then(|(_, count)| count.parse().ok())
        .unwrap_or(0);
    section.fact(
        "turned away",
        format!("{overflows} connections since it booted"),
    );
    if overflows > 0 {
        section.find(
            Level::Note,
            format!("{overflows} connections found a full queue"),
            "whoever listened there did not accept them as quickly as they came",
            "ss --tcp --listening --numeric",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_told_with_their_processes() {
        let tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 811 1 0 100 0 0 10 0\n   \
            1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 812 1 0 20 4 30 10 -1\n   \
            2: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 813 1 0 100 0 0 10 0\n";
        let owners = HashMap::from([(811, "nginx".to_owned())]);
        let mut section = Section::new("sockets");
        tell_sockets(&mut section, &[tcp.to_owned()], &owners);
        let told: Vec<(&str, &str)> = section
            .facts
            .iter()
            .map(|fact| (&*fact.name, &*fact.value))
            .collect();
        let expected = [
            ("port 80", "nginx at 0.0.0.0"),
            ("port 3306", "? at 127.0.0.1"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn ports_that_run_out_are_wrong() {
        let findings = |waiting: u64| {
            let counts =
                format!("sockets: used 99\nTCP: inuse 5 orphan 0 tw {waiting} alloc 9 mem 1\n");
            let mut section = Section::new("sockets");
            tell_ports(&mut section, "32768\t42767\n", &counts);
            section.findings.len()
        };
        assert_eq!(findings(7_999), 0);
        assert_eq!(findings(8_000), 1);
    }

    #[test]
    fn a_full_queue_is_worth_a_look() {
        let findings = |count: u64| {
            let counts = format!(
                "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 {count} {count}\n"
            );
            let mut section = Section::new("sockets");
            tell_overflows(&mut section, &counts);
            section.findings.len()
        };
        assert_eq!((findings(0), findings(3)), (0, 1));
    }
}
