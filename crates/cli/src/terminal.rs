//! What people read on the terminal, and programs behind a pipe.

pub(crate) mod comparison;
pub(crate) mod language;
pub(crate) mod progress;
pub(crate) mod summary;
pub(crate) mod team;

use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;

/// Writes text on standard output.
///
/// # Errors
/// When the disk behind it is full, or the reader behind it is gone; the standard macros would
/// panic.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    let written = output.write_all(text.as_bytes());
    written
        .and_then(|()| output.flush())
        .context("cannot write to standard output, which is full or no longer read")
}

/// Writes a JSON document on standard output.
///
/// # Errors
/// As [`print()`].
pub(crate) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    print(&text)
}
