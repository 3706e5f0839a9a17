//! What the threads of a load tell whoever watches.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{LoadProgress, LoadSettings};
use crate::recorder::Tally;

/// What the threads tell the coordinator.
pub(super) struct Board {
    tallies: Vec<Mutex<Tally>>,
    people: Vec<AtomicU64>,
    /// How far the first thread's counts reach, milliseconds since the beginning.
    counted_until: AtomicU64,
}

impl Board {
    pub(super) fn new(settings: &LoadSettings) -> Self {
        Board {
            tallies: (0..settings.threads)
                .map(|_| Mutex::new(Tally::new(settings.endpoints)))
                .collect(),
            people: (0..settings.threads).map(|_| AtomicU64::new(0)).collect(),
            counted_until: AtomicU64::new(0),
        }
    }

    pub(super) fn publish(&self, index: usize, until: Duration, people: usize, tally: Tally) {
        self.people[index].store(people as u64, Ordering::Relaxed);
        *self.tallies[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = tally;
        if index == 0 {
            let millis = until.as_millis() as u64;
            self.counted_until.store(millis, Ordering::Relaxed);
        }
    }

    pub(super) fn read(&self, elapsed: Duration, endpoints: usize) -> LoadProgress {
        let people = self.people.iter();
        let mut tally = Tally::new(endpoints);
        for published in &self.tallies {
            tally.merge(&published.lock().unwrap_or_else(PoisonError::into_inner));
        }
        LoadProgress {
            elapsed,
            counted_until: Duration::from_millis(self.counted_until.load(Ordering::Relaxed)),
            people: people.map(|people| people.load(Ordering::Relaxed)).sum(),
            tally,
        }
    }
}
