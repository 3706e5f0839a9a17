//! The ledger: all that changed the model during a run, one JSON object a line.
//!
//! It is the evidence of a run. [`Model::rebuild`](crate::model::Model::rebuild) makes the model
//! again from it, so that the run's data can be checked later.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::model::change::Change;

/// The version of the ledgers that are written here.
pub const LEDGER_VERSION: u32 = 2;

/// So many bytes are written at once, while the model is locked.
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
pub struct Ledger {
    file: Option<BufWriter<File>>,
    error: Option<io::Error>,
}

impl Ledger {
    /// A ledger in a new file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        let mut ledger = Ledger {
            file: Some(BufWriter::with_capacity(BUFFER, file)),
            error: None,
        };
        let version = LEDGER_VERSION;
        ledger.write(&Head { version });
        Ok(ledger)
    }

    /// A ledger that keeps nothing, for checks whose writes are undone.
    pub fn none() -> Self {
        Ledger::default()
    }

    /// Appends a change that happened so long after the model began.
    pub(crate) fn append(&mut self, since: Duration, change: &Change<'_>) {
        if self.file.is_some() {
            let ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
            self.write(&Line { ms, change });
        }
    }

    fn write(&mut self, line: &impl Serialize) {
        let Some(file) = self.file.as_mut() else {
            return;
        };
        let written = serde_json::to_writer(&mut *file, line).map_err(io::Error::from);
        if let Err(error) = written.and_then(|()| file.write_all(b"\n")) {
            self.file = None;
            self.error = Some(error);
        }
    }

    /// Puts on the disk what is buffered.
    ///
    /// # Errors
    /// The first error since the beginning.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        match self.file.take() {
            Some(mut file) => {
                file.flush()?;
                file.get_ref().sync_all()
            }
            None => Ok(()),
        }
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
