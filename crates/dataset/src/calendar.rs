//! When things happened: times that rise strictly with the id, without a table.

use crate::draws::{Domain, Draws};

/// 2020-01-01T00:00:00Z, when the first person signed up.
pub(crate) const FIRST_SIGNUP: i64 = 1_577_836_800_000;
/// 2021-01-01T00:00:00Z: by now everybody has signed up, and entries begin.
pub(crate) const FIRST_ENTRY: i64 = 1_609_459_200_000;
/// 2026-03-31T23:59:00Z: nothing in the initial data is later.
pub(crate) const END: i64 = 1_775_001_540_000;

/// Evenly spaced steps of time, one for each id from 1 upwards, with a drawn moment in each.
///
/// All times are milliseconds since 1970-01-01 UTC.
#[derive(Debug)]
pub(crate) struct Timeline {
    seed: u64,
    domain: Domain,
    first: i64,
    step: u64,
}

impl Timeline {
    /// Divides the time from `first` until `end` (not included) into `steps` steps.
    pub(crate) fn new(seed: u64, domain: Domain, (first, end): (i64, i64), steps: u64) -> Timeline {
        Timeline {
            seed,
            domain,
            first,
            step: (end - first) as u64 / steps,
        }
    }

    /// The moment of `id`, later than that of any smaller id.
    pub(crate) fn moment(&self, id: u64) -> i64 {
        let within = Draws::new(self.seed, self.domain as u64, id).below(self.step);
        self.start_of(id - 1) + within as i64
    }

    /// When the step `step`, counted from 0, begins.
    pub(crate) fn start_of(&self, step: u64) -> i64 {
        self.first + (step * self.step) as i64
    }

    /// How long a step lasts, in milliseconds.
    pub(crate) fn step(&self) -> u64 {
        self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_are_what_their_names_say() {
        let time = |text: &str| text.parse::<jiff::Timestamp>().expect("a valid time");
        assert_eq!(FIRST_SIGNUP, time("2020-01-01T00:00:00Z").as_millisecond());
        assert_eq!(FIRST_ENTRY, time("2021-01-01T00:00:00Z").as_millisecond());
        assert_eq!(END, time("2026-03-31T23:59:00Z").as_millisecond());
    }

    #[test]
    fn moments_rise_strictly_and_stay_inside() {
        let timeline = Timeline::new(1, Domain::EntryTime, (1000, 2000), 100);
        let moments: Vec<i64> = (1..=100).map(|id| timeline.moment(id)).collect();
        assert!(moments.is_sorted_by(|earlier, later| earlier < later));
        assert!(moments[0] >= 1000 && moments[99] < 2000);
    }
}
