//! What hosts of the demo sampled of themselves: a database that is busy, and an app that waits
//! for it.

use isutori_protocol::contest::{
    CpuUse, DiskUse, HostSamples, HostSecond, Lease, NetworkUse, ProcessUse,
};

/// Both hosts during a run of so many seconds, in the pieces in which it is sent.
pub(super) fn of_run(lease: Lease, seconds: u64) -> Vec<HostSamples> {
    let hosts = [("web1", 640, "suwaru"), ("db1", 1_000, "mariadbd")];
    let pieces = hosts.into_iter().flat_map(|(host, most, process)| {
        let all: Vec<HostSecond> = (1..=seconds)
            .map(|second| at(second, seconds, most, process))
            .collect();
        let pieces = all
            .chunks(HostSamples::MOST_SECONDS)
            .map(|seconds| HostSamples {
                host: host.to_owned(),
                lease,
                processors: 2,
                memory: 4 << 30,
                seconds: seconds.to_vec(),
            });
        pieces.collect::<Vec<_>>()
    });
    pieces.collect()
}

/// A second of a host whose processors are busy in so many thousandths at most.
fn at(second: u64, seconds: u64, most: u64, process: &str) -> HostSecond {
    let wave = second * 7 % 13 * 4;
    let is_loaded = (12..seconds - 6).contains(&second);
    let busy = match is_loaded {
        true => (300 + second * 30).min(most) - wave,
        false => 40 + wave,
    };
    let is_database = process == "mariadbd";
    let process = |name: &str, unit: &str, cpu: u64, memory: u64| ProcessUse {
        name: name.to_owned(),
        unit: unit.to_owned(),
        cpu,
        memory: memory << 20,
        read: 0,
        written: if name == "mariadbd" { busy << 12 } else { 0 },
    };
    HostSecond {
        at_ms: second * 1000,
        cpu: CpuUse {
            user: busy * 4 / 5,
            system: busy / 5,
            iowait: (1000 - busy) * u64::from(is_database) / 8,
            steal: 0,
        },
        memory: (1200 + second * 3) << 20,
        swapped: 0,
        disk: DiskUse {
            read: wave << 12,
            written: busy << 13,
            busy: busy * u64::from(is_database) / 2,
        },
        network: NetworkUse {
            received: busy << 11,
            sent: busy << 13,
        },
        processes: vec![
            match is_database {
                true => process("mariadbd", "mariadb.service", busy * 17 / 10, 900),
                false => process("suwaru", "suwaru.service", busy * 14 / 10, 120),
            },
            process("nginx", "nginx.service", busy / 5 + 1, 24),
            process("", "", busy / 10 + 1, 180),
        ],
    }
}
