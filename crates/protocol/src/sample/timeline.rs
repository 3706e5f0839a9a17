//! A load to be shown by tests: growth, trouble in the middle, recovery.

use crate::{FailureCounts, Latency, RunResult, Second, Timeline, timeline::BUCKETS};

/// The seconds at which the site is in trouble.
const TROUBLE: std::ops::Range<u64> = 25..32;

/// The timeline of a load of one minute.
pub fn timeline(run: &RunResult) -> Timeline {
    let names = run.endpoints.iter().map(|endpoint| endpoint.name.clone());
    let mut timeline = Timeline::new(names.collect());
    let (mut people, mut points) = (4.0, 0);
    for number in 1..=60 {
        let in_trouble = TROUBLE.contains(&number);
        let wave = (number as f64 * 1.7).sin();
        people *= if in_trouble {
            0.9
        } else {
            1.0 + 0.35 * (1.0 - people / 900.0)
        };
        let judged = (people * 0.8 + 4.0 * wave).max(3.0) as u64;
        let exact_ms = (2.0 + people / 20.0) * if in_trouble { 8.0 } else { 1.0 + 0.1 * wave };
        // Eighths are the same in binary and in decimal.
        let p50_ms = (exact_ms * 8.0).round() / 8.0;
        points += judged * 2;
        timeline.seconds.push(Second {
            until: number as f64,
            people: people as u64,
            driven_away: if in_trouble { 12 } else { 0 },
            judged,
            points,
            score: points,
            failures: FailureCounts {
                wrong: u64::from(in_trouble) * number % 5,
                timeout: u64::from(in_trouble) * number % 3,
                ..FailureCounts::default()
            },
            latency: Some(Latency {
                p50_ms,
                p95_ms: p50_ms * 4.0,
                p99_ms: p50_ms * 9.0,
            }),
            buckets: buckets(&timeline.bucket_limits_ms, p50_ms, judged),
            endpoint_p50_ms: medians(timeline.endpoints.len(), p50_ms),
        });
    }
    timeline
}

/// A bell about the median.
fn buckets(limits: &[f64], p50_ms: f64, judged: u64) -> Vec<u64> {
    let middle = limits.partition_point(|limit| *limit < p50_ms) as f64;
    let share = |bucket: usize| (-(bucket as f64 - middle).powi(2) / 6.0).exp() * 0.23;
    (0..BUCKETS)
        .map(|bucket| (judged as f64 * share(bucket)).round() as u64)
        .collect()
}

/// Each endpoint is half as slow as the one before; the last but one is never called.
fn medians(endpoints: usize, p50_ms: f64) -> Vec<Option<f64>> {
    (0..endpoints)
        .map(|index| (index + 2 != endpoints).then(|| p50_ms / f64::powi(2.0, index as i32)))
        .collect()
}
