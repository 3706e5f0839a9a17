//! The portal's clock. A contest is decided by instants, so tests must be able to set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// The machine's clock, moved by a number of milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// What time it is.
    pub fn now(&self) -> Millis {
        Timestamp::now().as_millisecond() + self.ahead.load(Ordering::Relaxed)
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: std::time::Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(millis, Ordering::Relaxed);
    }
}
