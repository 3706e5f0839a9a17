//! A benchmark that runs as a child process, within its limits.

use std::{
    fs::File,
    io::{self, Read},
    process::ExitStatus,
    time::Duration,
};

use isutori_protocol::{
    Finding, RunResult, Verified,
    contest::{Assignment, Outcome},
};
use isutori_services::{Process, ProcessSpec};
use serde::de::DeserializeOwned;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{
    Shutdown,
    command::Place,
    holder::{Fate, Holder},
    memory::resident_mib,
    output::Output,
};

/// How often the benchmark is looked at.
const GLANCE: Duration = Duration::from_millis(100);
/// How often its memory is looked at.
const MEMORY_GLANCE: Duration = Duration::from_secs(1);
/// A result has no more bytes.
const LARGEST_RESULT: u64 = 64 << 20;
/// The verdicts' exit codes.
const JUDGED: [i32; 3] = [0, 1, 3];

/// How a benchmark ended.
enum Ending {
    /// By itself.
    Ended(ExitStatus),
    /// It was stopped because the job was taken back.
    Cancelled,
    /// It was stopped because the job is not ours any more.
    Lost,
    /// It was stopped because the worker shall stop.
    Stopped,
    /// It was stopped because it took too much.
    Excessive(String),
}

/// What a benchmark has to keep to.
pub(crate) struct Benchmark<'a> {
    pub(crate) assignment: &'a Assignment,
    /// The build that it must be.
    pub(crate) build: &'a str,
    pub(crate) place: &'a Place,
    pub(crate) holder: &'a Holder,
    pub(crate) shutdown: &'a watch::Receiver<Shutdown>,
}

impl Benchmark<'_> {
    /// Runs it to its end, whichever; nothing when the job was lost meanwhile.
    pub(crate) async fn run(&self, spec: ProcessSpec) -> Option<Outcome> {
        let mut process = match Process::spawn(spec) {
            Ok(process) => process,
            Err(error) => {
                return Some(broken(format!(
                    "the benchmark could not be started: {error}"
                )));
            }
        };
        let mut output = Output::of(&self.place.runs, &self.place.errors);
        let ending = self.watch(&mut process, &mut output).await;
        // Whoever was sent a polite signal is gone by now, and so is its whole group.
        process.stop().await;
        output.pass_on_last(self.holder);
        match ending {
            Ending::Ended(status) => Some(self.judge(status, &output)),
            Ending::Cancelled => Some(Outcome::Cancelled),
            Ending::Lost => None,
            Ending::Stopped => Some(Outcome::Stopped),
            Ending::Excessive(reason) => Some(broken(reason)),
        }
    }

    /// Waits for its end, or for a reason to stop it.
    async fn watch(&self, process: &mut Process, output: &mut Output) -> Ending {
        let started = Instant::now();
        let mut memory_due = started;
        loop {
            if let Some(status) = process.exited() {
                return Ending::Ended(status);
            }
            output.pass_on(self.holder);
            if let Some(ending) = self.reason_to_stop(started) {
                return ending;
            }
            if memory_due <= Instant::now() {
                memory_due = Instant::now() + MEMORY_GLANCE;
                if let Some(reason) = self.too_much_memory(process.id()) {
                    // No time to be polite: others need the memory.
                    process.kill();
                    return Ending::Excessive(reason);
                }
            }
            sleep(GLANCE).await;
        }
    }

    fn reason_to_stop(&self, started: Instant) -> Option<Ending> {
        match self.holder.fate() {
            Fate::Lost(_) => return Some(Ending::Lost),
            Fate::Cancelled => return Some(Ending::Cancelled),
            Fate::Held => {}
        }
        if *self.shutdown.borrow() == Shutdown::Stop {
            return Some(Ending::Stopped);
        }
        let Assignment {
            time_limit_seconds,
            wait_seconds,
            ..
        } = self.assignment;
        let limit = time_limit_seconds + wait_seconds;
        (started.elapsed() >= Duration::from_secs(limit)).then(|| {
            Ending::Excessive(format!(
                "the benchmark was stopped because it took longer than {limit} s"
            ))
        })
    }

    fn too_much_memory(&self, process: u32) -> Option<String> {
        let limit = self.assignment.memory_limit_mib;
        let resident = resident_mib(process).filter(|resident| *resident > limit)?;
        Some(format!(
            "the benchmark was killed because it took {resident} MiB of memory, more than {limit} MiB"
        ))
    }

    /// What a benchmark that ended by itself has come to.
    fn judge(&self, status: ExitStatus, output: &Output) -> Outcome {
        let complaints = output.complaints();
        let broken = |what: String| broken(format!("{what}\n{complaints}").trim_end().to_owned());
        if self.assignment.verifies.is_some() {
            return match self.read::<Verified>() {
                Ok(verified) => judge_verified(verified),
                Err(error) => broken(format!(
                    "the benchmark ended with {status}, and what it has found cannot be read: {error}"
                )),
            };
        }
        if !status.code().is_some_and(|code| JUDGED.contains(&code)) {
            return broken(format!("the benchmark ended with {status}"));
        }
        let result = match self.read::<RunResult>() {
            Ok(result) => result,
            Err(error) => {
                return broken(format!(
                    "the benchmark ended with {status}, but its result cannot be read: {error}"
                ));
            }
        };
        match self.doubt(status, &result) {
            Some(doubt) => broken(doubt),
            None => Outcome::Judged {
                result: Box::new(result),
            },
        }
    }

    /// Why a result is not that of this attempt.
    fn doubt(&self, status: ExitStatus, result: &RunResult) -> Option<String> {
        let (seed, build) = (self.assignment.seed, self.build);
        if result.seed != seed {
            let other = result.seed;
            return Some(format!("the result is of seed {other}, not {seed}"));
        }
        if result.build != build {
            let other = &result.build;
            return Some(format!(
                "the result is of build {other}, not {build}: the program was replaced; start the worker again"
            ));
        }
        let code = i32::from(result.verdict.exit_code());
        (status.code() != Some(code)).then(|| {
            let word = result.verdict.word();
            format!("the benchmark ended with {status}, but its result says {word}")
        })
    }

    fn read<T: DeserializeOwned>(&self) -> io::Result<T> {
        let mut text = Vec::new();
        let file = File::open(&self.place.output)?;
        file.take(LARGEST_RESULT).read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

/// Trouble of our own is no finding; a site that does not answer is one.
fn judge_verified(verified: Verified) -> Outcome {
    let own = |finding: &&Finding| finding.class == "system";
    match verified.broke_off.as_ref().filter(own) {
        Some(trouble) => broken(trouble.to_string()),
        None => Outcome::Verified { verified },
    }
}

/// An outcome that is nobody's fault among contestants.
pub(crate) fn broken(reason: String) -> Outcome {
    Outcome::Broken { reason }
}
