//! How late timers fire.

use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::time::Instant;

use super::VOID_LAG;
use crate::failure::{Class, Failure};

/// How often the lag of timers is sampled.
pub const SAMPLE_EVERY: Duration = Duration::from_millis(20);

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
        let mut due = Instant::now() + SAMPLE_EVERY;
        loop {
            tokio::time::sleep_until(due).await;
            let now = Instant::now();
            // All that was due during a standstill was late, not only the first:
            // so a twentieth of the samples is a twentieth of the time.
            while due <= now {
                self.note(now - due);
                due += SAMPLE_EVERY;
            }
        }
    }

    /// How many samples there are.
    pub(super) fn samples(&self) -> u64 {
        self.micros.len()
    }

    /// Milliseconds.
    pub(super) fn quantile_ms(&self, quantile: f64) -> f64 {
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
pub(super) fn starvation(lag_p95_ms: f64) -> Option<String> {
    let limit = VOID_LAG.as_secs_f64() * 1000.0;
    (lag_p95_ms > limit).then(|| {
        format!(
            "the benchmark itself was held up: for 5 % of the time its timers were more than {lag_p95_ms:.0} ms late (limit {limit:.0} ms)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[tokio::test(start_paused = true)]
    async fn a_standstill_is_as_much_of_the_samples_as_of_the_time() {
        let mut lag = LagMeter::default();
        let standstill = async {
            tokio::time::sleep(Duration::from_secs(9)).await;
            tokio::time::advance(Duration::from_secs(1)).await;
            tokio::time::sleep(SAMPLE_EVERY).await;
        };
        tokio::select! {
            biased;
            () = standstill => {}
            () = lag.watch() => {}
        }
        assert!(lag.quantile_ms(0.88) < 5.0, "{lag:?}");
        assert!(lag.quantile_ms(0.95) > 400.0, "{lag:?}");
    }
}
