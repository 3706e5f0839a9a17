//! Counting: one recorder for each thread, merged once a second.

mod latency;
mod tally;

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use tokio::time::Instant;

use self::tally::micros;
pub use self::{
    latency::Latency,
    tally::{Departures, EndpointTally, FailureTally, Tally},
};
use crate::{
    failure::{Class, Failure},
    person::Spoiler,
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

    /// When counting ends, if ever.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// A request is on its way: it is judged later or cut off by the end.
    pub fn begin(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// A request begun before turned out not to be sent.
    pub fn forget(&self) {
        self.in_flight.set(self.in_flight.get().saturating_sub(1));
    }

    /// A request left so much later than it was due.
    pub fn note_delay(&self, delay: Duration) {
        let mut tally = self.tally.borrow_mut();
        tally.delay.saturating_record(micros(delay));
    }

    /// Judges a request begun before.
    /// The benchmarker's own trouble is noted but not judged.
    pub fn judge(
        &self,
        endpoint: EndpointId,
        latency: impl Into<Latency>,
        verdict: Result<(), &Failure>,
    ) {
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
                let latency = latency.into();
                endpoint.right += 1;
                endpoint.latency.saturating_record(micros(latency.answer));
                endpoint
                    .planned
                    .saturating_record(micros(latency.planned()));
            }
            Err(failure) => *endpoint.failures.entry(failure.class).or_default() += 1,
        }
    }

    /// Somebody has left because of this.
    pub fn depart(&self, spoiler: &Spoiler) {
        let endpoint = &mut self.tally.borrow_mut().endpoints[spoiler.endpoint.0];
        match spoiler.slow {
            Some(latency) => {
                endpoint.departures.slow += 1;
                endpoint.departures.waited += latency;
            }
            None => endpoint.departures.failed += 1,
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
    use hdrhistogram::Histogram;

    use super::{
        tally::{EXAMPLES, KINDS},
        *,
    };

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

    #[test]
    fn latencies_are_counted_from_sending_and_from_when_it_was_due() {
        let recorder = Recorder::new(1);
        let latency = Latency {
            answer: Duration::from_millis(20),
            delay: Duration::from_millis(300),
        };
        recorder.note_delay(latency.delay);
        recorder.judge(EndpointId(0), latency, Ok(()));

        let mut tally = recorder.finish();
        tally.merge(&recorder.finish().since(&Tally::new(1)));

        let median = |histogram: &Histogram<u64>| {
            assert_eq!(histogram.len(), 2);
            (histogram.value_at_quantile(0.5) + 500) / 10_000
        };
        let endpoint = &tally.endpoints[0];
        assert_eq!(median(&endpoint.latency), 2);
        assert_eq!(median(&endpoint.planned), 32);
        assert_eq!(median(&tally.delay), 30);
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
    fn what_was_counted_since_is_told_apart() {
        let recorder = Recorder::new(2);
        let [quick, slow] = [1, 500].map(Duration::from_millis);
        recorder.judge(EndpointId(0), quick, Ok(()));
        recorder.judge(EndpointId(1), quick, Err(&Failure::wrong("old", "x")));
        let earlier = recorder.snapshot();
        recorder.judge(EndpointId(0), slow, Ok(()));
        recorder.judge(EndpointId(0), quick, Err(&Failure::timeout("new", "x")));
        recorder.depart(&Spoiler {
            endpoint: EndpointId(1),
            slow: Some(slow),
        });

        let since = recorder.snapshot().since(&earlier);

        let [first, second] = &since.endpoints[..] else {
            panic!("{since:?}");
        };
        assert_eq!((first.judged, first.right), (2, 1));
        assert_eq!((second.judged, second.departures.slow), (0, 1));
        assert!(first.latency.min() > 490_000, "{}", first.latency.min());
        let kinds: Vec<_> = since.failures.keys().map(|(_, code)| &**code).collect();
        assert_eq!(kinds, ["new"]);
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
