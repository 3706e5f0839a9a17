//! The table of endpoints.

use std::io;

use isutori_protocol::{EndpointResult, RunResult, Timeline, is_delayed};

use super::charts::sparkline;
use crate::figures::{grouped, latency};

/// One line of the table.
pub(super) struct EndpointRow<'a> {
    pub(super) name: &'a str,
    pub(super) count: String,
    pub(super) p50: String,
    pub(super) p95: String,
    pub(super) p99: String,
    /// The median over time, drawn.
    pub(super) course: String,
    pub(super) points: String,
    pub(super) errors: String,
    pub(super) drove_away: String,
}

/// Every endpoint that was called.
pub(super) fn rows<'a>(
    result: &'a RunResult,
    timeline: Option<&Timeline>,
) -> io::Result<Vec<EndpointRow<'a>>> {
    let called = result.endpoints.iter().filter(|e| e.count + e.errors > 0);
    called.map(|endpoint| row(endpoint, timeline)).collect()
}

fn row<'a>(
    endpoint: &'a EndpointResult,
    timeline: Option<&Timeline>,
) -> io::Result<EndpointRow<'a>> {
    let answered = |ms: f64, planned_ms: f64| match endpoint.count {
        0 => "–".to_owned(),
        _ if is_delayed(ms, planned_ms) => format!("{} ({})", latency(ms), latency(planned_ms)),
        _ => latency(ms),
    };
    let counted = |number: u64| match number {
        0 => String::new(),
        number => grouped(number),
    };
    let course = timeline.map(|timeline| sparkline::draw(timeline, &endpoint.name));
    let course = course.transpose()?;
    Ok(EndpointRow {
        name: &endpoint.name,
        count: grouped(endpoint.count),
        p50: answered(endpoint.p50_ms, endpoint.planned_p50_ms),
        p95: answered(endpoint.p95_ms, endpoint.planned_p95_ms),
        p99: answered(endpoint.p99_ms, endpoint.planned_p99_ms),
        course: course.unwrap_or_default(),
        points: grouped(endpoint.points),
        errors: counted(endpoint.errors),
        drove_away: counted(endpoint.drove_away),
    })
}
