//! Earlier runs on this machine.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use isutori_bench::{run::Finished, run_folder::read_result};
use isutori_protocol::{RunResult, Verdict};
use serde::{Deserialize, Serialize};

/// What was benchmarked; only runs of the same setting are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) engine: String,
    pub(super) session: String,
    pub(super) implementation: String,
    pub(super) data: String,
    pub(super) seconds: u64,
}

/// One line of the history.
#[derive(Serialize, Deserialize)]
struct Past {
    #[serde(flatten)]
    setting: Setting,
    started_at: String,
    verdict: Verdict,
    score: u64,
    note: Option<String>,
    folder: PathBuf,
}

/// The folder that keeps runs and the list of them.
pub(super) struct History {
    state: PathBuf,
}

impl History {
    /// Makes the folder if it is not there.
    pub(super) fn open(state: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(state).with_context(|| {
            format!(
                "cannot make the folder {}; name another with --data",
                state.display()
            )
        })?;
        Ok(History {
            state: state.to_owned(),
        })
    }

    /// Where run folders are made.
    pub(super) fn runs(&self) -> PathBuf {
        self.state.join("runs")
    }

    /// The last run of this setting whose result can still be read; void ones do not count.
    pub(super) fn last(&self, setting: &Setting) -> Option<RunResult> {
        let lines = fs::read_to_string(self.file()).ok()?;
        let past = lines
            .lines()
            .rev()
            .filter_map(|line| serde_json::from_str::<Past>(line).ok());
        let mut same =
            past.filter(|past| past.setting == *setting && past.verdict != Verdict::Void);
        same.find_map(|past| read_result(&past.folder).ok())
    }

    /// Remembers a run.
    pub(super) fn add(&self, setting: Setting, finished: &Finished) -> anyhow::Result<()> {
        let result = &finished.result;
        let past = Past {
            setting,
            started_at: result.started_at.clone(),
            verdict: result.verdict,
            score: result.score,
            note: result.note.clone(),
            // The history is read from other folders too.
            folder: std::path::absolute(&finished.folder)?,
        };
        let mut line = serde_json::to_vec(&past)?;
        line.push(b'\n');
        let file = File::options().append(true).create(true).open(self.file());
        file.and_then(|mut file| file.write_all(&line))
            .with_context(|| {
                format!(
                    "cannot write {}; make room on the disk",
                    self.file().display()
                )
            })
    }

    fn file(&self) -> PathBuf {
        self.state.join("history.jsonl")
    }
}
