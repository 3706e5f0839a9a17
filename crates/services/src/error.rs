//! What can go wrong with a private server, each with what to do about it.

use std::io;
use std::path::PathBuf;

/// Why a server or a process could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A program is not installed, or not where we look.
    #[error(
        "{name} was not found, which is needed for {purpose}; \
         install it: apt install {debian} / brew install {homebrew}"
    )]
    Missing {
        /// The program's usual name.
        name: &'static str,
        /// What we need it for.
        purpose: &'static str,
        /// The package that has it on Debian and Ubuntu.
        debian: &'static str,
        /// The formula that has it in Homebrew.
        homebrew: &'static str,
    },

    /// A file, folder or port could not be had.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried, to follow the word "cannot".
        action: String,
        /// The operating system's answer.
        source: io::Error,
    },

    /// A program ran but did not do what it was started for.
    #[error("{program} {outcome}; the end of its log {}:\n{tail}", log.display())]
    Failed {
        /// The program's file name.
        program: String,
        /// What it did instead, such as "ended with exit status: 1".
        outcome: String,
        /// Its whole log.
        log: PathBuf,
        /// The last lines of that log.
        tail: String,
    },
}

impl ServiceError {
    /// Makes an adapter for `map_err` that says which action failed.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
