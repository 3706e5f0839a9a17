//! The site as a whole: one state, one request at a time.

use std::{
    io,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::header;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Break, Initial, Rules,
    answer::{Answer, With},
    files::Files,
    panel::{Switchboard, Wanted},
    request::Request,
    state::State,
    visit::{NothingNew, Visit},
};

/// How long somebody waits when there is nothing new.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long what is published is collected before it is told.
const BURST: Duration = Duration::from_millis(10);

/// A Suwaru.
///
/// An answer is made in microseconds and without waiting for anything, so that one lock for all
/// that the site knows is no bottleneck: reading and sending messages takes longer, and goes on in
/// parallel.
pub(crate) struct Site {
    initial: Initial,
    files: Files,
    now: Mutex<Now>,
    /// Told whenever something is published.
    published: Notify,
    switchboard: Switchboard,
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
            published: Notify::new(),
            switchboard: Switchboard::default(),
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

    /// Answers a request, which may have to wait for something to tell.
    pub(crate) async fn answer_in_time(&self, request: &Request) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Whoever waits must have begun before looking, to miss nothing.
            let mut published = pin!(self.published.notified());
            published.as_mut().enable();
            let answer = self.answer(request);
            if let Some(wanted) = answer.extensions().get::<Wanted>() {
                let panel = self.switchboard.panel(wanted).await;
                return answer.map(|_| panel.into());
            }
            if answer.extensions().get::<NothingNew>().is_none()
                || timeout_at(deadline, published).await.is_err()
            {
                return answer;
            }
            // What is published in a burst is told at once.
            sleep(BURST).await;
        }
    }

    /// Answers a request.
    fn answer(&self, request: &Request) -> Answer {
        let mut now = self.now();
        let Now { rules, state } = &mut *now;
        state.asked += 1;
        state.remove_what_is_due();
        let date = state.date();
        let last = state.entries.next_id();
        let answer = Visit::new(&self.initial, rules.broken(), &self.files, state, request)
            .answer()
            .with_text(header::DATE, &date);
        if state.entries.next_id() != last {
            self.published.notify_waiters();
        }
        answer
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
