//! The latencies of every endpoint, side by side.

use std::io;

use isutori_protocol::EndpointResult;
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{
    axis::Axis,
    canvas::{self, Area, Flaw, Ink},
    plot::{self, ABOVE, BELOW, Plot},
};

const WIDTH: u32 = 540;
/// Room for the names of endpoints.
const LEFT: u32 = 228;
const ROW: u32 = 24;
/// The radius of a dot.
const DOT: i32 = 5;
/// Measured latencies are nowhere below this.
const LEAST_MS: f64 = 0.01;

/// A line from the median to the 99th percentile for each endpoint that was
/// answered, with a dot at each of the three.
pub(in crate::report) fn draw(endpoints: &[EndpointResult]) -> io::Result<String> {
    let answered: Vec<_> = endpoints.iter().filter(|e| e.count > 0).collect();
    let rows = answered.len();
    let latencies = || answered.iter().flat_map(|e| [e.p50_ms, e.p99_ms]);
    let least = latencies().fold(1.0, f64::min).max(LEAST_MS) / 1.3;
    let most = latencies().fold(10.0, f64::max) * 1.3;
    let size = (WIDTH, rows as u32 * ROW + ABOVE + BELOW);
    canvas::draw("latency of every endpoint", size, |area| {
        let latencies = Axis::latencies(least..most);
        let mut plot = plot::open(area, LEFT, latencies, Axis::places(rows))?;
        for (row, endpoint) in answered.iter().enumerate() {
            // The first endpoint is at the top.
            draw_row(area, &mut plot, (rows - row) as f64 - 0.5, endpoint)?;
        }
        Ok(())
    })
}

fn draw_row(
    area: &Area<'_>,
    plot: &mut Plot<'_, '_>,
    height: f64,
    endpoint: &EndpointResult,
) -> Result<(), Flaw> {
    let line = [(endpoint.p50_ms, height), (endpoint.p99_ms, height)];
    let style = Ink::P99.color().mix(0.5).stroke_width(3);
    plot.draw_series(LineSeries::new(line, style))?;
    // Where dots meet, the quicker one is to be seen.
    let dots = [
        (endpoint.p99_ms, Ink::P99),
        (endpoint.p95_ms, Ink::P95),
        (endpoint.p50_ms, Ink::P50),
    ];
    plot.draw_series(dots.map(|(ms, ink)| Circle::new((ms, height), DOT, ink.color().filled())))?;
    let (_, y) = plot.backend_coord(&(endpoint.p50_ms, height));
    let style = Ink::Text.text().pos(Pos::new(HPos::Right, VPos::Center));
    let name = endpoint.name.clone();
    area.draw(&Text::new(name, (LEFT as i32 - 10, y), style))
}
