//! The benchmark's own health.
//!
//! A benchmark that is itself short of something measures itself. While a load
//! lasts, each of its threads keeps a [`Vigil`], and somebody looks after the
//! [`Supplies`] of the process. A run in which something was so short that the
//! score could have changed is void, and says so with figures: the limits are
//! the constants here, and docs/run.md publishes them. What others did on the
//! machine meanwhile is for [`surroundings`] to tell.

mod effort;
mod lag;
mod supplies;
pub mod surroundings;

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use self::lag::starvation;
pub use self::{
    effort::{BUSY_FROM, Effort, STRETCH},
    lag::{LagMeter, SAMPLE_EVERY, fairly},
    supplies::Supplies,
};
use crate::recorder::Tally;

/// When the timers are later than this for more than a twentieth of the time, or
/// a twentieth of the requests leaves later than this, the run is void: such
/// delays are no longer small against the time that people are content to wait.
pub const VOID_LAG: Duration = Duration::from_millis(100);
/// When load threads had no time to spare for more than this share of the time,
/// the run is void: the crowd could not have grown, however good the site.
pub const VOID_BUSY: f64 = 0.05;
/// A load that was longer than it should be by more than this makes the run void.
pub const VOID_OVERRUN: Duration = Duration::from_millis(200);

/// What the threads of a load notice of themselves.
#[derive(Clone, Debug, Default)]
pub struct Vigil {
    lag: LagMeter,
    effort: Effort,
}

impl Vigil {
    /// Watches the calling thread until it is dropped.
    pub async fn keep(&mut self) {
        futures::join!(self.lag.watch(), self.effort.watch());
    }

    /// Takes note of the time since the last look.
    pub fn close(&mut self) {
        self.effort.close();
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: &Vigil) {
        self.lag.merge(&other.lag);
        self.effort.merge(&other.effort);
    }
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
    /// How late requests were sent, milliseconds.
    pub delay_p95_ms: f64,
    /// How late requests were sent, milliseconds.
    pub delay_max_ms: f64,
    /// Processor seconds (user and system) of the benchmark's process during the load.
    pub cpu_seconds: f64,
    /// Seconds for which the load's threads were ready but had no processor, added up.
    pub run_delay_seconds: f64,
    /// The share of the time in which a load thread had nothing to spare, 0 to 1.
    pub busy_share: f64,
    /// The largest share of a second that a load thread computed, 0 to 1.
    pub thread_cpu_max: f64,
    /// The largest share of a second that a load thread waited for a processor, 0 to 1.
    pub thread_wait_max: f64,
    /// By how much the load was longer than it should be, seconds.
    pub overrun_seconds: f64,
    /// What was used up.
    pub supplies: Supplies,
    /// Failures of the benchmark's own, such as no free ports.
    pub system_failures: u64,
}

impl Health {
    /// What threads noticed and counted; the rest is for the caller to say.
    pub fn new(vigil: &Vigil, tally: &Tally) -> Self {
        let Vigil { lag, effort } = vigil;
        let (thread_cpu_max, thread_wait_max) = effort.most();
        Health {
            lag_p50_ms: lag.quantile_ms(0.5),
            lag_p95_ms: lag.quantile_ms(0.95),
            lag_p99_ms: lag.quantile_ms(0.99),
            lag_max_ms: lag.quantile_ms(1.0),
            lag_samples: lag.samples(),
            delay_p95_ms: tally.delay_ms(0.95),
            delay_max_ms: tally.delay_ms(1.0),
            run_delay_seconds: effort.waiting().as_secs_f64(),
            busy_share: effort.busy_share(),
            thread_cpu_max,
            thread_wait_max,
            system_failures: tally.system_failures(),
            ..Health::default()
        }
    }

    /// Why the run is void, if it is.
    pub fn void_reasons(&self) -> Vec<String> {
        let unwatched = (self.lag_samples == 0)
            .then(|| "not one timer of the benchmark fired during the load".to_owned());
        let reasons = [
            self.own_failures(),
            unwatched,
            starvation(self.lag_p95_ms),
            self.late_requests(),
            self.exhaustion(),
            self.overrun(),
        ];
        reasons.into_iter().flatten().collect()
    }

    fn own_failures(&self) -> Option<String> {
        let Supplies {
            descriptors,
            descriptors_limit,
            ports,
            ports_limit,
            memory_mib,
        } = self.supplies;
        let failures = self.system_failures;
        (failures > 0).then(|| {
            format!(
                "the benchmark itself had {failures} failures; it had {descriptors} of {descriptors_limit} descriptors, up to {ports} of {ports_limit} local ports and {memory_mib} MiB of memory"
            )
        })
    }

    fn late_requests(&self) -> Option<String> {
        let (late, limit) = (self.delay_p95_ms, milliseconds(VOID_LAG));
        (late > limit).then(|| {
            format!(
                "the benchmark itself was late: it sent 5 % of the requests more than {late:.0} ms after they were due (limit {limit:.0} ms)"
            )
        })
    }

    fn exhaustion(&self) -> Option<String> {
        let percent = |share: f64| share * 100.0;
        (self.busy_share > VOID_BUSY).then(|| {
            format!(
                "the benchmark itself was at its limit: its threads had no time to spare for {:.0} % of the load (limit {:.0} %); one computed for up to {:.0} % of a second and waited for a processor for up to {:.0} %",
                percent(self.busy_share),
                percent(VOID_BUSY),
                percent(self.thread_cpu_max),
                percent(self.thread_wait_max),
            )
        })
    }

    fn overrun(&self) -> Option<String> {
        let (late, limit) = (self.overrun_seconds, VOID_OVERRUN.as_secs_f64());
        (late > limit).then(|| {
            format!("the load was {late:.2} s longer than it should be (limit {limit:.1} s)")
        })
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
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

    /// Of a benchmark one tenth of whose timers were so late.
    fn health(late: Duration) -> Health {
        let mut vigil = Vigil::default();
        (0..90).for_each(|_| vigil.lag.note(Duration::from_micros(50)));
        (0..10).for_each(|_| vigil.lag.note(late));
        Health::new(&vigil, &Tally::new(0))
    }

    #[test]
    fn whatever_was_short_makes_a_run_void_and_is_told_with_its_figure() {
        let well = health(Duration::from_millis(50));
        let told = |ill: Health| ill.void_reasons().join("; ");
        let ill = |change: fn(&mut Health)| {
            let mut ill = well.clone();
            change(&mut ill);
            told(ill)
        };

        assert_eq!(told(well.clone()), "");
        assert!(told(health(Duration::from_millis(150))).contains("15"));
        assert!(ill(|ill| ill.system_failures = 7).contains("7 failures"));
        assert!(ill(|ill| ill.delay_p95_ms = 123.0).contains("123 ms"));
        assert!(ill(|ill| ill.busy_share = 0.31).contains("31 %"));
        assert!(ill(|ill| ill.overrun_seconds = 0.25).contains("0.25 s"));
        assert!(ill(|ill| ill.lag_samples = 0).contains("not one timer"));
    }
}
