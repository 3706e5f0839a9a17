//! What the viewers have seen.

use std::{
    fmt,
    mem::take,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Written by all viewers.
#[derive(Default)]
pub struct Log {
    seen: Mutex<Seen>,
    judged: Mutex<Option<Instant>>,
}

/// What was seen since somebody looked last.
#[derive(Default)]
pub struct Seen {
    /// From the judgement until a viewer was told.
    told: Vec<Duration>,
    bytes: u64,
    /// Viewers who had to ask for the whole.
    reloads: u64,
    reloaded_bytes: u64,
    /// From asking for a page to its last byte.
    pages: Vec<Duration>,
    failures: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    /// A run is judged now.
    pub fn mark(&self) {
        *lock(&self.judged) = Some(Instant::now());
    }

    /// A viewer knows it, by so many bytes.
    pub fn told(&self, bytes: usize) {
        let mut seen = lock(&self.seen);
        seen.bytes += bytes as u64;
        if let Some(judged) = *lock(&self.judged) {
            seen.told.push(judged.elapsed());
        }
    }

    /// A viewer asked for the whole.
    pub fn reloaded(&self, bytes: usize) {
        let mut seen = lock(&self.seen);
        seen.reloads += 1;
        seen.reloaded_bytes += bytes as u64;
    }

    /// A page came after so long.
    pub fn page(&self, took: Duration) {
        lock(&self.seen).pages.push(took);
    }

    /// Something did not come.
    pub fn failed(&self) {
        lock(&self.seen).failures += 1;
    }

    /// What was seen, which begins anew.
    pub fn take(&self) -> Seen {
        take(&mut lock(&self.seen))
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "told {} times", self.told.len())?;
        if !self.told.is_empty() {
            let each = self.bytes as f64 / self.told.len() as f64;
            write!(f, ", {each:.0} bytes each, after {}", spread(&self.told))?;
        }
        write!(f, "; {} asked for the whole", self.reloads)?;
        if let Some(each) = self.reloaded_bytes.checked_div(self.reloads) {
            write!(f, ", {each} bytes each")?;
        }
        if !self.pages.is_empty() {
            write!(
                f,
                "; {} pages came after {}",
                self.pages.len(),
                spread(&self.pages)
            )?;
        }
        write!(f, "; {} failures", self.failures)
    }
}

fn spread(times: &[Duration]) -> String {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    format!(
        "{:.0} ms (median), {:.0} ms (p99), {:.0} ms (latest)",
        at(50),
        at(99),
        at(100)
    )
}
