//! The benchmark's own health.
//!
//! A benchmark that is itself short of processor time measures itself. Each
//! load thread notes how late its timers fire; a run in which that was enough
//! to change the score is void, and says so with figures.

use std::time::Duration;

use hdrhistogram::Histogram;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// How often the lag of timers is sampled.
pub const SAMPLE_EVERY: Duration = Duration::from_millis(20);
/// When more than one timer in twenty is later than this, the run is void:
/// such delays are no longer small against the half second that people are
/// content to wait.
pub const VOID_LAG: Duration = Duration::from_millis(100);

/// The lag of timers on one thread.
#[derive(Clone, Debug)]
pub struct LagMeter {
    micros: Histogram<u64>,
}

impl Default for LagMeter {
    fn default() -> Self {
        LagMeter {
            micros: Histogram::new_with_bounds(1, 60_000_000, 2).expect("the bounds are valid"),
        }
    }
}

impl LagMeter {
    /// Notes one sample.
    pub fn note(&mut self, late: Duration) {
        self.micros
            .saturating_record((late.as_micros() as u64).max(1));
    }

    /// Adds another thread's samples.
    pub fn merge(&mut self, other: &LagMeter) {
        self.micros
            .add(&other.micros)
            .expect("all meters have the same bounds");
    }
}

/// Sleeps for [`SAMPLE_EVERY`] and says how late it woke up.
pub async fn timer_lag() -> Duration {
    let due = Instant::now() + SAMPLE_EVERY;
    tokio::time::sleep_until(due).await;
    Instant::now().saturating_duration_since(due)
}

/// What the benchmark knows of itself after the load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Lag of timers, milliseconds.
    pub lag_p50_ms: f64,
    /// Lag of timers, milliseconds.
    pub lag_p95_ms: f64,
    /// Lag of timers, milliseconds.
    pub lag_p99_ms: f64,
    /// Lag of timers, milliseconds.
    pub lag_max_ms: f64,
    /// Processor seconds (user and system) of the benchmark's process during the load.
    pub cpu_seconds: f64,
    /// Failures of the benchmark's own, such as no free ports.
    pub system_failures: u64,
}

impl Health {
    /// Puts the figures together.
    pub fn new(lag: &LagMeter, cpu: Duration, system_failures: u64) -> Self {
        let ms = |quantile| lag.micros.value_at_quantile(quantile) as f64 / 1000.0;
        Health {
            lag_p50_ms: ms(0.5),
            lag_p95_ms: ms(0.95),
            lag_p99_ms: ms(0.99),
            lag_max_ms: ms(1.0),
            cpu_seconds: cpu.as_secs_f64(),
            system_failures,
        }
    }

    /// Why the run is void, if it is.
    pub fn void_reason(&self) -> Option<String> {
        let limit = VOID_LAG.as_secs_f64() * 1000.0;
        if self.system_failures > 0 {
            return Some(format!(
                "the benchmark itself had {} failures (descriptors, ports or memory)",
                self.system_failures
            ));
        }
        (self.lag_p95_ms > limit).then(|| {
            format!(
                "the benchmark itself was starved of processor time: 5 % of its timers were more than {:.0} ms late (limit {limit:.0} ms)",
                self.lag_p95_ms
            )
        })
    }
}

/// Processor time of this process so far, user and system.
pub fn cpu_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return Duration::ZERO;
    };
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| {
            Duration::new(
                time.tv_sec().unsigned_abs(),
                time.tv_usec().unsigned_abs() as u32 * 1000,
            )
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(late: Duration, system_failures: u64) -> Health {
        let mut meter = LagMeter::default();
        (0..90).for_each(|_| meter.note(Duration::from_micros(50)));
        (0..10).for_each(|_| meter.note(late));
        Health::new(&meter, Duration::ZERO, system_failures)
    }

    #[test]
    fn late_timers_and_own_failures_make_a_run_void() {
        assert_eq!(health(Duration::from_millis(50), 0).void_reason(), None);
        assert!(
            health(Duration::from_millis(150), 0)
                .void_reason()
                .is_some()
        );
        assert!(health(Duration::from_millis(1), 1).void_reason().is_some());
    }
}
