//! Notes the load second by second.

use std::time::Duration;

use isutori_engine::{
    failure::Class,
    load::{LoadOutcome, LoadProgress},
    recorder::{Endpoint, EndpointTally, Tally},
};
use isutori_protocol::{FailureCounts, Latency, Second, Timeline};

/// A timeline that grows.
///
/// What it holds besides the timeline itself are the last counts: each second is
/// the difference between two of them, so that those who count need not know.
pub(crate) struct TimelineRecorder {
    table: &'static [Endpoint],
    timeline: Timeline,
    last: Tally,
}

/// What was counted between two looks at the load.
pub(crate) struct Interval {
    /// For the timeline.
    pub(crate) second: Second,
    /// Seconds.
    pub(crate) length: f64,
    /// The counts.
    pub(crate) tally: Tally,
}

impl TimelineRecorder {
    pub(crate) fn new(table: &'static [Endpoint]) -> Self {
        let names = table.iter().map(|endpoint| endpoint.name.to_owned());
        TimelineRecorder {
            table,
            timeline: Timeline::new(names.collect()),
            last: Tally::new(table.len()),
        }
    }

    /// Notes what came since the last look; nothing when nothing was counted anew.
    pub(crate) fn note(&mut self, load: &LoadProgress) -> Option<Interval> {
        let until = load.counted_until.as_secs_f64();
        let last = self.timeline.seconds.last();
        let length = until - last.map_or(0.0, |second| second.until);
        if length <= 0.0 {
            return None;
        }
        let tally = load.tally.since(&self.last);
        let counts = load.tally.counts(self.table);
        let endpoints = tally.endpoints.iter();
        let second = Second {
            until,
            people: load.people,
            driven_away: endpoints.clone().map(|e| e.departures.all()).sum(),
            judged: endpoints.clone().map(|e| e.judged).sum(),
            points: counts.points,
            score: counts.score(),
            failures: failure_counts(&tally),
            endpoint_p50_ms: endpoints.map(median).collect(),
            ..self.latencies(&tally)
        };
        self.last.clone_from(&load.tally);
        self.timeline.seconds.push(second.clone());
        Some(Interval {
            second,
            length,
            tally,
        })
    }

    /// Notes the rest of a load that is over, and that was to last so long.
    pub(crate) fn close(&mut self, load: &LoadOutcome, duration: Duration) -> Option<Interval> {
        self.note(&LoadProgress {
            elapsed: load.lasted,
            counted_until: load.lasted.min(duration),
            people: load.last_people,
            tally: load.tally.clone(),
        })
    }

    pub(crate) fn finish(self) -> Timeline {
        self.timeline
    }

    /// Percentiles and buckets of the right answers that were worth points.
    fn latencies(&self, tally: &Tally) -> Second {
        let mut all = EndpointTally::default().latency;
        for (endpoint, counted) in self.table.iter().zip(&tally.endpoints) {
            if endpoint.points > 0 {
                all.add(&counted.latency)
                    .expect("all histograms have the same bounds");
            }
        }
        let ms = |quantile| all.value_at_quantile(quantile) as f64 / 1000.0;
        let limits = &self.timeline.bucket_limits_ms;
        let mut buckets = vec![0; limits.len() + 1];
        for value in all.iter_recorded() {
            let latency_ms = value.value_iterated_to() as f64 / 1000.0;
            let bucket = limits.partition_point(|limit| *limit < latency_ms);
            buckets[bucket] += value.count_at_value();
        }
        Second {
            latency: (!all.is_empty()).then(|| Latency {
                p50_ms: ms(0.5),
                p95_ms: ms(0.95),
                p99_ms: ms(0.99),
            }),
            buckets,
            ..Second::default()
        }
    }
}

fn median(endpoint: &EndpointTally) -> Option<f64> {
    let latency = &endpoint.latency;
    (!latency.is_empty()).then(|| latency.value_at_quantile(0.5) as f64 / 1000.0)
}

fn failure_counts(tally: &Tally) -> FailureCounts {
    FailureCounts {
        critical: tally.count_of(Class::Critical),
        wrong: tally.count_of(Class::Wrong),
        timeout: tally.count_of(Class::Timeout),
        system: tally.count_of(Class::System),
    }
}

#[cfg(test)]
mod tests {
    use isutori_engine::{
        failure::Failure,
        recorder::{EndpointId, Recorder},
    };

    use super::*;

    const TABLE: &[Endpoint] = &[
        Endpoint {
            name: "page",
            points: 3,
        },
        Endpoint {
            name: "static files",
            points: 0,
        },
    ];

    fn look(recorder: &Recorder, until_ms: u64) -> LoadProgress {
        LoadProgress {
            elapsed: Duration::from_millis(until_ms + 250),
            counted_until: Duration::from_millis(until_ms),
            people: 7,
            tally: recorder.snapshot(),
        }
    }

    #[test]
    fn each_second_holds_what_came_in_it() {
        let recorder = Recorder::new(TABLE.len());
        let judge = |endpoint: usize, ms: u64| {
            let latency = Duration::from_millis(ms);
            recorder.judge(EndpointId(endpoint), latency, Ok(()));
        };
        let mut timeline = TimelineRecorder::new(TABLE);

        (0..10).for_each(|_| judge(0, 1));
        timeline.note(&look(&recorder, 1000)).expect("a second");
        (0..4).for_each(|_| judge(0, 900));
        (0..50).for_each(|_| judge(1, 20));
        let failure = Failure::timeout("http.timeout", "no answer");
        recorder.judge(EndpointId(0), Duration::ZERO, Err(&failure));
        timeline.note(&look(&recorder, 2000)).expect("a second");
        assert!(timeline.note(&look(&recorder, 2000)).is_none());

        let timeline = timeline.finish();
        let [first, second] = &timeline.seconds[..] else {
            panic!("{timeline:?}");
        };
        assert_eq!((first.judged, first.points, first.people), (10, 30, 7));
        assert_eq!((second.judged, second.points), (55, 42));
        assert_eq!(second.failures.timeout, 1);
        assert_eq!(second.buckets.iter().sum::<u64>(), 4, "free ones are apart");
        let slow = second.buckets.iter().rposition(|count| *count > 0);
        let limit = timeline.bucket_limits_ms[slow.expect("four answers")];
        assert!((900.0..1500.0).contains(&limit), "{limit}");
        let p50_ms = second.latency.expect("right answers").p50_ms;
        assert!((890.0..920.0).contains(&p50_ms), "{p50_ms}");
        let medians = &second.endpoint_p50_ms;
        assert!(
            medians[0] > Some(890.0) && medians[1] < Some(21.0),
            "{medians:?}"
        );
        assert_eq!(first.endpoint_p50_ms[1], None);
    }
}
