//! How long an answer took, counted from two beginnings.

use std::time::Duration;

/// How long an answer took.
///
/// Whoever counts from sending alone does not see the requests that were never
/// sent because somebody was held up: a standstill that a hundred people should
/// have felt is one slow answer then. So both beginnings are noted as they were,
/// and nothing is corrected afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// From sending to the last byte: the site's.
    pub answer: Duration,
    /// From when the request was due to sending: the benchmark's own.
    pub delay: Duration,
}

impl Latency {
    /// From when the request was due to the last byte.
    pub fn planned(self) -> Duration {
        self.delay + self.answer
    }
}

/// Of a request that was sent when it was due.
impl From<Duration> for Latency {
    fn from(answer: Duration) -> Self {
        let delay = Duration::ZERO;
        Latency { answer, delay }
    }
}
