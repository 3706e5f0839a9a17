//! A timeline in as many columns as a plot has room for.

use isutori_protocol::{FailureCounts, Latency, Second, Timeline};

/// More than so many columns could not be told apart.
const MOST: usize = 120;

/// A second, or some of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// Seconds since the load began.
    pub(super) from: f64,
    /// Seconds since the load began.
    pub(super) until: f64,
    /// At the end.
    pub(super) people: f64,
    /// A second, on the mean.
    pub(super) driven_away: f64,
    /// A second, on the mean.
    pub(super) requests: f64,
    /// At the end.
    pub(super) score: f64,
    /// In the whole column.
    pub(super) counts: FailureCounts,
    /// The mean of those of its seconds.
    pub(super) latency: Option<Latency>,
    /// In the whole column.
    pub(super) buckets: Vec<u64>,
}

impl Column {
    pub(super) fn failures(&self) -> u64 {
        self.counts.of_the_site() + self.counts.system
    }

    pub(super) fn length(&self) -> f64 {
        self.until - self.from
    }
}

/// The columns, and how many seconds each stands for.
pub(super) fn columns(timeline: &Timeline) -> (Vec<Column>, usize) {
    let width = width(timeline);
    let mut from = 0.0;
    let mut columns = Vec::new();
    for seconds in timeline.seconds.chunks(width) {
        let column = merge(from, seconds);
        from = column.until;
        columns.push(column);
    }
    (columns, width)
}

/// How many seconds a column stands for.
pub(super) fn width(timeline: &Timeline) -> usize {
    timeline.seconds.len().div_ceil(MOST).max(1)
}

fn merge(from: f64, seconds: &[Second]) -> Column {
    let mut column = Column {
        from,
        ..Column::default()
    };
    for second in seconds {
        column.until = second.until;
        column.people = second.people as f64;
        column.score = second.score as f64;
        column.counts.critical += second.failures.critical;
        column.counts.wrong += second.failures.wrong;
        column.counts.timeout += second.failures.timeout;
        column.counts.system += second.failures.system;
        column.buckets.resize(second.buckets.len(), 0);
        for (all, count) in column.buckets.iter_mut().zip(&second.buckets) {
            *all += count;
        }
    }
    // A file may say anything, even that no time passed.
    let length = column.length().max(f64::MIN_POSITIVE);
    let sum = |of: fn(&Second) -> u64| seconds.iter().map(of).sum::<u64>() as f64;
    column.driven_away = sum(|second| second.driven_away) / length;
    column.requests = sum(|second| second.judged) / length;
    column.latency = mean_latency(seconds);
    column
}

fn mean_latency(seconds: &[Second]) -> Option<Latency> {
    let known: Vec<Latency> = seconds.iter().filter_map(|second| second.latency).collect();
    let mean = |of: fn(&Latency) -> f64| known.iter().map(of).sum::<f64>() / known.len() as f64;
    (!known.is_empty()).then(|| Latency {
        p50_ms: mean(|latency| latency.p50_ms),
        p95_ms: mean(|latency| latency.p95_ms),
        p99_ms: mean(|latency| latency.p99_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_load_is_merged_without_losing_anything() {
        let mut timeline = Timeline::new(Vec::new());
        let second = |until: u32| Second {
            until: f64::from(until),
            judged: 10,
            buckets: vec![1, 2],
            ..Second::default()
        };
        timeline.seconds = (1..=3600).map(second).collect();

        let (columns, width) = columns(&timeline);

        assert_eq!((columns.len(), width), (120, 30));
        assert!(columns.iter().all(|column| column.requests == 10.0));
        assert!(columns.iter().all(|column| column.buckets == [30, 60]));
        assert_eq!(columns[119].until, 3600.0);
    }
}
