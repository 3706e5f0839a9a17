//! The site as a whole: one state, one request at a time.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::header;

use crate::{
    Break, Initial, Rules,
    answer::{Answer, With},
    files::Files,
    request::Request,
    state::State,
    visit::Visit,
};

/// A Suwaru.
///
/// An answer is made in microseconds and without waiting for anything, so that one lock for all
/// that the site knows is no bottleneck: reading and sending messages takes longer, and goes on in
/// parallel.
pub(crate) struct Site {
    initial: Initial,
    files: Files,
    now: Mutex<Now>,
}

/// What changes.
struct Now {
    rules: Rules,
    state: State,
}

impl Site {
    pub(crate) fn new(initial: &Initial, rules: Rules) -> io::Result<Self> {
        let state = initial.state();
        Ok(Site {
            initial: initial.clone(),
            files: Files::read()?,
            now: Mutex::new(Now { rules, state }),
        })
    }

    /// Goes by these rules from the next request on.
    pub(crate) fn go_by(&self, rules: Rules) {
        self.now().rules = rules;
    }

    /// How long the answer to a request is held back.
    pub(crate) fn delay(&self, request: &Request) -> Option<Duration> {
        let now = self.now();
        let mut broken = now.rules.broken().iter();
        broken.find_map(|broken| match broken {
            Break::Slow(beginning, delay) if request.path().starts_with(beginning) => Some(*delay),
            _ => None,
        })
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let mut now = self.now();
        let Now { rules, state } = &mut *now;
        state.asked += 1;
        let date = state.date();
        Visit::new(&self.initial, rules.broken(), &self.files, state, request)
            .answer()
            .with_text(header::DATE, &date)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
