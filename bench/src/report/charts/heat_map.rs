//! How long answers took, over time: the stronger the colour, the more of them.

use std::io;

use isutori_protocol::Latency;
use plotters::prelude::*;

use super::{
    axis::Axis,
    canvas::{self, Ink},
    columns::Column,
    plot,
};

const SIZE: (u32, u32) = (540, 440);
const LEFT: u32 = 66;
/// The palest cell that is not empty.
const PALEST: f64 = 0.08;

/// One of the percentiles, milliseconds.
type Percentile = fn(&Latency) -> f64;

const PERCENTILES: [(Ink, Percentile); 2] = [
    (Ink::P50, |latency| latency.p50_ms),
    (Ink::P99, |latency| latency.p99_ms),
];

/// One bucket of one column.
struct Cell {
    seconds: [f64; 2],
    /// Milliseconds.
    latency: [f64; 2],
    count: u64,
}

pub(super) fn draw(columns: &[Column], limits_ms: &[f64]) -> io::Result<String> {
    let cells = cells(columns, limits_ms);
    let floor = cells.iter().map(|cell| cell.latency[0]);
    let floor = floor.fold(1.0, f64::min);
    let ceiling = cells.iter().map(|cell| cell.latency[1]);
    let ceiling = ceiling.fold(100.0, f64::max);
    let end = columns.last().map_or(0.0, |column| column.until);
    let most = cells.iter().map(|cell| cell.count).max().unwrap_or(1);
    canvas::draw("latency over time", SIZE, |area| {
        let latencies = Axis::latencies(floor..ceiling);
        let mut plot = plot::open(area, LEFT, Axis::seconds(end), latencies)?;
        plot.draw_series(cells.iter().map(|cell| paint(cell, most)))?;
        for (ink, figure) in PERCENTILES {
            let points = columns.iter().filter_map(|column| {
                let ms = figure(&column.latency?);
                let middle = (column.from + column.until) / 2.0;
                Some((middle, ms))
            });
            plot.draw_series(LineSeries::new(points, ink.color().stroke_width(2)))?;
        }
        Ok(())
    })
}

/// Every bucket that holds something. The first and the last are open; they are
/// drawn as wide as their neighbours.
fn cells(columns: &[Column], limits_ms: &[f64]) -> Vec<Cell> {
    let mut limits = limits_ms.to_vec();
    if let [first, second, ..] = limits[..] {
        let width = second / first;
        limits.insert(0, first / width);
        limits.extend(limits.last().map(|last| last * width));
    }
    let of_column = |column: &Column| {
        let buckets = limits.windows(2).zip(&column.buckets);
        let seconds = [column.from, column.until];
        let cells = buckets.map(|(limits, count)| Cell {
            seconds,
            latency: [limits[0], limits[1]],
            count: *count,
        });
        cells.filter(|cell| cell.count > 0).collect::<Vec<_>>()
    };
    columns.iter().flat_map(of_column).collect()
}

/// The square root makes a few slow answers visible beside many quick ones.
fn paint(cell: &Cell, most: u64) -> Rectangle<(f64, f64)> {
    let [from, until] = cell.seconds;
    let [quickest, slowest] = cell.latency;
    let share = (cell.count as f64 / most as f64).sqrt();
    let tint = Ink::Heat.color().mix(PALEST + (1.0 - PALEST) * share);
    Rectangle::new([(from, quickest), (until, slowest)], tint.filled())
}
