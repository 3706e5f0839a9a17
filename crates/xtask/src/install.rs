//! Installs Debian packages without starting the servers in them.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Run as root with the packages as its arguments.
const SCRIPT: &str = include_str!("install.sh");

/// Whether this is Debian or like it, and we are root or become root without a password.
pub(crate) fn is_possible() -> bool {
    succeeds(Command::new("apt-get").arg("--version")) && succeeds(as_root().arg("true"))
}

/// Installs packages.
///
/// # Errors
/// When a package cannot be installed; the package manager has said why.
pub(crate) fn install<'a>(packages: impl Iterator<Item = &'a str>) -> Result<()> {
    let status = as_root()
        .args(["sh", "-c", SCRIPT, "install.sh"])
        .args(packages)
        .stdin(Stdio::null())
        .status()
        .context("cannot run apt-get")?;
    ensure!(status.success(), "apt-get failed: {status}");
    Ok(())
}

/// Takes a command to be run as root for its arguments.
fn as_root() -> Command {
    let am_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    let mut command = Command::new(if am_root { "env" } else { "sudo" });
    if !am_root {
        command.arg("-n");
    }
    command
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
