//! Requests of an access log in LTSV or JSON, grouped by route and ranked by the time they took.

mod line;
mod route;
mod summary;

use std::io::{self, BufRead};

pub use line::{Request, Unreadable};
pub use route::Routes;
pub use summary::{RouteSummary, Summary};

/// A line that says less than a request, kept as an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub number: u64,
    /// What is wrong with it.
    pub reason: Unreadable,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Read {
    /// By route.
    pub summary: Summary,
    /// Lines that were no requests.
    pub unreadable: u64,
    /// The first of them.
    pub example: Option<BadLine>,
}

impl Read {
    /// Reads a log to its end; several can be read one after the other.
    ///
    /// # Errors
    /// The reader's.
    pub fn read_on(&mut self, mut log: impl BufRead, routes: &Routes) -> io::Result<()> {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if log.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\r', '\n']);
            if text.is_empty() {
                continue;
            }
            match text.parse::<Request>() {
                Ok(request) => self.summary.add(&request, routes),
                Err(reason) => {
                    self.unreadable += 1;
                    self.example.get_or_insert(BadLine { number, reason });
                }
            }
        }
        Ok(())
    }
}
