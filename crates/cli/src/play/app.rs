//! The reference app, run as a process.

use std::{path::Path, time::Duration};

use isutori_engine::target::Target;
use isutori_services::{Process, ProcessSpec};
use tokio::time::{Instant, sleep};

use super::stores::Stores;
use crate::handout::HandOut;

/// The app gives way to the benchmark, which shares the machine with it.
const NICE: u8 = 10;
/// How long the app may take to listen.
const START_LIMIT: Duration = Duration::from_secs(20);

/// The name of its access log, if it writes one.
pub(super) const ACCESS_LOG: &str = "access.log";

/// The running app.
pub(crate) struct App {
    process: Process,
    target: Target,
}

impl App {
    /// Starts the app on a free port, or on a unix socket if the hand-out wants one, and waits until
    /// it listens.
    pub(super) async fn start(
        program: &Path,
        handout: &HandOut,
        stores: &Stores,
        work: &Path,
    ) -> anyhow::Result<Self> {
        let spec = ProcessSpec::new(program, work.join("app.log"));
        let listen = match handout.listen()?.starts_with("unix:") {
            true => format!("unix:{}", work.join("app.sock").display()),
            false => "127.0.0.1:0".to_owned(),
        };
        let environment = handout.environment()?.into_iter();
        let spec = environment
            .fold(spec, |spec, (name, value)| spec.env(name, value))
            .arg("--listen")
            .arg(listen)
            .env("DATABASE_URL", stores.database_url())
            .env("SESSION_URL", stores.session_url())
            .env("SQL_DIR", handout.sql())
            .env("PUBLIC_DIR", handout.public())
            .env("ACCESS_LOG_FILE", work.join(ACCESS_LOG))
            .nice(NICE);
        let mut process = Process::spawn(spec)?;
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(target) = listening(process.log()) {
                return Ok(App { process, target });
            }
            if let Some(status) = process.exited() {
                return Err(process.failure(format!("ended with {status}")).into());
            }
            if Instant::now() > deadline {
                let seconds = START_LIMIT.as_secs();
                return Err(process
                    .failure(format!("did not listen within {seconds} s"))
                    .into());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where it listens.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Its process's number.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> &Path {
        self.process.log()
    }

    /// Stops it.
    pub(super) async fn stop(&mut self) {
        self.process.stop().await;
    }
}

/// The address in the app's log, once it is there.
fn listening(log: &Path) -> Option<Target> {
    let log = std::fs::read_to_string(log).ok()?;
    let line = log
        .lines()
        .find_map(|line| line.strip_prefix("listening on "))?;
    // The line may still be half-written; a target with a port is whole only with its line end.
    log.contains(&format!("{line}\n"))
        .then(|| line.parse().ok())?
}
