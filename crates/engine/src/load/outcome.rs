//! What a load came to.

use std::time::Duration;

use super::LoadSettings;
use crate::{
    health::{Health, Vigil},
    recorder::Tally,
};

/// What the load came to.
#[derive(Clone, Debug)]
pub struct LoadOutcome {
    /// All counts.
    pub tally: Tally,
    /// The benchmark's own health.
    pub health: Health,
    /// The most people at once, each thread's most added up.
    pub peak_people: u64,
    /// People at the end.
    pub last_people: u64,
    /// People who came.
    pub arrived: u64,
    /// People who were sent away by slowness.
    pub sent_away: u64,
    /// How long it was by the clock, until its last thread had ended. Nothing
    /// counts that came after its time.
    pub lasted: Duration,
    /// Whether it was stopped before its time.
    pub interrupted: bool,
}

/// What one thread came to.
pub(super) struct ThreadOutcome {
    pub(super) tally: Tally,
    pub(super) vigil: Vigil,
    pub(super) lasted: Duration,
    pub(super) peak_people: u64,
    pub(super) last_people: u64,
    pub(super) arrived: u64,
    pub(super) sent_away: u64,
}

/// Adds up what the threads came to; whether it was interrupted, and what is
/// known of the whole process, is for the caller to say.
pub(super) fn sum_up(settings: &LoadSettings, outcomes: &[ThreadOutcome]) -> LoadOutcome {
    let mut tally = Tally::new(settings.endpoints);
    let mut vigil = Vigil::default();
    for outcome in outcomes {
        tally.merge(&outcome.tally);
        vigil.merge(&outcome.vigil);
    }
    let lasted = outcomes.iter().map(|outcome| outcome.lasted).max();
    let lasted = lasted.unwrap_or_default();
    LoadOutcome {
        health: Health {
            overrun_seconds: lasted.saturating_sub(settings.duration).as_secs_f64(),
            ..Health::new(&vigil, &tally)
        },
        tally,
        peak_people: outcomes.iter().map(|outcome| outcome.peak_people).sum(),
        last_people: outcomes.iter().map(|outcome| outcome.last_people).sum(),
        arrived: outcomes.iter().map(|outcome| outcome.arrived).sum(),
        sent_away: outcomes.iter().map(|outcome| outcome.sent_away).sum(),
        lasted,
        interrupted: false,
    }
}
