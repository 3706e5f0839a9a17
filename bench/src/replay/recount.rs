//! What happens in a replay, told as it happens.

use std::sync::{Mutex, MutexGuard, PoisonError};

use isutori_engine::failure::{Failure, shorten};
use isutori_protocol::{KeptFailure, Phase};
use serde::Serialize;

use crate::{
    evidence::record,
    observer::{Exchange, Observer},
};

/// A page that was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// What the person was doing, during a visit.
    pub scenario: Option<&'static str>,
    /// The status, if a whole answer came.
    pub status: Option<u16>,
    /// How long that took, milliseconds.
    pub latency_ms: Option<f64>,
    /// What was wrong.
    pub failure: Option<Failure>,
}

/// Looks on and tells. The first failure is what counts.
pub(super) struct Recount {
    phase: Phase,
    state: Mutex<State>,
}

struct State {
    tell: Box<dyn FnMut(&Asked) + Send>,
    asked: Vec<Asked>,
    now: Option<KeptFailure>,
}

/// Paths are shown in lines.
const PATH: usize = 100;

impl Recount {
    pub(super) fn new(phase: Phase, tell: impl FnMut(&Asked) + Send + 'static) -> Self {
        Recount {
            phase,
            state: Mutex::new(State {
                tell: Box::new(tell),
                asked: Vec::new(),
                now: None,
            }),
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state().now.is_some()
    }

    /// A check has come to this failure, which may be about more than one answer.
    pub(super) fn conclude(&self, failure: &Failure) {
        let mut state = self.state();
        let found = record(failure, self.phase, None);
        state.now = Some(match state.now.take() {
            Some(now) => KeptFailure {
                class: found.class,
                code: found.code,
                sentence: found.sentence,
                ..now
            },
            None => found,
        });
    }

    /// All that was asked for, and the failure.
    pub(super) fn finish(&self) -> (Vec<Asked>, Option<KeptFailure>) {
        let mut state = self.state();
        (std::mem::take(&mut state.asked), state.now.take())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recount {
    fn judged(&self, exchange: &Exchange<'_>, verdict: Result<(), &Failure>) {
        let doing = exchange.guest.and_then(|guest| guest.person.doing);
        let answer = exchange.answer.as_ref();
        let asked = Asked {
            method: exchange.method.to_string(),
            path: shorten(exchange.path, PATH),
            scenario: doing.map(|doing| doing.scenario),
            status: answer.map(|answer| answer.status.as_u16()),
            latency_ms: answer.map(|answer| answer.latency.as_secs_f64() * 1000.0),
            failure: verdict.err().cloned(),
        };
        let mut state = self.state();
        (state.tell)(&asked);
        state.asked.push(asked);
        if let (Err(failure), None) = (verdict, &state.now) {
            state.now = Some(record(failure, self.phase, Some(exchange)));
        }
    }
}
