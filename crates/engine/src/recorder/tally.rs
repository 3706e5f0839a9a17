//! What was counted, by one thread or by all.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;

use super::Endpoint;
use crate::{
    failure::{Class, Failure},
    score::Counts,
};

/// Latencies are held from 1 µs to 60 s with 2 significant digits.
const SLOWEST_MICROS: u64 = 60_000_000;

/// How many sentences are kept for each kind of failure.
pub(super) const EXAMPLES: usize = 5;
/// How many kinds of failures are told apart.
pub(super) const KINDS: usize = 200;

/// What one endpoint came to.
#[derive(Clone, Debug)]
pub struct EndpointTally {
    /// Judged requests.
    pub judged: u64,
    /// Right answers.
    pub right: u64,
    /// Failures by class.
    pub failures: BTreeMap<Class, u64>,
    /// Latencies of right answers, from sending, in microseconds.
    pub latency: Histogram<u64>,
    /// The same from when the request was due.
    pub planned: Histogram<u64>,
    /// People whose mood it spoiled for good.
    pub departures: Departures,
}

/// People who left because of one endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    /// After a slow answer.
    pub slow: u64,
    /// The latencies of these slow answers, added up.
    pub waited: Duration,
    /// After a failure.
    pub failed: u64,
}

impl Departures {
    /// For whatever reason.
    pub fn all(self) -> u64 {
        self.slow + self.failed
    }

    fn add(&mut self, other: Departures) {
        self.slow += other.slow;
        self.waited += other.waited;
        self.failed += other.failed;
    }

    fn since(self, earlier: Departures) -> Departures {
        Departures {
            slow: self.slow - earlier.slow,
            waited: self.waited.saturating_sub(earlier.waited),
            failed: self.failed - earlier.failed,
        }
    }
}

fn no_times() -> Histogram<u64> {
    Histogram::new_with_bounds(1, SLOWEST_MICROS, 2).expect("the bounds are valid")
}

/// What a histogram holds of a time.
pub(super) fn micros(time: Duration) -> u64 {
    (time.as_micros() as u64).max(1)
}

fn quantile_ms(micros: &Histogram<u64>, quantile: f64) -> f64 {
    match micros.len() {
        0 => 0.0,
        _ => micros.value_at_quantile(quantile) as f64 / 1000.0,
    }
}

fn add(mine: &mut Histogram<u64>, theirs: &Histogram<u64>) {
    mine.add(theirs)
        .expect("all histograms have the same bounds");
}

fn times_since(now: &Histogram<u64>, earlier: &Histogram<u64>) -> Histogram<u64> {
    let mut times = now.clone();
    times
        .subtract(earlier)
        .expect("an earlier histogram has the same bounds and no larger counts");
    times
}

impl Default for EndpointTally {
    fn default() -> Self {
        EndpointTally {
            judged: 0,
            right: 0,
            failures: BTreeMap::new(),
            latency: no_times(),
            planned: no_times(),
            departures: Departures::default(),
        }
    }
}

impl EndpointTally {
    /// A quantile (0 to 1) of the latencies from sending, milliseconds; 0 if
    /// there was no right answer.
    pub fn latency_ms(&self, quantile: f64) -> f64 {
        quantile_ms(&self.latency, quantile)
    }

    /// The same from when the requests were due.
    pub fn planned_ms(&self, quantile: f64) -> f64 {
        quantile_ms(&self.planned, quantile)
    }

    fn merge(&mut self, other: &EndpointTally) {
        self.judged += other.judged;
        self.right += other.right;
        for (class, count) in &other.failures {
            *self.failures.entry(*class).or_default() += count;
        }
        add(&mut self.latency, &other.latency);
        add(&mut self.planned, &other.planned);
        self.departures.add(other.departures);
    }

    fn since(&self, earlier: &EndpointTally) -> EndpointTally {
        let failures = self.failures.iter().map(|(class, count)| {
            let before = earlier.failures.get(class).copied().unwrap_or_default();
            (*class, count - before)
        });
        EndpointTally {
            judged: self.judged - earlier.judged,
            right: self.right - earlier.right,
            failures: failures.collect(),
            latency: times_since(&self.latency, &earlier.latency),
            planned: times_since(&self.planned, &earlier.planned),
            departures: self.departures.since(earlier.departures),
        }
    }
}

