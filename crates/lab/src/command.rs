//! Programs that are run to their end.

use std::process::{Command, Stdio};

use crate::LabError;

/// So much of what a program said is told.
const LAST_LINES: usize = 30;

/// A program with arguments.
pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args);
    command
}

/// Runs it; gives its output.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<String, LabError> {
    let failed = |said| LabError::Command {
        what: what.to_owned(),
        said,
    };
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    Err(failed(format!("{}\n{}", output.status, last_lines(&said))))
}

/// The end of a text.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
