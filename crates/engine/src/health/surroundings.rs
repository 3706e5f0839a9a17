//! What else the machine did during a load.
//!
//! A compiler that runs beside a benchmark takes its share off the score and
//! leaves no other trace. On Linux, the processor time of the whole machine
//! less that of the benchmark and of the site tells of it; elsewhere nothing
//! is known.

use std::{fs, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::cpu_time;

/// More than this share of the machine, taken by others, is worth a warning.
pub const DISTURBED_FROM: f64 = 0.05;

/// The kernel counts processor time in hundredths of a second, whatever its own ticks are.
const TICK: Duration = Duration::from_millis(10);

/// Where the machine's processor time went, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surroundings {
    /// What there was to have: processors times seconds.
    pub capacity: f64,
    /// The benchmark's own.
    pub own: f64,
    /// The processes of the site, as far as they run here and are known.
    pub site: f64,
    /// All other processes and the kernel.
    pub others: f64,
    /// Taken by the host of this virtual machine.
    pub stolen: f64,
}

impl Surroundings {
    /// A sentence with figures when others took enough to change a score.
    pub fn disturbance(&self) -> Option<String> {
        let taken = self.others + self.stolen;
        (taken > DISTURBED_FROM * self.capacity).then(|| {
            format!(
                "the machine was not quiet: other processes took {:.1} s and its host {:.1} s of the {:.0} s of processor time, {:.0} %",
                self.others,
                self.stolen,
                self.capacity,
                taken / self.capacity * 100.0
            )
        })
    }
}

/// Looks at the machine from the start of a load to its end.
#[derive(Debug)]
pub struct Lookout {
    site: Vec<u32>,
    started: Instant,
    before: Option<Reading>,
}

impl Lookout {
    /// Begins to look. `site` are the processes, with all that they start,
    /// that belong to the site under test.
    pub fn begin(site: &[u32]) -> Self {
        Lookout {
            site: site.to_vec(),
            started: Instant::now(),
            before: Reading::take(site),
        }
    }

    /// What happened since; nothing where the system does not tell.
    pub fn end(self) -> Option<Surroundings> {
        let (before, after) = (self.before?, Reading::take(&self.site)?);
        let spent = |of: fn(&Reading) -> Duration| of(&after).saturating_sub(of(&before));
        let (own, site) = (spent(|r| r.own), spent(|r| r.site));
        Some(Surroundings {
            capacity: self.started.elapsed().as_secs_f64() * after.processors as f64,
            own: own.as_secs_f64(),
            site: site.as_secs_f64(),
            others: spent(|r| r.busy).saturating_sub(own + site).as_secs_f64(),
            stolen: spent(|r| r.stolen).as_secs_f64(),
        })
    }
}

/// Processor time since each of these began.
#[derive(Debug)]
struct Reading {
    processors: usize,
    busy: Duration,
    stolen: Duration,
    own: Duration,
    site: Duration,
}

impl Reading {
    fn take(site: &[u32]) -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let (busy, stolen) = machine_time(stat.lines().next()?)?;
        Some(Reading {
            processors: stat
                .lines()
                .skip(1)
                .take_while(|line| line.starts_with("cpu"))
                .count(),
            busy,
            stolen,
            own: cpu_time(),
            site: if site.is_empty() {
                Duration::ZERO
            } else {
                time_of_trees(site)
            },
        })
    }
}

/// Busy and stolen time from the first line of `/proc/stat`: user, nice,
/// system, idle, iowait, irq, softirq, steal.
fn machine_time(line: &str) -> Option<(Duration, Duration)> {
    let ticks: Vec<u32> = line
        .split_ascii_whitespace()
        .skip(1)
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks[..] else {
        return None;
    };
    Some((TICK * (user + nice + system + irq + softirq), TICK * steal))
}

