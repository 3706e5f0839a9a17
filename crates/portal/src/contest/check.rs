//! What makes no sense in a contest.

use std::fmt;

use jiff::Timestamp;

use super::{Contest, Language, PracticeFault, Prize};
use crate::texts::texts;

/// Why a `contest.toml` is refused. It tells so in English; pages do in the visitor's language.
#[derive(Debug, thiserror::Error)]
pub enum ContestError {
    /// It cannot be read.
    Syntax {
        /// The line at fault, counted from 1, if it is known.
        line: Option<usize>,
        /// The parser's own words.
        message: String,
    },
    /// It says what cannot be.
    Nonsense(Nonsense),
}

impl fmt::Display for ContestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&texts(Language::En).contest_refused(self))
    }
}

/// A rule that a contest breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    /// It has no name.
    Name,
    /// It ends before it starts.
    Schedule,
    /// The freeze is outside the contest.
    Freeze,
    /// Nobody, or a crowd.
    TeamSize,
    /// No host, or too many.
    Hosts,
    /// A size of the data that there is not.
    DataSize,
    /// A load that is too short or too long.
    LoadSeconds,
    /// A limit that ends before the load does.
    TimeLimit,
    /// Too little memory.
    MemoryLimit,
    /// A command that names no program.
    Reboot,
    /// A prize with no rule, or with two.
    Prize,
    /// Something of a class.
    Practice(PracticeFault),
}

impl ContestError {
    /// What is wrong with a text, by the parser's words.
    pub(super) fn of(text: &str, error: &toml::de::Error) -> ContestError {
        let start = error.span().map(|span| span.start);
        let before = start.and_then(|start| text.get(..start));
        ContestError::Syntax {
            line: before.map(|before| before.matches('\n').count() + 1),
            message: error.message().to_owned(),
        }
    }
}

impl Contest {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self) -> Result<(), ContestError> {
        let within = |at: Timestamp| self.starts_at <= at && at <= self.ends_at;
        let one_rule = |prize: &Prize| prize.first_to.is_some() != prize.best_at.is_some();
        let run = &self.run;
        let is_size = matches!(run.size.as_str(), "small" | "standard" | "large");
        let reboot = self.final_measurement.reboot.first();
        let names_program = reboot.is_none_or(|program| !program.is_empty());
        let checks = [
            (!self.name.trim().is_empty(), Nonsense::Name),
            (self.starts_at < self.ends_at, Nonsense::Schedule),
            (self.freezes_at.is_none_or(within), Nonsense::Freeze),
            ((1..=100).contains(&self.team_size), Nonsense::TeamSize),
            ((1..=20).contains(&self.hosts), Nonsense::Hosts),
            (is_size, Nonsense::DataSize),
            (
                (1..=3600).contains(&run.load_seconds),
                Nonsense::LoadSeconds,
            ),
            (
                run.time_limit_seconds > run.load_seconds,
                Nonsense::TimeLimit,
            ),
            (run.memory_limit_mib >= 256, Nonsense::MemoryLimit),
            (names_program, Nonsense::Reboot),
            (self.prizes.iter().all(one_rule), Nonsense::Prize),
        ];
        let broken = checks.iter().find(|(holds, _)| !holds);
        let broken = broken.map(|(_, nonsense)| *nonsense);
        let of_class = || self.practice.as_ref()?.fault(self);
        match broken.or_else(of_class) {
            None => Ok(()),
            Some(nonsense) => Err(ContestError::Nonsense(nonsense)),
        }
    }
}
