//! What a benchmark that runs says: progress, complaints, and the contestants' logs.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
};

use isutori_protocol::{Progress, contest::LogLine};

use crate::{holder::Holder, tail::Tail};

/// So many lines of what it complained about are kept.
const COMPLAINTS: usize = 20;

/// The contestants' logs, by language.
const LOGS: [(&str, &str); 2] = [("en", "contestant.log"), ("ja", "contestant.ja.log")];

/// Reads what the benchmark writes, as it writes it.
pub(crate) struct Output {
    /// The folder in which it makes the run's folder.
    runs: PathBuf,
    errors: Tail,
    complaints: VecDeque<String>,
    logs: Vec<ContestantLog>,
}

impl Output {
    /// Of a benchmark that makes its folder in `runs`, with its standard error in a file.
    pub(crate) fn of(runs: &Path, errors: &Path) -> Self {
        Output {
            runs: runs.to_owned(),
            errors: Tail::of(errors),
            complaints: VecDeque::new(),
            logs: Vec::new(),
        }
    }

    /// Passes on what came since the last time.
    pub(crate) fn pass_on(&mut self, holder: &Holder) {
        self.pass_on_by(holder, Tail::lines);
    }

    /// Passes on all that is left, for a benchmark that has ended.
    pub(crate) fn pass_on_last(&mut self, holder: &Holder) {
        self.pass_on_by(holder, Tail::last_lines);
    }

    fn pass_on_by(&mut self, holder: &Holder, read: fn(&mut Tail) -> Vec<String>) {
        for line in read(&mut self.errors) {
            match serde_json::from_str::<Progress>(&line) {
                Ok(progress) => holder.tell_progress(progress),
                Err(_) => self.complain(line),
            }
        }
        if self.logs.is_empty()
            && let Some(folder) = run_folder(&self.runs)
        {
            self.logs = LOGS.map(|log| ContestantLog::of(&folder, log)).into();
        }
        for log in &mut self.logs {
            holder.tell_lines(log.read(read));
        }
    }

    fn complain(&mut self, line: String) {
        if line.trim().is_empty() {
            return;
        }
        if self.complaints.len() == COMPLAINTS {
            self.complaints.pop_front();
        }
        self.complaints.push_back(line);
    }

    /// The last lines on standard error that were no progress.
    pub(crate) fn complaints(&self) -> String {
        let lines: Vec<&str> = self.complaints.iter().map(String::as_str).collect();
        lines.join("\n")
    }
}

/// The folder of the one run in a folder of runs, if it was made already.
pub(crate) fn run_folder(runs: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(runs).ok()?;
    let mut folders = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    folders.next()
}

/// A log that contestants may read.
struct ContestantLog {
    language: &'static str,
    tail: Tail,
    sequence: u64,
}

impl ContestantLog {
    fn of(folder: &Path, (language, name): (&'static str, &str)) -> Self {
        ContestantLog {
            language,
            tail: Tail::of(&folder.join(name)),
            sequence: 0,
        }
    }

    fn read(&mut self, read: fn(&mut Tail) -> Vec<String>) -> Vec<LogLine> {
        let lines = read(&mut self.tail);
        let numbered = (self.sequence..).zip(lines);
        let lines: Vec<LogLine> = numbered
            .map(|(sequence, text)| LogLine {
                sequence,
                language: self.language.to_owned(),
                text,
            })
            .collect();
        self.sequence += lines.len() as u64;
        lines
    }
}
