//! Something has changed: whoever looks on is told, and looks again.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts changes, and wakes whoever waits for the next.
#[derive(Clone, Debug)]
pub struct Events {
    changes: Arc<watch::Sender<u64>>,
    progress: Arc<watch::Sender<u64>>,
}

impl Default for Events {
    fn default() -> Self {
        Events {
            changes: Arc::new(watch::Sender::new(0)),
            progress: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Events {
    /// Something has changed.
    pub fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// How many changes there were; can be waited on for the next.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A run goes on: no change for the leaderboard, but for those who look at the run.
    pub fn tell_progress(&self) {
        self.progress.send_modify(|progress| *progress += 1);
    }

    /// How often a run went on; can be waited on for the next time.
    pub fn listen_to_progress(&self) -> watch::Receiver<u64> {
        self.progress.subscribe()
    }

    /// How many changes there were.
    pub fn count(&self) -> u64 {
        *self.changes.borrow()
    }
}
