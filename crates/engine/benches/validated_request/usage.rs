//! Processor time, memory, and on which core.

use std::{fmt, time::Duration};

use anyhow::Context;
use nix::{
    sched::{CpuSet, sched_setaffinity},
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    unistd::Pid,
};

/// What a client used for its requests.
pub struct Cost {
    /// Processor time for each request, user and system, microseconds.
    pub micros: f64,
    requests: u64,
}

impl Cost {
    /// The cost of one among so many requests.
    pub fn new(processor: Duration, requests: u64) -> Cost {
        Cost {
            micros: processor.as_secs_f64() * 1e6 / requests as f64,
            requests,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} µs ({} requests)", self.micros, self.requests)
    }
}

/// Processor time used so far, user and system.
pub fn processor_time(who: UsageWho) -> anyhow::Result<Duration> {
    let usage = getrusage(who)?;
    let micros = |time: TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let sum = micros(usage.user_time()) + micros(usage.system_time());
    Ok(Duration::from_micros(sum.unsigned_abs()))
}

/// Keeps this thread, and processes that it starts, on one core.
pub fn pin(core: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(core)?;
    sched_setaffinity(Pid::from_raw(0), &set)
        .with_context(|| format!("cannot use core {core}; two cores are needed"))
}

/// Resident memory of this process, bytes.
pub fn resident_memory() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .context("/proc/self/status has no VmRSS")?;
    Ok(kilobytes * 1024)
}
