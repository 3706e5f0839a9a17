//! Whether the figures can be trusted.

use isutori_protocol::{Health, Machine};

use super::Fact;
use crate::figures::grouped;

/// A part of the machine's processor time.
pub(super) struct Share {
    /// For the style sheet.
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    /// Of the bar.
    pub(super) percent: f64,
    pub(super) seconds: f64,
}

pub(super) fn health_facts(health: &Health) -> Vec<Fact> {
    let lag = format!(
        "{:.1} ms (p50), {:.1} ms (p95), {:.1} ms (p99), {:.1} ms at most",
        health.lag_p50_ms, health.lag_p95_ms, health.lag_p99_ms, health.lag_max_ms
    );
    let delay = format!(
        "{:.1} ms (p95), {:.1} ms at most",
        health.delay_p95_ms, health.delay_max_ms
    );
    let busiest = format!(
        "computing {:.0} %, waiting for a processor {:.0} %",
        health.thread_cpu_max * 100.0,
        health.thread_wait_max * 100.0
    );
    let supplies = &health.supplies;
    let of = |taken: u64, limit: u64| format!("{} of {}", grouped(taken), grouped(limit));
    vec![
        Fact::new("timers late by", lag),
        Fact::new("requests sent late by", delay),
        Fact::new(
            "processor time taken",
            format!("{:.1} s", health.cpu_seconds),
        ),
        Fact::new(
            "waited for a processor",
            format!("{:.1} s", health.run_delay_seconds),
        ),
        Fact::new("a thread’s busiest second", busiest),
        Fact::new(
            "nothing to spare",
            format!("{:.0} % of the load", health.busy_share * 100.0),
        ),
        Fact::new(
            "descriptors",
            of(supplies.descriptors, supplies.descriptors_limit),
        ),
        Fact::new("local ports", of(supplies.ports, supplies.ports_limit)),
        Fact::new("memory", format!("{} MiB", grouped(supplies.memory_mib))),
        Fact::new("failures of its own", grouped(health.system_failures)),
        Fact::new("requests cut off by the end", grouped(health.cancelled)),
    ]
}

/// Where the machine's processor time went; nothing where it does not tell.
pub(super) fn shares(health: &Health) -> Vec<Share> {
    let Some(machine) = &health.machine else {
        return Vec::new();
    };
    let Machine {
        capacity_seconds,
        site_seconds,
        others_seconds,
        stolen_seconds,
    } = *machine;
    let taken = health.cpu_seconds + site_seconds + others_seconds + stolen_seconds;
    let idle = (capacity_seconds - taken).max(0.0);
    // Where more was taken than there was, by errors of measurement, the bar is full.
    let whole = capacity_seconds.max(taken).max(f64::MIN_POSITIVE);
    let share = |kind, name, seconds: f64| Share {
        kind,
        name,
        percent: seconds / whole * 100.0,
        seconds,
    };
    vec![
        share("site", "the site", site_seconds),
        share("bench", "the benchmark", health.cpu_seconds),
        share("others", "other processes and the kernel", others_seconds),
        share("stolen", "the host", stolen_seconds),
        share("idle", "idle", idle),
    ]
}
