//! Live progress on standard error: one line that changes on a terminal,
//! plain lines now and then elsewhere.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use isutori_bench::figures::grouped;
use isutori_dataset::LoadProgress;
use isutori_protocol::{Phase, Progress};

/// How often a plain line is written where nothing can be overwritten.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// A line that changes, or lines that follow one another.
pub(crate) struct Line {
    bar: Option<ProgressBar>,
    written: Cell<Option<Instant>>,
}

impl Line {
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{spinner} {msg}").expect("the template is valid");
            ProgressBar::new_spinner().with_style(style)
        });
        Line {
            bar,
            written: Cell::new(None),
        }
    }

    /// Shows a state; elsewhere than on a terminal only now and then, or when it `matters`.
    pub(crate) fn show(&self, text: &str, matters: bool) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(text.to_owned());
                bar.tick();
            }
            None => {
                let due = self
                    .written
                    .get()
                    .is_none_or(|written| written.elapsed() >= PLAIN_EVERY);
                if due || matters {
                    // Nobody may listen any more; the work goes on all the same.
                    let _ = writeln!(io::stderr(), "{text}");
                    self.written.set(Some(Instant::now()));
                }
            }
        }
    }

    /// Takes it from the terminal.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How a run's progress is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressForm {
    /// In words.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Shows a run.
pub(crate) struct RunMeter {
    form: ProgressForm,
    line: Line,
    phase: Option<Phase>,
}

impl RunMeter {
    pub(crate) fn new(form: ProgressForm) -> Self {
        RunMeter {
            form,
            line: Line::new(),
            phase: None,
        }
    }

    pub(crate) fn show(&mut self, progress: &Progress) {
        if self.form == ProgressForm::Json {
            let json = serde_json::to_string(progress).expect("progress is JSON");
            // Nobody may listen any more; the work goes on all the same.
            let _ = writeln!(io::stderr(), "{json}");
            return;
        }
        let changed = self.phase.replace(progress.phase) != Some(progress.phase);
        self.line.show(&run_line(progress), changed);
    }

    pub(crate) fn finish(&self) {
        self.line.clear();
    }
}

/// Where a run stands, in words.
pub(crate) fn run_line(progress: &Progress) -> String {
    let title = progress.phase.title();
    if progress.phase != Phase::Load {
        return title.to_owned();
    }
    format!(
        "{title}: {:>2.0} s left, {} people, {:.0} requests/s, score {}, {} errors",
        progress.seconds_left,
        grouped(progress.people),
        progress.requests_per_second,
        grouped(progress.score),
        grouped(progress.errors),
    )
}

/// Shows a load of initial data.
pub(crate) struct LoadMeter {
    line: Line,
    label: String,
}

impl LoadMeter {
    pub(crate) fn new(label: &str) -> Self {
        LoadMeter {
            line: Line::new(),
            label: label.to_owned(),
        }
    }

    pub(crate) fn show(&self, progress: &LoadProgress) {
        let LoadProgress {
            table,
            rows,
            total_rows,
        } = progress;
        let percent = rows * 100 / (*total_rows).max(1);
        self.line.show(
            &format!("loading {}: {percent} %, {table}", self.label),
            false,
        );
    }

    pub(crate) fn finish(&self) {
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_one_line() {
        let progress = Progress {
            sequence: 7,
            phase: Phase::Load,
            seconds_left: 41.6,
            people: 1234,
            requests_per_second: 87.4,
            score: 56789,
            errors: 2,
        };
        assert_eq!(
            run_line(&progress),
            "load: 42 s left, 1,234 people, 87 requests/s, score 56,789, 2 errors"
        );
        assert_eq!(
            run_line(&Progress {
                phase: Phase::Settle,
                ..progress
            }),
            "settle"
        );
    }
}
