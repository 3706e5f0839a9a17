//! Why something of the course does not work.

use std::{io, path::Path};

/// Why something of the course does not work.
#[derive(Debug, thiserror::Error)]
pub enum CourseError {
    /// There is no such rung.
    #[error("there is no rung {number}; the last one is {last}")]
    NoSuchRung {
        /// What was asked for.
        number: usize,
        /// How many there are.
        last: usize,
    },
    /// A rung's folder is not as it must be: the project's own fault.
    #[error("course/{rung}: {fault}")]
    Rung {
        /// The folder's name.
        rung: String,
        /// What is wrong.
        fault: String,
    },
    /// The folder for a working copy holds something.
    #[error("{0} is there already; name a folder that is not")]
    InTheWay(String),
    /// A folder is no working copy.
    #[error("{0} is no working copy of the course; isutori course start DIR makes one")]
    NoWorkingCopy(String),
    /// A folder holds the hand-out as hosts of a contest do.
    #[error(
        "{0} is no working copy of the course but a host's own hand-out, where webapp alone is in \
         git; isutori course show N shows a lesson here too, and isutori course start DIR makes a \
         working copy, for hints and checks"
    )]
    OfAHost(String),
    /// A program failed.
    #[error("{what} failed: {said}")]
    Command {
        /// What it should have done.
        what: String,
        /// Its last words.
        said: String,
    },
    /// What is remembered in a working copy cannot be read.
    #[error("{path} cannot be read: {error}; remove it, and hints and scores are forgotten")]
    Memory {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        error: io::Error,
    },
}

/// Names the file in an error of the system.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> CourseError {
    let path = path.display().to_string();
    move |error| CourseError::File { path, error }
}
