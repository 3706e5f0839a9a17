//! What a load came to.

use std::time::Duration;

use super::LoadSettings;
use crate::{
    health::{Health, LagMeter},
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
    /// How long it was.
    pub lasted: Duration,
    /// Whether it was stopped before its time.
    pub interrupted: bool,
}

/// What one thread came to.
pub(super) struct ThreadOutcome {
    pub(super) tally: Tally,
    pub(super) lag: LagMeter,
    pub(super) run_delay: Duration,
    pub(super) peak_people: u64,
    pub(super) last_people: u64,
    pub(super) arrived: u64,
    pub(super) sent_away: u64,
}

/// Adds up what the threads came to; how long it was and whether it was
/// interrupted is for the caller to say.
pub(super) fn sum_up(
    settings: &LoadSettings,
    outcomes: &[ThreadOutcome],
    cpu: Duration,
) -> LoadOutcome {
    let mut tally = Tally::new(settings.endpoints);
    let mut lag = LagMeter::default();
    let run_delay = outcomes.iter().map(|outcome| outcome.run_delay).sum();
    for outcome in outcomes {
        tally.merge(&outcome.tally);
        lag.merge(&outcome.lag);
    }
    LoadOutcome {
        health: Health::new(&lag, cpu, run_delay, tally.system_failures()),
        tally,
        peak_people: outcomes.iter().map(|outcome| outcome.peak_people).sum(),
        last_people: outcomes.iter().map(|outcome| outcome.last_people).sum(),
        arrived: outcomes.iter().map(|outcome| outcome.arrived).sum(),
        sent_away: outcomes.iter().map(|outcome| outcome.sent_away).sum(),
        lasted: settings.duration,
        interrupted: false,
    }
}
