//! The site's clock, as far as its answers tell of it.
//!
//! It may show any time: what counts is that all that the site says agrees. Every acknowledgement
//! with a `Date` says what time it was there between two moments here, and so does the first
//! fresh row that is shown, where no answer has a `Date`.

use std::time::Duration;

use tokio::time::Instant;

use super::{Look, Write, change::Change};

/// How far the clocks of the site's hosts may be apart.
pub const TOLERANCE: Duration = Duration::from_secs(2);

/// A `Date` has whole seconds, and servers make it anew once a second.
const DATE_AGE: Duration = Duration::from_secs(2);

/// By how many milliseconds the site's clock, since 1970, is ahead of ours, since [`SiteClock`]
/// began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offset {
    least: i64,
    most: i64,
}

impl Offset {
    /// What both say, or what the newer one says where they contradict each other: hosts are not
    /// one clock, and clocks are set.
    fn narrowed_by(self, newer: Offset) -> Offset {
        let (least, most) = (self.least.max(newer.least), self.most.min(newer.most));
        match least <= most {
            true => Offset { least, most },
            false => newer,
        }
    }
}

/// What is known of the site's clock.
pub(super) struct SiteClock {
    began: Instant,
    offset: Option<Offset>,
    /// Whether nothing more is to be learnt.
    settled: bool,
}

impl SiteClock {
    /// A clock of which nothing is known yet.
    pub(super) fn since(began: Instant) -> Self {
        SiteClock {
            began,
            offset: None,
            settled: false,
        }
    }

    /// Between two moments the site's clock showed a time from `shown` to `age` later. Gives what
    /// is known now, if that is news.
    fn learn(&mut self, from: Instant, to: Instant, shown: i64, age: Duration) -> Option<Offset> {
        let told = Offset {
            least: shown - self.ms(to),
            most: shown + milliseconds(age) - self.ms(from),
        };
        let known = self.offset.map_or(told, |known| known.narrowed_by(told));
        if self.settled || self.offset == Some(known) {
            return None;
        }
        self.offset = Some(known);
        self.offset
    }

    /// By how many milliseconds a time is too early (negative) or too late for what happened
    /// between two moments; 0 if it may be right.
    fn deviation(&self, from: Instant, to: Instant, shown: i64) -> i64 {
        let Some(Offset { least, most }) = self.offset else {
            return 0;
        };
        let tolerance = milliseconds(TOLERANCE);
        let earliest = self.ms(from) + least - tolerance;
        let latest = self.ms(to) + most + tolerance;
        (shown - earliest).min(0) + (shown - latest).max(0)
    }

    fn ms(&self, moment: Instant) -> i64 {
        milliseconds(moment.saturating_duration_since(self.began))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

impl Look<'_> {
    /// An answer that was asked for and came at these moments has this `Date`, in milliseconds
    /// since 1970.
    pub fn learn_date(&mut self, sent: Instant, finished: Instant, date: i64) {
        let news = self.state.clock.learn(sent, finished, date, DATE_AGE);
        self.note_clock(news);
    }

    /// A fresh row is shown with this time. Where no answer has a `Date`, this is all that is
    /// known of the site's clock.
    pub(super) fn learn_clock(&mut self, write: &Write, shown: i64) {
        let clock = &mut self.state.clock;
        if let (None, Some(acknowledged)) = (clock.offset, write.acknowledged) {
            let news = clock.learn(write.sent, acknowledged, shown, Duration::ZERO);
            self.note_clock(news);
        }
    }

    fn note_clock(&mut self, news: Option<Offset>) {
        if let Some(Offset { least, most }) = news {
            self.note(&Change::ClockRead { least, most });
        }
    }

    /// This is known of the site's clock.
    pub(super) fn set_clock(&mut self, least: i64, most: i64) {
        let told = Offset { least, most };
        if self.state.clock.offset != Some(told) {
            self.state.clock.offset = Some(told);
            self.note_clock(Some(told));
        }
    }

    /// Nothing more is learnt of the site's clock, which may be set from now on.
    pub(super) fn settle_clock(&mut self) {
        self.state.clock.settled = true;
    }

    /// By how many milliseconds a time that the site has set is too early (negative) or too late
    /// for what happened between two moments; 0 if it may be right.
    pub fn deviation(&self, from: Instant, to: Instant, shown: i64) -> i64 {
        self.state.clock.deviation(from, to, shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// A clock, and a moment so many milliseconds after it began.
    fn clock() -> (SiteClock, impl Fn(u64) -> Instant) {
        let began = Instant::now();
        let clock = SiteClock::since(began);
        (clock, move |ms| began + Duration::from_millis(ms))
    }

    #[test]
    fn a_clock_that_differs_is_right_as_long_as_it_agrees_with_itself() {
        let (mut clock, at) = clock();
        assert_eq!(clock.deviation(at(0), at(10), 5), 0);

        clock.learn(at(1000), at(1010), HOUR, DATE_AGE);

        assert_eq!(clock.deviation(at(5000), at(5010), HOUR + 4005), 0);
        assert_eq!(clock.deviation(at(5000), at(5010), HOUR + 2000), 0);
        assert_eq!(clock.deviation(at(5000), at(5010), 4005), -HOUR + 2015);
        assert_eq!(clock.deviation(at(5000), at(5010), 2 * HOUR), HOUR - 8010);
    }

    #[test]
    fn every_date_makes_the_clock_known_better() {
        let (mut clock, at) = clock();
        for ms in (0..3000).step_by(700) {
            let date = HOUR + ms as i64 / 1000 * 1000;
            clock.learn(at(ms), at(ms + 5), date, DATE_AGE);
        }

        let offset = clock.offset.expect("it is known");

        assert!(offset.least <= HOUR && HOUR <= offset.most, "{offset:?}");
        assert!(HOUR - offset.least <= 205, "{offset:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_believed() {
        let (mut clock, at) = clock();
        clock.learn(at(0), at(5), HOUR, DATE_AGE);
        clock.learn(at(1000), at(1005), 2 * HOUR, DATE_AGE);

        assert_eq!(clock.deviation(at(2000), at(2005), 2 * HOUR + 1000), 0);
    }
}
