//! A running child process.

use std::fs;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::{ProcessSpec, ServiceError, spawner};

/// How long a process may take to end in good order before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// How often a process is looked at while something is awaited.
const GLANCE: Duration = Duration::from_millis(10);

/// How many lines of a log an error shows.
const TAIL_LINES: usize = 20;

/// A child process and all that it starts within its process group.
///
/// It is killed when this value is dropped; [`Process::stop`] is the polite way.
#[derive(Debug)]
pub struct Process {
    child: Child,
    spec: ProcessSpec,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts a process.
    ///
    /// # Errors
    /// When the log file cannot be made, or the program cannot be run.
    pub fn spawn(spec: ProcessSpec) -> Result<Self, ServiceError> {
        let log = spec.log.display();
        let command = spec
            .to_command()
            .map_err(ServiceError::io(format!("write the log {log}")))?;
        let program = spec.program.display();
        let child = spawner::spawn(command).map_err(ServiceError::io(format!("run {program}")))?;
        Ok(Self {
            child,
            spec,
            status: None,
        })
    }

    /// Runs a process to its end.
    ///
    /// # Errors
    /// When it cannot be started, fails, or is not done within `limit`.
    pub async fn run(spec: ProcessSpec, limit: Duration) -> Result<(), ServiceError> {
        let mut process = Self::spawn(spec)?;
        match process.wait(limit).await {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(process.failure(format!("ended with {status}"))),
            None => Err(process.failure(format!("was not done within {} s", limit.as_secs()))),
        }
    }

    /// The process's number, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The file with all that the process said.
    pub fn log(&self) -> &Path {
        &self.spec.log
    }

    /// How the process ended; `None` while it runs.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = match self.child.try_wait() {
                Ok(status) => status,
                // Nothing is known of the child, which means that it is gone.
                Err(_) => Some(ExitStatus::default()),
            };
            if self.status.is_some() {
                self.signal_group(Signal::SIGKILL);
            }
        }
        self.status
    }

    /// Waits for the process to end by itself; `None` when it still runs after `limit`.
    pub async fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            match self.exited() {
                None if Instant::now() < deadline => sleep(GLANCE).await,
                status => return status,
            }
        }
    }

    /// Asks the process to end, kills it when it does not within 10 s, and says how it ended.
    /// Whatever it leaves in its process group is killed. To stop twice is no error.
    pub async fn stop(&mut self) -> ExitStatus {
        if self.exited().is_none() {
            self.signal_group(self.spec.stop_signal);
        }
        match self.wait(STOP_LIMIT).await {
            Some(status) => status,
            None => self.kill(),
        }
    }

    /// Kills the process and whatever else is in its group, and says how it ended.
    pub fn kill(&mut self) -> ExitStatus {
        if let Some(status) = self.exited() {
            return status;
        }
        self.signal_group(Signal::SIGKILL);
        let status = self.child.wait().unwrap_or_default();
        *self.status.insert(status)
    }

    /// Called only before the first process is known to have ended or right then, so the number
    /// cannot yet belong to somebody else.
    fn signal_group(&self, signal: Signal) {
        let group = Pid::from_raw(self.child.id().cast_signed());
        // The only error that can happen is that nobody is left in the group.
        let _ = killpg(group, signal);
    }

    /// All that the process said so far, as far as it is text.
    pub(crate) fn read_log(&self) -> String {
        let bytes = fs::read(self.log()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The error for a process that did something else than it should: its name, `outcome` and the
    /// end of its log.
    pub fn failure(&self, outcome: impl Into<String>) -> ServiceError {
        let said = self.read_log();
        let lines: Vec<&str> = said.lines().collect();
        let program = self.spec.program.file_name().unwrap_or_default();
        ServiceError::Failed {
            program: program.to_string_lossy().into_owned(),
            outcome: outcome.into(),
            log: self.log().to_owned(),
            tail: lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
