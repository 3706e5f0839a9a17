//! A load, second by second: the content of `timeline.json`.

use serde::{Deserialize, Serialize};

/// The version of [`Timeline`] that this crate writes.
pub const TIMELINE_VERSION: u32 = 1;

/// Buckets of the histogram of latencies, the open one at the end included.
pub const BUCKETS: usize = 24;
/// The upper limit of the first bucket, milliseconds.
const FIRST_LIMIT_MS: f64 = 0.25;
/// How much further each bucket reaches than the one before.
const WIDTH: f64 = 1.6;

/// How a load went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// [`TIMELINE_VERSION`] of the writer.
    pub version: u32,
    /// The endpoints, in the order of the table of points.
    pub endpoints: Vec<String>,
    /// The upper limits of the buckets, milliseconds, ascending; one more bucket
    /// holds what is slower than the last limit.
    pub bucket_limits_ms: Vec<f64>,
    /// In order, about one for each second of the load.
    pub seconds: Vec<Second>,
}

/// One second of a load.
///
/// Latencies are those of right answers that were worth points: static files
/// are so many and so quick that they would hide everything else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// When it ended, seconds since the load began. It began when the one before ended.
    pub until: f64,
    /// People on the site at its end.
    pub people: u64,
    /// People who left in it because of a slow or failed answer.
    pub driven_away: u64,
    /// Requests judged in it.
    pub judged: u64,
    /// Points so far.
    pub points: u64,
    /// What the score would have been, had the load ended then.
    pub score: u64,
    /// Failures in it.
    pub failures: FailureCounts,
    /// Latencies in it; absent when no right answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// How many answers took how long, by [`Timeline::bucket_limits_ms`].
    pub buckets: Vec<u64>,
    /// The median latency of each of [`Timeline::endpoints`], milliseconds, free
    /// ones included; null where no right answer came.
    pub endpoint_p50_ms: Vec<Option<f64>>,
}

/// Failures by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureCounts {
    /// Data leaked, lost or falsified.
    pub critical: u64,
    /// Wrong answers.
    pub wrong: u64,
    /// No answer in time.
    pub timeout: u64,
    /// The benchmark's own trouble.
    pub system: u64,
}

impl FailureCounts {
    /// Those that the site is to blame for.
    pub fn of_the_site(self) -> u64 {
        self.critical + self.wrong + self.timeout
    }
}

/// Percentiles of latencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Milliseconds.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p95_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
}

impl Timeline {
    /// An empty timeline of these endpoints.
    pub fn new(endpoints: Vec<String>) -> Self {
        Timeline {
            version: TIMELINE_VERSION,
            endpoints,
            bucket_limits_ms: bucket_limits_ms(),
            seconds: Vec::new(),
        }
    }
}

/// From a quarter of a millisecond to about eight seconds, each limit 1.6 times
/// the one before.
fn bucket_limits_ms() -> Vec<f64> {
    let exact = (0..BUCKETS as i32 - 1).map(|power| FIRST_LIMIT_MS * WIDTH.powi(power));
    exact
        .map(|limit| (limit * 1000.0).round() / 1000.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_reach_from_instant_to_hopeless() {
        let limits = Timeline::new(Vec::new()).bucket_limits_ms;
        assert_eq!(limits.len(), BUCKETS - 1);
        assert!(limits.is_sorted());
        assert!(
            limits[0] < 1.0 && limits[BUCKETS - 2] > 5_000.0,
            "{limits:?}"
        );
    }
}
