//! Counting: one recorder for each thread, merged once a second.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use hdrhistogram::Histogram;
use tokio::time::Instant;

use crate::{
    failure::{Class, Failure},
    score::Counts,
};

/// A kind of request that is counted and paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// As the manual names it, such as `GET /entries/:id`.
    pub name: &'static str,
    /// Points for each right answer.
    pub points: u64,
}

/// An endpoint's place in the benchmark's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointId(pub usize);

/// Latencies are held from 1 µs to 60 s with 2 significant digits.
const SLOWEST_MICROS: u64 = 60_000_000;

/// How many sentences are kept for each kind of failure.
const EXAMPLES: usize = 5;
/// How many kinds of failures are told apart.
const KINDS: usize = 200;

/// What one endpoint came to.
#[derive(Clone, Debug)]
pub struct EndpointTally {
    /// Judged requests.
    pub judged: u64,
    /// Right answers.
    pub right: u64,
    /// Failures by class.
    pub failures: BTreeMap<Class, u64>,
    /// Latencies of right answers in microseconds.
    pub latency: Histogram<u64>,
}

impl Default for EndpointTally {
    fn default() -> Self {
        let latency =
            Histogram::new_with_bounds(1, SLOWEST_MICROS, 2).expect("the bounds are valid");
        EndpointTally {
            judged: 0,
            right: 0,
            failures: BTreeMap::new(),
            latency,
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
}

impl Tally {
    /// An empty tally for a table of so many endpoints.
    pub fn new(endpoints: usize) -> Self {
        Tally {
            endpoints: vec![EndpointTally::default(); endpoints],
            failures: BTreeMap::new(),
            cancelled: 0,
        }
    }

    /// Adds another tally of the same table.
    pub fn merge(&mut self, other: &Tally) {
        for (mine, theirs) in self.endpoints.iter_mut().zip(&other.endpoints) {
            mine.judged += theirs.judged;
            mine.right += theirs.right;
            for (class, count) in &theirs.failures {
                *mine.failures.entry(*class).or_default() += count;
            }
            mine.latency
                .add(&theirs.latency)
                .expect("all histograms have the same bounds");
        }
        for ((class, code), theirs) in &other.failures {
            let mine = self.failures.entry((*class, code.clone())).or_default();
            mine.count += theirs.count;
            let room = EXAMPLES.saturating_sub(mine.examples.len());
            mine.examples
                .extend(theirs.examples.iter().take(room).cloned());
        }
        self.cancelled += other.cancelled;
    }

    /// The counts that the score is made from.
    pub fn counts(&self, table: &[Endpoint]) -> Counts {
        let class = |class| {
            self.failures
                .iter()
                .filter(|((c, _), _)| *c == class)
                .map(|(_, f)| f.count)
                .sum()
        };
        Counts {
            points: self
                .endpoints
                .iter()
                .zip(table)
                .map(|(tally, endpoint)| tally.right * endpoint.points)
                .sum(),
            judged: self.endpoints.iter().map(|tally| tally.judged).sum(),
            wrong: class(Class::Wrong),
            timeout: class(Class::Timeout),
            critical: class(Class::Critical),
        }
    }

    /// Failures of the benchmarker's own.
    pub fn system_failures(&self) -> u64 {
        self.failures
            .iter()
            .filter(|((class, _), _)| *class == Class::System)
            .map(|(_, f)| f.count)
            .sum()
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

/// Counts for the people of one thread.
pub struct Recorder {
    tally: RefCell<Tally>,
    in_flight: Cell<u64>,
    deadline: Option<Instant>,
}

impl Recorder {
    /// An empty recorder for a table of so many endpoints.
    pub fn new(endpoints: usize) -> Self {
        Recorder {
            tally: RefCell::new(Tally::new(endpoints)),
            in_flight: Cell::new(0),
            deadline: None,
        }
    }

    /// A recorder that counts nothing after `deadline`.
    pub fn until(endpoints: usize, deadline: Instant) -> Self {
        Recorder {
            deadline: Some(deadline),
            ..Recorder::new(endpoints)
        }
    }

    /// A request is on its way: it is judged later or cut off by the end.
    pub fn begin(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// A request begun before turned out not to be sent.
    pub fn forget(&self) {
        self.in_flight.set(self.in_flight.get().saturating_sub(1));
    }

    /// Judges a request begun before. `latency` goes from sending to the last byte.
    /// The benchmarker's own trouble is noted but not judged.
    pub fn judge(&self, endpoint: EndpointId, latency: Duration, verdict: Result<(), &Failure>) {
        if self
            .deadline
            .is_some_and(|deadline| Instant::now() > deadline)
        {
            return;
        }
        self.forget();
        let mut tally = self.tally.borrow_mut();
        if let Err(failure) = verdict {
            tally.note(failure);
            if failure.class == Class::System {
                return;
            }
        }
        let endpoint = &mut tally.endpoints[endpoint.0];
        endpoint.judged += 1;
        match verdict {
            Ok(()) => {
                endpoint.right += 1;
                endpoint
                    .latency
                    .saturating_record((latency.as_micros() as u64).max(1));
            }
            Err(failure) => *endpoint.failures.entry(failure.class).or_default() += 1,
        }
    }

    /// What was counted so far.
    pub fn snapshot(&self) -> Tally {
        self.tally.borrow().clone()
    }

    /// The final counts; requests still on their way count as cancelled.
    pub fn finish(&self) -> Tally {
        Tally {
            cancelled: self.in_flight.get(),
            ..self.snapshot()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [Endpoint; 2] = [
        Endpoint {
            name: "a",
            points: 3,
        },
        Endpoint {
            name: "b",
            points: 5,
        },
    ];

    #[test]
    fn counts_what_was_judged_and_merges() {
        let recorder = Recorder::new(2);
        let ms = Duration::from_millis(1);
        for _ in 0..4 {
            recorder.begin();
        }
        recorder.judge(EndpointId(0), ms, Ok(()));
        recorder.judge(EndpointId(1), ms, Err(&Failure::wrong("x", "x")));
        recorder.judge(
            EndpointId(1),
            ms,
            Err(&Failure::new(Class::System, "y", "y")),
        );
        let mut all = recorder.finish();
        all.merge(&recorder.finish());
        let counts = all.counts(&TABLE);
        assert_eq!((counts.points, counts.judged, counts.wrong), (6, 4, 2));
        assert_eq!((all.system_failures(), all.cancelled), (2, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_counts_after_the_deadline() {
        let recorder = Recorder::until(1, Instant::now() + Duration::from_secs(1));
        for _ in 0..2 {
            recorder.begin();
            recorder.judge(EndpointId(0), Duration::ZERO, Ok(()));
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        let tally = recorder.finish();
        assert_eq!((tally.endpoints[0].judged, tally.cancelled), (1, 1));
    }

    #[test]
    fn kinds_and_examples_are_bounded() {
        let recorder = Recorder::new(1);
        for n in 0..1000 {
            recorder.judge(
                EndpointId(0),
                Duration::ZERO,
                Err(&Failure::wrong(&format!("kind{n}"), "x")),
            );
            recorder.judge(
                EndpointId(0),
                Duration::ZERO,
                Err(&Failure::wrong("one", "x")),
            );
        }
        let tally = recorder.finish();
        assert!(tally.failures.len() <= KINDS + 1);
        assert_eq!(
            tally.failures.values().map(|kind| kind.count).sum::<u64>(),
            2000
        );
        assert!(
            tally
                .failures
                .values()
                .all(|kind| kind.examples.len() <= EXAMPLES)
        );
    }
}
