//! The benchmark's own health.
//!
//! A benchmark that is itself short of processor time measures itself. Each
//! load thread notes how late its timers fire; a run in which that was enough
//! to change the score is void, and says so with figures. What others did on
//! the machine meanwhile is for [`surroundings`] to tell.

pub mod surroundings;

use std::{fs, time::Duration};

use hdrhistogram::Histogram;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::failure::{Class, Failure};

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

    /// Takes samples until it is dropped.
    pub async fn watch(&mut self) {
        loop {
            let due = Instant::now() + SAMPLE_EVERY;
            tokio::time::sleep_until(due).await;
            self.note(Instant::now().saturating_duration_since(due));
        }
    }

    fn quantile_ms(&self, quantile: f64) -> f64 {
        self.micros.value_at_quantile(quantile) as f64 / 1000.0
    }
}

/// Makes a check while timers are watched. No answer in time is the
/// benchmark's own failure if it was itself starved of processor time.
///
/// # Errors
/// Those of the check.
pub async fn fairly<T>(check: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut lag = LagMeter::default();
    let outcome = tokio::select! {
        // A check that is ready counts, however late the timers are.
        biased;
        outcome = check => outcome,
        () = lag.watch() => unreachable!("it watches for ever"),
    };
    outcome.map_err(|failure| match starvation(lag.quantile_ms(0.95)) {
        Some(starved) if failure.class == Class::Timeout => Failure::new(
            Class::System,
            &failure.code,
            format!("{}; but {starved}", failure.sentence),
        ),
        _ => failure,
    })
}

/// A sentence with figures, when timers were late enough to change a score.
fn starvation(lag_p95_ms: f64) -> Option<String> {
    let limit = VOID_LAG.as_secs_f64() * 1000.0;
    (lag_p95_ms > limit).then(|| {
        format!(
            "the benchmark itself was starved of processor time: 5 % of its timers were more than {lag_p95_ms:.0} ms late (limit {limit:.0} ms)"
        )
    })
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
    /// How often the lag was measured.
    pub lag_samples: u64,
    /// Processor seconds (user and system) of the benchmark's process during the load.
    pub cpu_seconds: f64,
    /// Seconds for which the load's threads were ready but had no processor, added up.
    pub run_delay_seconds: f64,
    /// Failures of the benchmark's own, such as no free ports.
    pub system_failures: u64,
}

impl Health {
    /// Puts the figures together; times are sums over the load's threads.
    pub fn new(lag: &LagMeter, cpu: Duration, run_delay: Duration, system_failures: u64) -> Self {
        Health {
            lag_p50_ms: lag.quantile_ms(0.5),
            lag_p95_ms: lag.quantile_ms(0.95),
            lag_p99_ms: lag.quantile_ms(0.99),
            lag_max_ms: lag.quantile_ms(1.0),
            lag_samples: lag.micros.len(),
            cpu_seconds: cpu.as_secs_f64(),
            run_delay_seconds: run_delay.as_secs_f64(),
            system_failures,
        }
    }

    /// Why the run is void, if it is.
    pub fn void_reason(&self) -> Option<String> {
        if self.system_failures > 0 {
            return Some(format!(
                "the benchmark itself had {} failures (descriptors, ports or memory)",
                self.system_failures
            ));
        }
        if self.lag_samples == 0 {
            return Some("not one timer of the benchmark fired during the load".to_owned());
        }
        starvation(self.lag_p95_ms)
    }
}

/// How long the calling thread has waited for a processor so far; zero where
/// the system does not tell.
pub fn run_delay() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').nth(1)?.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
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
        Health::new(&meter, Duration::ZERO, Duration::ZERO, system_failures)
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

    #[test]
    fn a_load_without_a_single_timer_is_void() {
        let health = Health::new(&LagMeter::default(), Duration::ZERO, Duration::ZERO, 0);
        assert!(health.void_reason().is_some());
    }

    async fn late_check(stall: Duration) -> Class {
        let check = async {
            for _ in 0..5 {
                tokio::time::sleep(SAMPLE_EVERY * 2).await;
                std::thread::sleep(stall);
            }
            Err::<(), _>(Failure::timeout("http.timeout", "no answer"))
        };
        fairly(check).await.expect_err("it fails").class
    }

    #[tokio::test]
    async fn a_timeout_blames_the_site_only_if_the_benchmark_was_well() {
        assert_eq!(late_check(VOID_LAG * 2).await, Class::System);
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_of_a_healthy_benchmark_is_the_sites() {
        assert_eq!(late_check(Duration::ZERO).await, Class::Timeout);
    }
}