/// The time of processes and all their descendants, those that have ended included.
fn time_of_trees(roots: &[u32]) -> Duration {
    let Ok(folders) = fs::read_dir("/proc") else {
        return Duration::ZERO;
    };
    let mut others: Vec<ProcessTime> = folders
        .filter_map(|folder| fs::read_to_string(folder.ok()?.path().join("stat")).ok())
        .filter_map(|stat| ProcessTime::parse(&stat))
        .collect();
    let mut family = roots.to_vec();
    let mut sum = Duration::ZERO;
    // A child may have a smaller number than its parent, so that one pass may not find all.
    loop {
        let found: Vec<ProcessTime> = others
            .extract_if(.., |process| {
                family.contains(&process.id) || family.contains(&process.parent)
            })
            .collect();
        if found.is_empty() {
            return sum;
        }
        sum += found.iter().map(|process| process.time).sum::<Duration>();
        family.extend(found.iter().map(|process| process.id));
    }
}

/// One process, from its `/proc/…/stat`.
#[derive(Debug, PartialEq)]
struct ProcessTime {
    id: u32,
    parent: u32,
    /// Its own and that of its children which have ended, user and system.
    time: Duration,
}

impl ProcessTime {
    /// The name, in brackets, may hold anything, even brackets.
    fn parse(stat: &str) -> Option<Self> {
        let (id, rest) = stat.split_once(" (")?;
        let fields: Vec<&str> = rest.rsplit_once(") ")?.1.split_ascii_whitespace().collect();
        let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u32>());
        Some(ProcessTime {
            id: id.parse().ok()?,
            parent: fields.get(1)?.parse().ok()?,
            time: TICK * ticks.sum::<Result<u32, _>>().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_tells_busy_and_stolen_time() {
        let line = "cpu  100 10 50 9000 7 1 2 30 0 0";
        let (busy, stolen) = machine_time(line).expect("a good line");
        assert_eq!(busy, Duration::from_millis(1630));
        assert_eq!(stolen, Duration::from_millis(300));
        assert_eq!(machine_time("cpu 1 2"), None);
    }

    #[test]
    fn a_process_may_have_any_name() {
        let stat = "42 (a ) b) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1 1";
        let expected = ProcessTime {
            id: 42,
            parent: 7,
            time: TICK * 26,
        };
        assert_eq!(ProcessTime::parse(stat), Some(expected));
        assert_eq!(ProcessTime::parse("nonsense"), None);
    }

    #[test]
    fn only_much_is_worth_a_warning() {
        let quiet = Surroundings {
            capacity: 120.0,
            own: 2.0,
            site: 110.0,
            others: 3.0,
            stolen: 1.0,
        };
        assert_eq!(quiet.disturbance(), None);
        let noisy = Surroundings {
            others: 20.0,
            ..quiet
        };
        assert!(
            noisy
                .disturbance()
                .is_some_and(|sentence| sentence.contains("20.0 s"))
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_busy_child_is_the_sites_or_somebody_elses() {
        let spin = || {
            std::process::Command::new("sh")
                .args([
                    "-c",
                    "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; read wait",
                ])
                .stdin(std::process::Stdio::piped())
                .spawn()
                .expect("a shell")
        };
        let lookout = |ours: bool| {
            let before = Reading::take(&[]);
            let mut child = spin();
            let site = if ours { vec![child.id()] } else { Vec::new() };
            let lookout = Lookout {
                site,
                started: Instant::now(),
                before,
            };
            // It has spun once it asks for more to read.
            while time_of_trees(&[child.id()]) < TICK * 5 {
                std::thread::yield_now();
            }
            let surroundings = lookout.end().expect("Linux tells");
            child.kill().expect("it waits");
            child.wait().expect("it is a child");
            surroundings
        };
        assert!(lookout(true).site >= 0.05);
        let stranger = lookout(false);
        assert!(
            stranger.site == 0.0 && stranger.others > 0.0,
            "{stranger:?}"
        );
    }
}
