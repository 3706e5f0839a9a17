//! Where axes begin and end, and what stands beside them.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::figures::{latency, short};

/// An axis with a label at every mark.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    range: Range<f64>,
    marks: Vec<f64>,
    scale: fn(f64) -> f64,
    label: fn(f64) -> String,
}

impl Axis {
    /// From 0 to a round number not below `most`, with about so many marks.
    pub(super) fn counting(most: f64, marks: usize) -> Self {
        let most = most.max(1.0);
        let step = round_step(most / marks as f64);
        let steps = (most / step - 1e-9).ceil() as usize;
        Axis {
            range: 0.0..steps as f64 * step,
            marks: (0..=steps).map(|index| index as f64 * step).collect(),
            scale: |number| number,
            label: short,
        }
    }

    /// Time from 0 to exactly `end` seconds.
    pub(super) fn seconds(end: f64) -> Self {
        let end = end.max(1.0);
        let step = round_step(end / 6.0);
        let steps = (end / step) as usize;
        Axis {
            range: 0.0..end,
            marks: (0..=steps).map(|index| index as f64 * step).collect(),
            scale: |second| second,
            label: |second| format!("{} s", short(second)),
        }
    }

    /// Milliseconds on a logarithmic scale, with a mark at every power of ten.
    pub(super) fn latencies(Range { start, end }: Range<f64>) -> Self {
        let powers = start.log10().ceil() as i32..=end.log10().floor() as i32;
        Axis {
            range: start..end,
            marks: powers.map(|power| 10_f64.powi(power)).collect(),
            scale: f64::log10,
            label: round_latency,
        }
    }

    /// Places for so many things, without marks.
    pub(super) fn places(count: usize) -> Self {
        Axis {
            range: 0.0..count.max(1) as f64,
            marks: Vec::new(),
            scale: |place| place,
            label: |_| String::new(),
        }
    }

    pub(super) fn has_marks(&self) -> bool {
        !self.marks.is_empty()
    }
}

impl Ranged for Axis {
    type ValueType = f64;
    type FormatOption = NoDefaultFormatting;

    /// What lies outside is drawn at the border.
    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let [start, end, value] = [self.range.start, self.range.end, *value].map(self.scale);
        let share = ((value - start) / (end - start)).clamp(0.0, 1.0);
        first + (share * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, mark: &f64) -> String {
        (self.label)(*mark)
    }
}

/// Such as `0.1 ms`, `10 ms`, `1 s`.
fn round_latency(ms: f64) -> String {
    latency(ms).replace(".0", "")
}

/// The smallest of 1, 2 or 5 times a power of ten that is no smaller than this.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * power);
    let fits = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    fits.unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(
            [0.3, 1.0, 3.0, 7.0, 240.0].map(round_step),
            [0.5, 1.0, 5.0, 10.0, 500.0]
        );
    }

    #[test]
    fn marks_have_units() {
        let axis = Axis::latencies(0.04..20_000.0);
        let labels: Vec<_> = axis
            .marks
            .iter()
            .map(|mark| axis.format_ext(mark))
            .collect();
        assert_eq!(labels, ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"]);
    }

    #[test]
    fn a_tenth_is_as_far_from_one_as_one_from_ten() {
        let axis = Axis::latencies(0.1..10.0);
        let places = [0.0001, 0.1, 1.0, 10.0, 1e9].map(|ms| axis.map(&ms, (0, 100)));
        assert_eq!(places, [0, 0, 50, 100, 100]);
    }

    #[test]
    fn nothing_counted_is_an_axis_all_the_same() {
        let axis = Axis::counting(0.0, 4);
        assert_eq!(axis.range(), 0.0..1.0);
        assert_eq!(axis.map(&0.5, (100, 0)), 50);
    }
}
