//! Which of its resources kept a host from doing more, and which process took most of it.

use isutori_protocol::contest::HostSecond;

use super::{Ranked, WatchedHost, ranked};

/// Processors that are busy for so much of the time, in thousandths, are the limit.
const BUSY: u64 = 850;

/// So is a disk.
const BUSY_DISK: u64 = 800;

/// So is memory, in thousandths of all.
const FULL: u64 = 950;

/// A process that keeps one processor busy for so much of the time, in thousandths, is at its
/// limit, unless it uses others as well.
const ONE: std::ops::RangeInclusive<u64> = 900..=1_050;

/// What kept a host from doing more. Shares are in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Its processors were busy.
    Cpu {
        busy: u64,
        process: String,
        share: u64,
    },
    /// Its disk was busy.
    Disk {
        busy: u64,
        process: String,
        share: u64,
    },
    /// Its memory was full.
    Memory {
        used: u64,
        process: String,
        share: u64,
    },
    /// One process had one processor, and no more.
    OneProcessor { process: String, processors: u64 },
    /// There was room for more.
    None { busy: u64, process: String },
}

/// What kept a host from doing more in these seconds, and how near it was to that: 1 is there.
pub(crate) fn limit(host: &WatchedHost, seconds: &[&HostSecond]) -> (Limit, f64) {
    let mean = |of: fn(&HostSecond) -> u64| {
        let sum: u64 = seconds.iter().map(|second| of(second)).sum();
        sum / (seconds.len() as u64).max(1)
    };
    let busy = mean(|second| second.cpu.busy()).min(1000);
    let busy_disk = mean(|second| second.disk.busy);
    let most_used = seconds.iter().map(|second| second.memory).max();
    let used = share(most_used.unwrap_or(0), host.memory, 1000);
    let ranked = ranked(seconds);
    let process = |of: fn(&Ranked) -> u64| {
        let named = ranked.iter().filter(|one| !one.name.is_empty());
        let first = named.max_by_key(|one| of(one));
        first.map_or((String::new(), 0), |one| (one.name.clone(), of(one)))
    };
    let (by_cpu, cpu) = process(|one| one.cpu);
    let near = |what: u64, limit: u64| what as f64 / limit as f64;
    let nearest = [
        near(busy, BUSY),
        near(busy_disk, BUSY_DISK),
        near(used, FULL),
    ];
    let nearness = nearest.into_iter().fold(0.0, f64::max);
    let limit = match nearest {
        [by, ..] if by >= 1.0 && by >= nearness => Limit::Cpu {
            busy: busy / 10,
            share: share(cpu, busy * host.processors, 100),
            process: by_cpu,
        },
        [_, by, _] if by >= 1.0 && by >= nearness => {
            let (process, moved) = process(|one| one.read + one.written);
            let all = mean(|second| second.disk.read + second.disk.written);
            Limit::Disk {
                busy: busy_disk / 10,
                share: share(moved, all, 100),
                process,
            }
        }
        [_, _, by] if by >= 1.0 => {
            let (process, held) = process(|one| one.most_memory);
            Limit::Memory {
                used: used / 10,
                share: share(held, most_used.unwrap_or(0), 100),
                process,
            }
        }
        _ if host.processors > 1 && ONE.contains(&cpu) => {
            let limit = Limit::OneProcessor {
                process: by_cpu,
                processors: host.processors,
            };
            return (limit, nearness.max(0.9));
        }
        _ => Limit::None {
            busy: busy / 10,
            process: by_cpu,
        },
    };
    (limit, nearness)
}

/// A part of a whole, of so many.
fn share(part: u64, whole: u64, of: u64) -> u64 {
    (u128::from(part) * u128::from(of) / u128::from(whole.max(1)))
        .min(u128::from(of))
        .try_into()
        .unwrap_or(of)
}

#[cfg(test)]
mod tests {
    use isutori_protocol::contest::{CpuUse, DiskUse, ProcessUse};

    use super::*;

    fn host(second: &HostSecond) -> WatchedHost {
        WatchedHost {
            name: "web".to_owned(),
            processors: 2,
            memory: 1000,
            seconds: vec![second.clone(); 3],
        }
    }

    fn limit_of(second: HostSecond) -> Limit {
        let host = host(&second);
        let seconds: Vec<&HostSecond> = host.seconds.iter().collect();
        limit(&host, &seconds).0
    }

    fn process(name: &str, cpu: u64) -> ProcessUse {
        ProcessUse {
            name: name.to_owned(),
            cpu,
            ..ProcessUse::default()
        }
    }

    #[test]
    fn busy_processors_are_the_limit() {
        let second = HostSecond {
            cpu: CpuUse {
                user: 900,
                system: 80,
                ..CpuUse::default()
            },
            processes: vec![
                process("mariadbd", 1392),
                process("suwaru", 400),
                process("", 1900),
            ],
            ..HostSecond::default()
        };
        let expected = Limit::Cpu {
            busy: 98,
            process: "mariadbd".to_owned(),
            share: 71,
        };
        assert_eq!(limit_of(second), expected);
    }

    #[test]
    fn a_busy_disk_is_the_limit() {
        let second = HostSecond {
            disk: DiskUse {
                read: 100,
                written: 300,
                busy: 970,
            },
            processes: vec![ProcessUse {
                written: 300,
                ..process("mariadbd", 100)
            }],
            ..HostSecond::default()
        };
        let expected = Limit::Disk {
            busy: 97,
            process: "mariadbd".to_owned(),
            share: 75,
        };
        assert_eq!(limit_of(second), expected);
    }

    #[test]
    fn full_memory_is_the_limit() {
        let second = HostSecond {
            memory: 990,
            processes: vec![ProcessUse {
                memory: 495,
                ..process("suwaru", 100)
            }],
            ..HostSecond::default()
        };
        let expected = Limit::Memory {
            used: 99,
            process: "suwaru".to_owned(),
            share: 50,
        };
        assert_eq!(limit_of(second), expected);
    }

    #[test]
    fn one_process_may_be_at_its_limit_alone() {
        let second = HostSecond {
            processes: vec![process("redis-server", 990)],
            ..HostSecond::default()
        };
        let expected = Limit::OneProcessor {
            process: "redis-server".to_owned(),
            processors: 2,
        };
        assert_eq!(limit_of(second), expected);
    }

    #[test]
    fn there_may_be_room() {
        let second = HostSecond {
            cpu: CpuUse {
                user: 355,
                ..CpuUse::default()
            },
            processes: vec![process("suwaru", 600)],
            ..HostSecond::default()
        };
        let expected = Limit::None {
            busy: 35,
            process: "suwaru".to_owned(),
        };
        assert_eq!(limit_of(second), expected);
    }
}
