//! Telling how far a run has come.

use std::time::Duration;

use isutori_engine::load::LoadProgress;
use isutori_protocol::{Phase, Progress};

use crate::{endpoints::TABLE, settings::Settings};

/// Makes [`Progress`] of what happens.
pub(crate) struct Reporter<R> {
    report: R,
    duration: Duration,
    sequence: u64,
    judged: u64,
    /// How far the counts of the last report reached.
    at: Duration,
}

impl<R: FnMut(Progress)> Reporter<R> {
    pub(crate) fn new(settings: &Settings, report: R) -> Self {
        Reporter {
            report,
            duration: settings.duration,
            sequence: 0,
            judged: 0,
            at: Duration::ZERO,
        }
    }

    pub(crate) fn enter(&mut self, phase: Phase) {
        let before_load = phase < Phase::Load;
        let seconds_left = if before_load {
            self.duration.as_secs_f64()
        } else {
            0.0
        };
        if phase != Phase::Load {
            self.send(Progress {
                phase,
                seconds_left,
                ..self.nothing_yet()
            });
        }
    }

    pub(crate) fn watch(&mut self, load: &LoadProgress) {
        let counts = load.tally.counts(TABLE);
        let seconds = load.counted_until.saturating_sub(self.at).as_secs_f64();
        let judged = counts.judged.saturating_sub(self.judged) as f64;
        (self.judged, self.at) = (counts.judged, load.counted_until);
        self.send(Progress {
            sequence: 0,
            phase: Phase::Load,
            seconds_left: self.duration.saturating_sub(load.elapsed).as_secs_f64(),
            people: load.people,
            requests_per_second: if seconds > 0.0 { judged / seconds } else { 0.0 },
            score: counts.score(),
            errors: counts.wrong + counts.timeout + counts.critical,
        });
    }

    fn nothing_yet(&self) -> Progress {
        Progress {
            sequence: 0,
            phase: Phase::Initialize,
            seconds_left: 0.0,
            people: 0,
            requests_per_second: 0.0,
            score: 0,
            errors: 0,
        }
    }

    fn send(&mut self, progress: Progress) {
        (self.report)(Progress {
            sequence: self.sequence,
            ..progress
        });
        self.sequence += 1;
    }
}
