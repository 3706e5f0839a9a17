//! Points in time, as the database keeps them and as pages show them.

use std::fmt;

use jiff::Timestamp;

/// Milliseconds since 1970-01-01 UTC. Displayed as `2026-03-31T23:59:59.123Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// The clock's time.
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// The UTC day, as `2026-03-31`.
    pub fn day(self) -> String {
        self.timestamp().strftime("%Y-%m-%d").to_string()
    }

    /// For human readers, as `2026-03-31 23:59`.
    pub fn minute(self) -> String {
        self.timestamp().strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// A number beyond the calendar's end, which no clock gives, is shown as 1970.
    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_utc_with_milliseconds() {
        let moment = Moment(1_775_001_599_120);
        assert_eq!(moment.to_string(), "2026-03-31T23:59:59.120Z");
        assert_eq!(moment.day(), "2026-03-31");
        assert_eq!(moment.minute(), "2026-03-31 23:59");
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00.000Z");
    }
}
