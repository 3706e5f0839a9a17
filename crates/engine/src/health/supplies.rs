//! What the benchmark's process takes of what there is a limited number of.

use std::fs;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use serde::{Deserialize, Serialize};

use crate::ports;

/// The most that was taken, and how much there was; zero where the system does
/// not tell.
///
/// None of these changes a score before it is used up. When it is, opening a
/// connection fails, and that makes a run void; the figures then say why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplies {
    /// Open file descriptors of the benchmark.
    pub descriptors: u64,
    /// How many it may have.
    pub descriptors_limit: u64,
    /// Local ports that can be in use: of its descriptors, and of connections
    /// of this machine that were closed a moment ago.
    pub ports: u64,
    /// How many the system gives to connections.
    pub ports_limit: u64,
    /// Memory that the benchmark had at most since it was started, mebibytes.
    pub memory_mib: u64,
}

impl Supplies {
    /// Looks again, and keeps what was the most.
    pub fn look(&mut self) {
        let descriptors = open_descriptors();
        let limit = getrlimit(Resource::RLIMIT_NOFILE);
        self.descriptors = self.descriptors.max(descriptors);
        self.descriptors_limit = limit.map_or(0, |(soft, _)| soft);
        self.ports = self.ports.max(descriptors + closed_connections());
        self.ports_limit = given_ports().unwrap_or(0);
        self.memory_mib = self.memory_mib.max(peak_memory_mib());
    }
}

fn open_descriptors() -> u64 {
    const OWN: &str = "/proc/self/fd";
    // Linux says how many there are since 6.2; before, the size is 0.
    match fs::metadata(OWN).map_or(0, |folder| folder.len()) {
        0 => fs::read_dir(OWN).map_or(0, |all| all.count() as u64),
        all => all,
    }
}

/// Connections in `TIME_WAIT`, each of which keeps its port for a minute.
fn closed_connections() -> u64 {
    let told = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    waiting_sockets(&told).unwrap_or(0)
}

fn waiting_sockets(sockstat: &str) -> Option<u64> {
    let tcp = sockstat
        .lines()
        .find_map(|line| line.strip_prefix("TCP:"))?;
    let mut words = tcp.split_ascii_whitespace();
    words.find(|word| *word == "tw")?;
    words.next()?.parse().ok()
}

fn given_ports() -> Option<u64> {
    let (first, last) = ports::range()?;
    Some(u64::from(last - first) + 1)
}

fn peak_memory_mib() -> u64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF);
    let kib = usage.map_or(0, |usage| usage.max_rss());
    kib.unsigned_abs() / 1024
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn closed_connections_are_found_in_what_the_kernel_says() {
        let told = "sockets: used 17\nTCP: inuse 2 orphan 0 tw 41 alloc 2 mem 0\nUDP: inuse 0\n";
        assert_eq!(waiting_sockets(told), Some(41));
        assert_eq!(waiting_sockets("TCP: inuse 2"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_most_is_kept() {
        let mut supplies = Supplies::default();
        let many: Vec<File> = (0..200)
            .map(|_| File::open("/dev/null").expect("it is there"))
            .collect();
        supplies.look();
        drop(many);
        supplies.look();
        assert!(supplies.descriptors >= 200, "{supplies:?}");
        assert!(
            supplies.descriptors <= supplies.descriptors_limit,
            "{supplies:?}"
        );
        assert!(
            supplies.ports >= 200 && supplies.ports_limit > 0,
            "{supplies:?}"
        );
        assert!(supplies.memory_mib > 0, "{supplies:?}");
    }
}
