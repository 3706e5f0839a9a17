//! What went wrong, as values.
//!
//! A failure has a class, a code and a sentence. The class alone decides what
//! it costs; the code groups like with like; the sentence is for the
//! contestant and says which rule was broken.

use std::{fmt, io};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

/// How bad a failure is, and thereby what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Data leaked, lost or falsified: the run fails.
    Critical,
    /// A wrong answer: deducted by percentage.
    Wrong,
    /// No answer in time: deducted by percentage.
    Timeout,
    /// Cut off by the end of the load: free.
    Cancelled,
    /// The benchmarker's own trouble: the run is void and blames nobody.
    System,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Critical => "critical",
            Class::Wrong => "wrong",
            Class::Timeout => "timeout",
            Class::Cancelled => "cancelled",
            Class::System => "system",
        })
    }
}

/// Sentences are cut to this many characters, so that no answer of a hostile
/// site can flood a log.
pub const SENTENCE_LIMIT: usize = 400;

/// One failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{class}: {sentence} [{code}]")]
pub struct Failure {
    /// Decides what it costs.
    pub class: Class,
    /// Groups like with like, such as `entry.leaked`.
    pub code: String,
    /// For the contestant: what was asked, expected and seen.
    pub sentence: String,
}

impl Failure {
    /// A failure of any class.
    pub fn new(class: Class, code: &str, sentence: impl Into<String>) -> Self {
        Failure {
            class,
            code: code.to_owned(),
            sentence: shorten(&sentence.into(), SENTENCE_LIMIT),
        }
    }

    /// Data leaked, lost or falsified.
    pub fn critical(code: &str, sentence: impl Into<String>) -> Self {
        Failure::new(Class::Critical, code, sentence)
    }

    /// A wrong answer.
    pub fn wrong(code: &str, sentence: impl Into<String>) -> Self {
        Failure::new(Class::Wrong, code, sentence)
    }

    /// No answer in time.
    pub fn timeout(code: &str, sentence: impl Into<String>) -> Self {
        Failure::new(Class::Timeout, code, sentence)
    }

    /// What an I/O error means. Running out of the benchmarker's own
    /// descriptors, ports or memory, or its having no network, is never the site's fault.
    pub fn from_io(code: &str, doing: &str, error: &io::Error) -> Self {
        let own_trouble = matches!(
            error.kind(),
            io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::OutOfMemory
                | io::ErrorKind::StorageFull
        ) || matches!(
            error.raw_os_error().map(Errno::from_raw),
            Some(
                Errno::EMFILE
                    | Errno::ENFILE
                    | Errno::ENOBUFS
                    | Errno::ENETUNREACH
                    | Errno::ENETDOWN
            )
        );
        let class = if own_trouble {
            Class::System
        } else {
            Class::Wrong
        };
        Failure::new(class, code, format!("{doing}: {error}"))
    }

    /// The same failure with `context` (for example the request) put in front.
    #[must_use]
    pub fn at(mut self, context: &str) -> Self {
        self.sentence = shorten(&format!("{context}: {}", self.sentence), SENTENCE_LIMIT);
        self
    }
}

/// The first `limit` characters of `text`, with `…` where something was cut;
/// control characters become spaces.
pub fn shorten(text: &str, limit: usize) -> String {
    let mut short: String = text
        .chars()
        .take(limit)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(limit).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_bounded_and_one_line() {
        let failure = Failure::wrong("a.b", "あ\n".repeat(10_000)).at("GET /");
        assert!(failure.sentence.chars().count() <= SENTENCE_LIMIT + 1);
        assert!(!failure.sentence.contains('\n'));
    }

    #[test]
    fn own_trouble_blames_nobody() {
        let too_many_files = io::Error::from_raw_os_error(Errno::EMFILE as i32);
        assert_eq!(
            Failure::from_io("connect", "connecting", &too_many_files).class,
            Class::System
        );
        let no_network = io::Error::from_raw_os_error(Errno::ENETUNREACH as i32);
        assert_eq!(
            Failure::from_io("connect", "connecting", &no_network).class,
            Class::System
        );
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(
            Failure::from_io("connect", "connecting", &refused).class,
            Class::Wrong
        );
    }
}
