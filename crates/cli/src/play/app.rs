//! The reference app: built from source, run as a process.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use isutori_engine::target::Target;
use isutori_services::{Process, ProcessSpec};
use tokio::{
    io::AsyncReadExt,
    process::Command,
    time::{Instant, sleep},
};

use super::{Implementation, stores::Stores};

/// The app gives way to the benchmark, which shares the machine with it.
const NICE: u8 = 10;
/// How long the app may take to listen.
const START_LIMIT: Duration = Duration::from_secs(20);

/// The root of the source tree that this program was built from.
fn source_tree() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root
        .canonicalize()
        .ok()
        .filter(|root| root.join("webapp/rust/Cargo.toml").exists());
    root.context("the source tree is not where this program was built from; run `cargo run --release -- play` in it")
}

/// Builds the app and gives its program. What the compiler says goes to standard error.
pub(super) async fn build(implementation: Implementation) -> anyhow::Result<PathBuf> {
    let Implementation::Rust = implementation;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--package",
            "suwaru",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(source_tree()?)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run cargo to build the app; install Rust from https://rustup.rs")?;
    let mut messages = String::new();
    if let Some(stdout) = child.stdout.as_mut() {
        stdout
            .read_to_string(&mut messages)
            .await
            .context("cannot read what cargo says")?;
    }
    if !child.wait().await?.success() {
        bail!("the app does not build; the compiler says above why");
    }
    let program = messages.lines().filter_map(executable).next_back();
    program.context("cargo built the app but did not say where it is")
}

/// The program in one of cargo's JSON messages.
fn executable(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    message.get("executable")?.as_str().map(PathBuf::from)
}

/// The running app.
pub(super) struct App {
    process: Process,
    target: Target,
}

impl App {
    /// Starts the app on a free port and waits until it listens.
    pub(super) async fn start(
        program: &Path,
        stores: &Stores,
        work: &Path,
    ) -> anyhow::Result<Self> {
        let root = source_tree()?;
        let spec = ProcessSpec::new(program, work.join("app.log"))
            .arg("--listen")
            .arg("127.0.0.1:0")
            .env("DATABASE_URL", stores.database_url())
            .env("SESSION_URL", stores.session_url())
            .env("SQL_DIR", root.join("sql"))
            .env("PUBLIC_DIR", root.join("webapp/public"))
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
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Its process's number.
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    /// What it has logged.
    pub(super) fn log(&self) -> &Path {
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
