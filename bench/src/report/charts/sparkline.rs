//! A figure over time in the size of a word.

use std::io;

use isutori_protocol::{Second, Timeline};
use plotters::prelude::*;

use super::{
    canvas::{self, Ink},
    columns::width,
};

const SIZE: (u32, u32) = (120, 24);
/// The line keeps off the border by this, pixels.
const MARGIN: u32 = 3;

/// The median latency of an endpoint, on a scale from 0 to its largest; nothing
/// at all where it was hardly ever called.
pub(in crate::report) fn draw(timeline: &Timeline, endpoint: &str) -> io::Result<String> {
    let points = points(timeline, endpoint);
    if points.len() < 2 {
        return Ok(String::new());
    }
    let end = timeline.seconds.last().map_or(0.0, |second| second.until);
    let most = points.iter().map(|(_, ms)| *ms).fold(0.0, f64::max);
    canvas::draw("median latency over time", SIZE, |area| {
        let mut plot = ChartBuilder::on(area)
            .margin(MARGIN)
            .build_cartesian_2d(0.0..end.max(1.0), 0.0..most.max(0.001))?;
        let style = Ink::P50.color().stroke_width(1);
        plot.draw_series(LineSeries::new(points, style))?;
        Ok(())
    })
}

/// Seconds since the load began, and milliseconds.
fn points(timeline: &Timeline, endpoint: &str) -> Vec<(f64, f64)> {
    let mut names = timeline.endpoints.iter();
    let Some(index) = names.position(|name| name == endpoint) else {
        return Vec::new();
    };
    let columns = timeline.seconds.chunks(width(timeline));
    let point = |seconds: &[Second]| Some((seconds.last()?.until, mean(seconds, index)?));
    columns.filter_map(point).collect()
}

/// The mean of the medians of those seconds in which the endpoint was answered.
fn mean(seconds: &[Second], index: usize) -> Option<f64> {
    let medians = seconds
        .iter()
        .map(|second| second.endpoint_p50_ms.get(index));
    let medians: Vec<f64> = medians.filter_map(|median| *median?).collect();
    (!medians.is_empty()).then(|| medians.iter().sum::<f64>() / medians.len() as f64)
}
