//! The ledger: all that changed the model during a run, one JSON object a line.
//!
//! It is the evidence of a run. [`Model::rebuild`](crate::model::Model::rebuild) makes the model
//! again from it, so that the run's data can be checked later.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    mem,
    path::Path,
    sync::mpsc::{self, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::model::change::Change;

/// The version of the ledgers that are written here.
pub const LEDGER_VERSION: u32 = 2;

/// So many bytes are handed on at once.
const BUFFER: usize = 64 << 10;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
}

/// Every other line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<C> {
    /// Whole milliseconds since the data was put back, right before the load.
    pub ms: u64,
    /// What happened then.
    #[serde(flatten)]
    pub change: C,
}

/// Where changes go. A failing disk is remembered and reported at the end.
#[derive(Default)]
pub struct Ledger(Option<Pen>);

/// Writes on a thread of its own: a disk that is busy may keep a writer waiting for a second,
/// and the model is locked while a change is noted.
struct Pen {
    lines: Vec<u8>,
    paper: Sender<Vec<u8>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Pen {
    fn new(mut file: File) -> io::Result<Self> {
        let (paper, written) = mpsc::channel::<Vec<u8>>();
        let write = move || {
            for lines in written {
                file.write_all(&lines)?;
            }
            file.sync_all()
        };
        Ok(Pen {
            lines: Vec::with_capacity(BUFFER),
            paper,
            writer: thread::Builder::new()
                .name("ledger".to_owned())
                .spawn(write)?,
        })
    }

    fn write(&mut self, line: &impl Serialize) {
        serde_json::to_writer(&mut self.lines, line).expect("changes are JSON");
        self.lines.push(b'\n');
        if self.lines.len() >= BUFFER {
            self.hand_on();
        }
    }

    /// A writer who has failed takes nothing any more, and says why in the end.
    fn hand_on(&mut self) {
        let lines = mem::replace(&mut self.lines, Vec::with_capacity(BUFFER));
        let _ = self.paper.send(lines);
    }

    fn put_down(mut self) -> io::Result<()> {
        self.hand_on();
        drop(self.paper);
        self.writer
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the ledger's writer has panicked")))
    }
}

impl Ledger {
    /// A ledger in a new file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        let mut pen = Pen::new(file)?;
        let version = LEDGER_VERSION;
        pen.write(&Head { version });
        Ok(Ledger(Some(pen)))
    }

    /// A ledger that keeps nothing, for checks whose writes are undone.
    pub fn none() -> Self {
        Ledger::default()
    }

    /// Appends a change that happened so long after the model began.
    pub(crate) fn append(&mut self, since: Duration, change: &Change<'_>) {
        if let Some(pen) = &mut self.0 {
            let ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
            pen.write(&Line { ms, change });
        }
    }

    /// Waits until all is on the disk. Nothing is kept from then on.
    ///
    /// # Errors
    /// The first error since the beginning.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.0.take().map_or(Ok(()), Pen::put_down)
    }
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It cannot be opened or read.
    #[error("cannot read the ledger: {0}")]
    Unreadable(#[from] io::Error),
    /// It is of another version.
    #[error(
        "the ledger was written by {whose} isutori; this one understands version {LEDGER_VERSION} alone"
    )]
    OtherVersion {
        /// `an older` or `a newer`.
        whose: &'static str,
    },
    /// Something in it makes no sense.
    #[error("line {line} of the ledger is damaged: {why}")]
    Damaged {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// Hands every change of a ledger to `take`, which says whether it makes sense.
///
/// # Errors
/// See [`LedgerError`].
pub fn read(
    path: &Path,
    mut take: impl FnMut(Line<Change<'static>>) -> bool,
) -> Result<(), LedgerError> {
    let mut lines = BufReader::new(File::open(path)?).lines();
    check_head(&lines.next().transpose()?.unwrap_or_default())?;
    for (number, line) in lines.enumerate() {
        let damaged = |why: String| LedgerError::Damaged {
            line: number + 2,
            why,
        };
        let read = serde_json::from_str(&line?).map_err(|error| damaged(error.to_string()))?;
        if !take(read) {
            return Err(damaged(
                "it is about something that was not there".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Ledgers without versions begin with another kind of line.
fn check_head(line: &str) -> Result<(), LedgerError> {
    let version = serde_json::from_str::<Head>(line).map_or(1, |head| head.version);
    let whose = match version {
        LEDGER_VERSION => return Ok(()),
        ..LEDGER_VERSION => "an older",
        _ => "a newer",
    };
    Err(LedgerError::OtherVersion { whose })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_takes_nothing_is_told_at_the_end_and_holds_nobody_up() {
        let full = File::options().write(true).open("/dev/full");
        let mut pen = Pen::new(full.expect("/dev/full")).expect("a thread");
        for _ in 0..BUFFER {
            pen.write(&Head { version: 1 });
        }
        let error = pen.put_down().expect_err("there is no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn all_lines_are_there_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger");
        let file = File::create_new(&path).expect("a file");
        let mut pen = Pen::new(file).expect("a thread");
        let count = BUFFER as u32 / 4;
        (0..count).for_each(|version| pen.write(&Head { version }));
        pen.put_down().expect("room on the disk");

        let lines = BufReader::new(File::open(&path).expect("the file")).lines();
        let versions = lines.map(|line| {
            let line = line.expect("a line");
            serde_json::from_str::<Head>(&line).expect("JSON").version
        });
        assert!(versions.eq(0..count));
    }
}
