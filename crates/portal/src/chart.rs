//! A small drawing of what changed over the time of a run.
//!
//! Colours and dashes are classes; the style sheet says what they look like, in light and dark.

use std::fmt::Write;

use askama::Template;

use crate::graph::{Tick, number};

/// The drawing's size in its own units.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 18.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 24.0;

/// Where there is nothing for longer than that, milliseconds, nothing is drawn.
const GAP: u64 = 5_000;

/// The time of a run, milliseconds since it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// When it was over, or how long it has lasted so far.
    pub(crate) until: u64,
    /// From when to when people came.
    pub(crate) load: Option<(u64, u64)>,
}

/// What is drawn as one colour.
pub(crate) struct Series {
    pub(crate) name: String,
    /// At which moment how much, in the order of time.
    pub(crate) points: Vec<(u64, f64)>,
}

struct Layer {
    name: String,
    class: String,
    path: String,
}

/// One drawing.
#[derive(Template)]
#[template(path = "chart.html")]
pub(crate) struct Chart {
    title: String,
    across: Vec<Tick>,
    up: Vec<Tick>,
    load: Option<[String; 2]>,
    layers: Vec<Layer>,
    is_filled: bool,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    height: f64,
    foot: f64,
}

impl Chart {
    /// Series one upon the other, up to `top` or higher; `told` writes a height for people.
    pub(crate) fn stacked(
        title: &str,
        span: Span,
        series: Vec<Series>,
        top: f64,
        told: fn(f64) -> String,
    ) -> Chart {
        let mut chart = Chart::empty(title, span, top, told);
        chart.is_filled = true;
        let mut below: Vec<f64> = Vec::new();
        for (index, series) in series.into_iter().enumerate() {
            below.resize(series.points.len(), 0.0);
            let mut path = String::new();
            for part in parts(&series.points) {
                let lower = below[part.clone()].to_vec();
                let points = &series.points[part.clone()];
                for (place, (_, value)) in part.clone().zip(points) {
                    below[place] += value;
                }
                let upper = points.iter().zip(&below[part]);
                let upper = upper.map(|((at, _), height)| (*at, *height));
                let lower = points.iter().zip(&lower).rev();
                let lower = lower.map(|((at, _), height)| (*at, *height));
                trace(&mut path, upper.chain(lower), span, top);
                path.push('Z');
            }
            chart.layer(series.name, index, path);
        }
        chart
    }

    /// A line for each of the series.
    pub(crate) fn lines(
        title: &str,
        span: Span,
        series: Vec<Series>,
        told: fn(f64) -> String,
    ) -> Chart {
        let values = series.iter().flat_map(|series| &series.points);
        let highest = values.map(|point| point.1).fold(1.0, f64::max);
        let unit = crate::graph::unit(highest as u64);
        let top = ((highest as u64).div_ceil(unit) * unit) as f64;
        let mut chart = Chart::empty(title, span, top, told);
        for (index, series) in series.into_iter().enumerate() {
            let mut path = String::new();
            for part in parts(&series.points) {
                trace(&mut path, series.points[part].iter().copied(), span, top);
            }
            chart.layer(series.name, index, path);
        }
        chart
    }

    fn layer(&mut self, name: String, index: usize, path: String) {
        let class = format!("c{index} d{}", index % 5);
        self.layers.push(Layer { name, class, path });
    }

    fn empty(title: &str, span: Span, top: f64, told: fn(f64) -> String) -> Chart {
        let across = (0..=4).map(|quarter| {
            let at = span.until * quarter / 4;
            Tick {
                at: number(x(at, span)),
                label: crate::figures::duration((at / 1000).cast_signed()),
            }
        });
        let up = [0.0, 0.5, 1.0].map(|part| Tick {
            at: number(y(top * part, top)),
            label: told(top * part),
        });
        Chart {
            title: title.to_owned(),
            across: across.collect(),
            up: up.into(),
            load: span.load.map(|(from, until)| {
                let (from, until) = (x(from, span), x(until, span));
                [number(from), number((until - from).max(0.0))]
            }),
            layers: Vec::new(),
            is_filled: false,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            bottom: HEIGHT - BOTTOM,
            height: HEIGHT - BOTTOM - TOP,
            foot: HEIGHT - 6.0,
        }
    }
}

/// Points without a gap between them, as ranges.
fn parts(points: &[(u64, f64)]) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for place in 1..=points.len() {
        let ends =
            place == points.len() || points[place].0 > points[place - 1].0.saturating_add(GAP);
        if ends {
            parts.push(from..place);
            from = place;
        }
    }
    parts
}

fn trace(path: &mut String, points: impl Iterator<Item = (u64, f64)>, span: Span, top: f64) {
    for (index, (at, value)) in points.enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{:.1} {:.1}", x(at, span), y(value, top));
    }
}

fn x(at: u64, span: Span) -> f64 {
    let share = at as f64 / span.until.max(1) as f64;
    LEFT + share.min(1.0) * (WIDTH - LEFT - RIGHT)
}

/// What is higher than the drawing is cut.
fn y(value: f64, top: f64) -> f64 {
    let share = (value / top.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        until: 10_000,
        load: Some((2_000, 8_000)),
    };

    fn series(values: &[(u64, f64)]) -> Series {
        Series {
            name: "a".to_owned(),
            points: values.to_vec(),
        }
    }

    #[test]
    fn series_stand_upon_each_other() {
        let one = || series(&[(0, 25.0), (4_000, 50.0)]);
        let span = Span {
            until: 4_000,
            load: None,
        };
        let chart = Chart::stacked("t", span, vec![one(), one()], 100.0, |height| {
            format!("{height}")
        });
        let paths: Vec<&str> = chart.layers.iter().map(|layer| &*layer.path).collect();
        let (floor, quarter, half, roof) = ("126.0", "96.5", "67.0", "8.0");
        assert_eq!(
            paths,
            [
                format!("M62.0 {quarter}L402.0 {half}L402.0 {floor}L62.0 {floor}Z"),
                format!("M62.0 {half}L402.0 {roof}L402.0 {half}L62.0 {quarter}Z"),
            ]
        );
    }

    #[test]
    fn a_gap_is_left_open() {
        let points = series(&[(0, 1.0), (1_000, 1.0), (9_000, 1.0), (10_000, 1.0)]);
        let chart = Chart::lines("t", SPAN, vec![points], |height| format!("{height}"));
        assert_eq!(chart.layers[0].path.matches('M').count(), 2);
    }

    #[test]
    fn numbers_without_sense_stay_within_the_drawing() {
        let points = series(&[(u64::MAX, 1e300)]);
        let chart = Chart::stacked("t", SPAN, vec![points], 100.0, |height| format!("{height}"));
        assert_eq!(chart.layers[0].path, "M402.0 8.0L402.0 126.0Z");
    }
}
