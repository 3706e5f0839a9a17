//! A processor that everybody shares, by the clock of its runtime.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep_until},
};

/// Works on all that there is to do at once, each piece getting the same part
/// of its power, as operating systems and databases about do.
#[derive(Clone)]
pub(crate) struct Processor {
    queue: Arc<Mutex<Queue>>,
    changed: Arc<Notify>,
}

/// What there is to do.
struct Queue {
    /// Seconds of work done in a second.
    power: f64,
    /// Work done so far for somebody who was there from the beginning.
    done: f64,
    /// Up to when.
    at: Instant,
    /// By what `done` will be when each piece is finished.
    pieces: BinaryHeap<Reverse<Piece>>,
}

struct Piece {
    finished_at: f64,
    finished: oneshot::Sender<()>,
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Piece {}

impl PartialOrd for Piece {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Piece {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.finished_at.total_cmp(&other.finished_at)
    }
}

impl Queue {
    /// Works until now; says when the next piece will be finished.
    fn catch_up(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let passed = (now - self.at).as_secs_f64();
        if !self.pieces.is_empty() {
            self.done += passed * self.power / self.pieces.len() as f64;
        }
        self.at = now;
        while let Some(Reverse(next)) = self.pieces.peek() {
            // The clock of timers is coarse: what is all but finished is finished.
            let left = next.finished_at - self.done;
            if left > 1e-9 {
                let seconds = left * self.pieces.len() as f64 / self.power;
                return Some(now + Duration::from_secs_f64(seconds));
            }
            if let Some(Reverse(piece)) = self.pieces.pop() {
                // Whoever waited for it may have gone.
                let _ = piece.finished.send(());
            }
        }
        None
    }
}

impl Processor {
    /// A processor that does so many seconds of work in a second. Its driver is
    /// a task of the current runtime.
    pub(crate) fn start(power: f64) -> Self {
        let processor = Processor {
            queue: Arc::new(Mutex::new(Queue {
                power,
                done: 0.0,
                at: Instant::now(),
                pieces: BinaryHeap::new(),
            })),
            changed: Arc::default(),
        };
        tokio::spawn(processor.clone().drive());
        processor
    }

    /// Has some work done; returns when it is finished.
    pub(crate) async fn work(&self, work: Duration) {
        let (finished, wait) = oneshot::channel();
        {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.catch_up();
            let finished_at = queue.done + work.as_secs_f64();
            queue.pieces.push(Reverse(Piece {
                finished_at,
                finished,
            }));
        }
        self.changed.notify_one();
        // The driver lives as long as the runtime.
        let _ = wait.await;
    }

    async fn drive(self) {
        loop {
            let next = self
                .queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .catch_up();
            match next {
                None => self.changed.notified().await,
                Some(next) => tokio::select! {
                    biased;
                    () = sleep_until(next) => {}
                    () = self.changed.notified() => {}
                },
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_pieces_of_work_take_each_twice_as_long() {
    let processor = Processor::start(2.0);
    let started = Instant::now();
    let timed = |seconds| {
        let processor = processor.clone();
        async move {
            processor.work(Duration::from_secs(seconds)).await;
            started.elapsed().as_millis()
        }
    };

    let (short, long) = tokio::join!(timed(2), timed(4));

    // Both share until the short one is done, then the long one has all for itself.
    assert!((2000..2010).contains(&short), "{short}");
    assert!((3000..3010).contains(&long), "{long}");
}