/// Failures of one class and code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureTally {
    /// How many.
    pub count: u64,
    /// The first few sentences.
    pub examples: Vec<String>,
}

/// Everything that was counted, by one thread or by all.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By the benchmark's table of endpoints.
    pub endpoints: Vec<EndpointTally>,
    /// By class and code.
    pub failures: BTreeMap<(Class, String), FailureTally>,
    /// Requests cut off by the end.
    pub cancelled: u64,
    /// How late requests were sent, in microseconds. Static files are left out:
    /// they leave with their page, and would hide everything else.
    pub delay: Histogram<u64>,
}

impl Tally {
    /// An empty tally for a table of so many endpoints.
    pub fn new(endpoints: usize) -> Self {
        Tally {
            endpoints: vec![EndpointTally::default(); endpoints],
            failures: BTreeMap::new(),
            cancelled: 0,
            delay: no_times(),
        }
    }

    /// Adds another tally of the same table.
    pub fn merge(&mut self, other: &Tally) {
        for (mine, theirs) in self.endpoints.iter_mut().zip(&other.endpoints) {
            mine.merge(theirs);
        }
        for ((class, code), theirs) in &other.failures {
            let mine = self.failures.entry((*class, code.clone())).or_default();
            mine.count += theirs.count;
            let room = EXAMPLES.saturating_sub(mine.examples.len());
            mine.examples
                .extend(theirs.examples.iter().take(room).cloned());
        }
        self.cancelled += other.cancelled;
        add(&mut self.delay, &other.delay);
    }

    /// What was counted since `earlier`, a tally of the same recorders. Kinds of
    /// failures that did not occur again are left out.
    pub fn since(&self, earlier: &Tally) -> Tally {
        let endpoints = self.endpoints.iter().zip(&earlier.endpoints);
        let kinds = self.failures.iter().filter_map(|(kind, now)| {
            let before = earlier.failures.get(kind).map_or(0, |kind| kind.count);
            let count = now.count - before;
            let examples = now.examples.clone();
            (count > 0).then(|| (kind.clone(), FailureTally { count, examples }))
        });
        Tally {
            endpoints: endpoints.map(|(now, before)| now.since(before)).collect(),
            failures: kinds.collect(),
            cancelled: self.cancelled - earlier.cancelled,
            delay: times_since(&self.delay, &earlier.delay),
        }
    }

    /// A quantile (0 to 1) of how late requests were sent, milliseconds.
    pub fn delay_ms(&self, quantile: f64) -> f64 {
        quantile_ms(&self.delay, quantile)
    }

    /// Failures of one class.
    pub fn count_of(&self, class: Class) -> u64 {
        let kinds = self.failures.iter();
        kinds
            .filter(|((other, _), _)| *other == class)
            .map(|(_, kind)| kind.count)
            .sum()
    }

    /// The counts that the score is made from.
    pub fn counts(&self, table: &[Endpoint]) -> Counts {
        Counts {
            points: self
                .endpoints
                .iter()
                .zip(table)
                .map(|(tally, endpoint)| tally.right * endpoint.points)
                .sum(),
            judged: self.endpoints.iter().map(|tally| tally.judged).sum(),
            wrong: self.count_of(Class::Wrong),
            timeout: self.count_of(Class::Timeout),
            critical: self.count_of(Class::Critical),
        }
    }

    /// Failures of the benchmarker's own.
    pub fn system_failures(&self) -> u64 {
        self.count_of(Class::System)
    }

    /// Counts a failure that belongs to no endpoint.
    pub fn note(&mut self, failure: &Failure) {
        let mut key = (failure.class, failure.code.clone());
        if self.failures.len() >= KINDS && !self.failures.contains_key(&key) {
            key.1 = "other".to_owned();
        }
        let tally = self.failures.entry(key).or_default();
        tally.count += 1;
        if tally.examples.len() < EXAMPLES {
            tally.examples.push(failure.sentence.clone());
        }
    }
}
