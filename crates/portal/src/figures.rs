//! Numbers, times and durations for people. Templates give what they tell by reference.

use std::{borrow::Borrow, fmt};

use askama::filters::HtmlSafe;
use jiff::{Timestamp, tz::TimeZone};

use crate::clock::Millis;

/// A number with a comma for each thousand.
pub(crate) fn grouped(number: impl Borrow<u64>) -> String {
    let digits = number.borrow().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds with as many digits as are worth telling.
pub(crate) fn latency(millis: impl Borrow<f64>) -> String {
    match *millis.borrow() {
        ms if ms >= 100.0 => format!("{ms:.0}"),
        ms => format!("{ms:.1}"),
    }
}

/// Bytes with the unit that fits.
pub(crate) fn bytes(bytes: f64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = |power: i32| f64::from(2).powi(power);
    match units.into_iter().find(|(power, _)| bytes >= unit(*power)) {
        Some((power, name)) if bytes >= 10.0 * unit(power) => {
            format!("{:.0} {name}", bytes / unit(power))
        }
        Some((power, name)) => format!("{:.1} {name}", bytes / unit(power)),
        None => format!("{bytes:.0} B"),
    }
}

/// Seconds as `1:02:03` or `2:03`.
pub(crate) fn duration(seconds: impl Borrow<i64>) -> String {
    let seconds = (*seconds.borrow()).max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A moment: in UTC, until the page's script tells it in the visitor's zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub(crate) Millis);

/// The moment of so many milliseconds since 1970.
pub(crate) fn moment(at: impl Borrow<Millis>) -> Moment {
    Moment(*at.borrow())
}

impl Moment {
    /// By the contest's schedule.
    pub(crate) fn of(at: Timestamp) -> Moment {
        Moment(at.as_millisecond())
    }

    /// In words, without markup.
    pub(crate) fn text(self) -> String {
        let Ok(at) = Timestamp::from_millisecond(self.0) else {
            return self.0.to_string();
        };
        let at = at.to_zoned(TimeZone::UTC);
        at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        let machine = text.replacen(' ', "T", 1);
        write!(
            formatter,
            r#"<time datetime="{machine}Z">{text} UTC</time>"#
        )
    }
}

/// It writes digits and its own markup only.
impl HtmlSafe for Moment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_people_write_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(1536.0), "1.5 KiB");
        assert_eq!(bytes(f64::from(40 << 20)), "40 MiB");
        assert_eq!(duration(59), "0:59");
        assert_eq!(duration(3_723), "1:02:03");
        assert_eq!(duration(-1), "0:00");
    }

    #[test]
    fn a_moment_is_read_by_people_and_programs() {
        let html = Moment(1_775_001_599_123).to_string();
        assert_eq!(
            html,
            r#"<time datetime="2026-03-31T23:59:59Z">2026-03-31 23:59:59 UTC</time>"#
        );
    }
}
