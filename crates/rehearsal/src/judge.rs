//! Whether the results are right, told from the record alone.

mod boards;
mod incidents;
mod jobs;
mod skills;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::record::Record;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// What must not be, a sentence each.
    pub wrong: Vec<String>,
    /// What is good to know.
    pub notes: Vec<String>,
}

impl Findings {
    /// Whether all is as it must be.
    pub fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    fn wrong(&mut self, sentence: String) {
        self.wrong.push(sentence);
    }

    fn note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }
}

/// Judges a rehearsal.
pub fn judge(record: &Record) -> Findings {
    let mut findings = Findings::default();
    jobs::judge(record, &mut findings);
    skills::judge(record, &mut findings);
    boards::judge(record, &mut findings);
    incidents::judge(record, &mut findings);
    findings
}
