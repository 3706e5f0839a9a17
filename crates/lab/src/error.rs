//! Why something of a lab does not work.

use std::{io, path::Path};

/// Why something of a lab does not work.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// This machine cannot have one.
    #[error("there can be no lab here: {0}")]
    Impossible(String),
    /// One is in the way.
    #[error("{0}; take it down first: isutori lab down")]
    InTheWay(String),
    /// There is none.
    #[error("there is no lab in {0}; isutori lab up makes one")]
    Absent(String),
    /// There is no such host.
    #[error("there is no host {name:?}; there are {known}")]
    NoSuchHost {
        /// What was asked for.
        name: String,
        /// Those that are there.
        known: String,
    },
    /// A program failed.
    #[error("{what} failed: {said}")]
    Command {
        /// What it should have done.
        what: String,
        /// Its last words.
        said: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        error: io::Error,
    },
    /// The contest makes no sense.
    #[error(transparent)]
    Inventory(#[from] isutori_inventory::InventoryError),
    /// Hosts get no certificates.
    #[error(transparent)]
    Certificate(#[from] isutori_inventory::CertificateError),
    /// A host did not come up.
    #[error("{host} does not answer: {what}. Its console: {console}")]
    Silent {
        /// The host.
        host: String,
        /// What was waited for.
        what: String,
        /// The last lines of its console.
        console: String,
    },
}

/// Adds which file it is about.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> LabError {
    move |error| LabError::File {
        path: path.display().to_string(),
        error,
    }
}
