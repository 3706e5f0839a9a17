//! What time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tokio::time::Instant;

/// A clock that was right when it began and goes on with its runtime's time, so that it is right
/// in a simulation too, and never goes back.
#[derive(Clone)]
pub(crate) struct Clock {
    began: Instant,
    began_at: i64,
}

impl Default for Clock {
    fn default() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Clock {
            began: Instant::now(),
            began_at: since.map_or(0, |since| since.as_millis() as i64),
        }
    }
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.began_at + self.began.elapsed().as_millis() as i64
    }

    /// The same as the header `Date` says it.
    pub(crate) fn date(&self) -> String {
        let now = Timestamp::from_millisecond(self.now()).unwrap_or_default();
        DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&now)
            .expect("this is a year of four digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_http() {
        let clock = Clock {
            began: Instant::now(),
            began_at: 1_775_001_599_120,
        };

        assert_eq!(clock.date(), "Tue, 31 Mar 2026 23:59:59 GMT");
    }
}
