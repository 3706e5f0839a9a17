//! Whether a thread had time to spare.

use std::{fs, time::Duration};

use nix::time::{ClockId, clock_gettime};
use tokio::time::Instant;

/// Effort is looked at in stretches so long.
pub const STRETCH: Duration = Duration::from_secs(1);
/// A thread that was computing, or waiting for a processor, for at least this
/// share of a stretch had nothing to spare: whatever came, came into a queue.
pub const BUSY_FROM: f64 = 0.95;

/// What a thread has had of the processors so far.
#[derive(Clone, Copy, Debug, Default)]
struct ThreadTime {
    /// Computing, user and system.
    computing: Duration,
    /// Ready to compute, but without a processor; zero where the system does not tell.
    waiting: Duration,
}

impl ThreadTime {
    /// Of the calling thread.
    fn now() -> Self {
        let computing = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
        let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let waited = schedule.and_then(|told| told.split(' ').nth(1)?.parse().ok());
        ThreadTime {
            computing: computing.map_or(Duration::ZERO, Duration::from),
            waiting: Duration::from_nanos(waited.unwrap_or(0)),
        }
    }

    fn since(self, earlier: ThreadTime) -> ThreadTime {
        ThreadTime {
            computing: self.computing.saturating_sub(earlier.computing),
            waiting: self.waiting.saturating_sub(earlier.waiting),
        }
    }
}

/// How hard one thread, or several, worked.
#[derive(Clone, Debug, Default)]
pub struct Effort {
    /// When the stretch under way began, and what the thread had had by then.
    begun: Option<(Instant, ThreadTime)>,
    /// Stretches looked at.
    stretches: u64,
    /// Those without time to spare.
    busy: u64,
    /// The largest share of a stretch that was computed.
    most_computing: f64,
    /// The largest share of a stretch that was waited for a processor.
    most_waiting: f64,
    /// Waited for a processor, over all.
    waiting: Duration,
}

impl Effort {
    /// Looks at the calling thread until it is dropped.
    pub async fn watch(&mut self) {
        loop {
            let begun = Instant::now();
            self.begun = Some((begun, ThreadTime::now()));
            tokio::time::sleep_until(begun + STRETCH).await;
            self.close();
        }
    }

    /// Ends the stretch that the calling thread is in.
    pub fn close(&mut self) {
        if let Some((begun, before)) = self.begun.take() {
            self.note(begun.elapsed(), ThreadTime::now().since(before));
        }
    }

    fn note(&mut self, length: Duration, spent: ThreadTime) {
        let share = |time: Duration| time.as_secs_f64() / length.as_secs_f64().max(f64::EPSILON);
        let (computing, waiting) = (share(spent.computing), share(spent.waiting));
        self.waiting += spent.waiting;
        // One that went on for longer, because nothing could end it, weighs as
        // much more; one that the end of the load has cut short says little.
        let weight = (length.as_secs_f64() / STRETCH.as_secs_f64()).round() as u64;
        if weight == 0 {
            return;
        }
        self.stretches += weight;
        if computing + waiting >= BUSY_FROM {
            self.busy += weight;
        }
        self.most_computing = self.most_computing.max(computing);
        self.most_waiting = self.most_waiting.max(waiting);
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: &Effort) {
        self.stretches += other.stretches;
        self.busy += other.busy;
        self.most_computing = self.most_computing.max(other.most_computing);
        self.most_waiting = self.most_waiting.max(other.most_waiting);
        self.waiting += other.waiting;
    }

    /// The share of all stretches in which a thread had no time to spare, 0 to 1.
    pub(super) fn busy_share(&self) -> f64 {
        match self.stretches {
            0 => 0.0,
            all => self.busy as f64 / all as f64,
        }
    }

    /// The largest shares of a stretch that a thread was computing, and waiting
    /// for a processor.
    pub(super) fn most(&self) -> (f64, f64) {
        (self.most_computing, self.most_waiting)
    }

    /// How long threads waited for a processor, added up.
    pub(super) fn waiting(&self) -> Duration {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(computing: u64, waiting: u64) -> ThreadTime {
        ThreadTime {
            computing: Duration::from_millis(computing),
            waiting: Duration::from_millis(waiting),
        }
    }

    #[test]
    fn whoever_computes_or_waits_all_the_time_is_busy() {
        let mut effort = Effort::default();
        for (computing, waiting) in [(300, 10), (980, 0), (500, 460), (400, 400)] {
            effort.note(STRETCH, spent(computing, waiting));
        }
        effort.note(STRETCH * 4, spent(4000, 0));
        effort.note(STRETCH / 10, spent(100, 0));
        assert_eq!((effort.stretches, effort.busy), (8, 6));
        assert_eq!(effort.most(), (1.0, 0.46));
        assert_eq!(effort.waiting(), Duration::from_millis(870));
    }

    #[test]
    fn a_thread_that_computes_takes_processor_time() {
        let before = ThreadTime::now();
        let spent = loop {
            let spent = ThreadTime::now().since(before);
            if spent.computing > Duration::from_millis(5) {
                break spent;
            }
        };
        assert!(spent.computing < Duration::from_secs(60), "{spent:?}");
    }
}
