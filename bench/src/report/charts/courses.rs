//! Plots of one figure over time.

use std::io;

use plotters::prelude::*;

use super::{
    axis::Axis,
    canvas::{Area, Flaw, Ink, draw},
    columns::Column,
    plot::{self, Plot},
};

const SIZE: (u32, u32) = (540, 240);
/// Room for the numbers beside the plot.
const LEFT: u32 = 52;
/// How strongly the area under a line is tinted.
const TINT: f64 = 0.18;

/// How many failures of some class a column has.
type Count = fn(&Column) -> u64;

/// The score so far.
pub(super) fn score(columns: &[Column]) -> io::Result<String> {
    let points = from_zero(columns, |column| column.score);
    draw("score over time", SIZE, |area| {
        let mut plot = open(area, columns, most(&points))?;
        course(&mut plot, &points, Ink::Score)
    })
}

/// People on the site, and those whom it drove away.
pub(super) fn people(columns: &[Column]) -> io::Result<String> {
    let points = from_zero(columns, |column| column.people);
    let away: Vec<f64> = columns.iter().map(|column| column.driven_away).collect();
    draw("people over time", SIZE, |area| {
        let most = away.iter().copied().fold(most(&points), f64::max);
        let mut plot = open(area, columns, most)?;
        course(&mut plot, &points, Ink::People)?;
        bars(
            &mut plot,
            columns,
            &vec![0.0; columns.len()],
            &away,
            Ink::Wrong,
        )
    })
}

/// Requests a second.
pub(super) fn throughput(columns: &[Column]) -> io::Result<String> {
    let middle = |column: &Column| ((column.from + column.until) / 2.0, column.requests);
    let points: Vec<_> = columns.iter().map(middle).collect();
    draw("requests a second over time", SIZE, |area| {
        let mut plot = open(area, columns, most(&points))?;
        course(&mut plot, &points, Ink::Requests)
    })
}

/// Failures a second, one class on top of the other.
pub(super) fn failures(columns: &[Column]) -> io::Result<String> {
    let classes: [(Ink, Count); 4] = [
        (Ink::Critical, |column| column.counts.critical),
        (Ink::Wrong, |column| column.counts.wrong),
        (Ink::Timeout, |column| column.counts.timeout),
        (Ink::System, |column| column.counts.system),
    ];
    let pace = |count: u64, column: &Column| count as f64 / column.length().max(f64::MIN_POSITIVE);
    let all = columns.iter().map(|column| pace(column.failures(), column));
    draw("failures a second over time", SIZE, |area| {
        let mut plot = open(area, columns, all.fold(0.0, f64::max))?;
        let mut below = vec![0.0; columns.len()];
        for (ink, count) in classes {
            let tops = columns.iter().zip(&below);
            let tops: Vec<f64> = tops
                .map(|(column, below)| below + pace(count(column), column))
                .collect();
            bars(&mut plot, columns, &below, &tops, ink)?;
            below = tops;
        }
        Ok(())
    })
}

/// A plot of these columns, and nothing in it yet.
fn open<'a, 'b>(area: &'a Area<'b>, columns: &[Column], most: f64) -> Result<Plot<'a, 'b>, Flaw> {
    let end = columns.last().map_or(0.0, |column| column.until);
    plot::open(area, LEFT, Axis::seconds(end), Axis::counting(most, 4))
}

/// What a column comes to at its end, from nothing at the beginning.
fn from_zero(columns: &[Column], figure: fn(&Column) -> f64) -> Vec<(f64, f64)> {
    let ends = columns.iter().map(|column| (column.until, figure(column)));
    std::iter::once((0.0, 0.0)).chain(ends).collect()
}

fn most(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(_, figure)| *figure).fold(0.0, f64::max)
}

/// A line with a tinted area below.
fn course(plot: &mut Plot<'_, '_>, points: &[(f64, f64)], ink: Ink) -> Result<(), Flaw> {
    let color = ink.color();
    plot.draw_series(AreaSeries::new(
        points.iter().copied(),
        0.0,
        color.mix(TINT),
    ))?;
    plot.draw_series(LineSeries::new(
        points.iter().copied(),
        color.stroke_width(2),
    ))?;
    Ok(())
}

/// A bar for each column, from one height to another.
fn bars(
    plot: &mut Plot<'_, '_>,
    columns: &[Column],
    bottoms: &[f64],
    tops: &[f64],
    ink: Ink,
) -> Result<(), Flaw> {
    let bars = columns.iter().zip(bottoms.iter().zip(tops));
    let bars = bars.filter(|(_, (bottom, top))| top > bottom);
    plot.draw_series(bars.map(|(column, (bottom, top))| {
        let gap = column.length() * 0.1;
        let corners = [(column.from + gap, *bottom), (column.until - gap, *top)];
        Rectangle::new(corners, ink.color().filled())
    }))?;
    Ok(())
}
