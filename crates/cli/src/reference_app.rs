//! The reference app, built from source.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail};
use tokio::{io::AsyncReadExt, process::Command};

use crate::play::Implementation;

/// The root of the source tree that this program was built from.
pub(crate) fn source_tree() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root
        .canonicalize()
        .ok()
        .filter(|root| root.join("webapp/rust/Cargo.toml").exists());
    root.context("the source tree is not where this program was built from; run `cargo run --release -- play` in it")
}

/// Builds the app and gives its program. What the compiler says goes to standard error.
pub(crate) async fn build(implementation: Implementation) -> anyhow::Result<PathBuf> {
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
