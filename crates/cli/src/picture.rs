//! `isutori picture`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use isutori_bench::pictures::{ICON_SIDES, Mismatch, Shape, TOLERANCE, compare};
use serde::Serialize;

/// The exit code of a picture that is not as it must be.
const FAILED: u8 = 1;

#[derive(Subcommand)]
#[command(after_help = "Example:\n  isutori picture compare chair.png shown.jpg")]
pub(crate) enum Command {
    /// Compares a picture as it was uploaded with what a site shows of it, as the benchmark does.
    Compare(CompareCommand),
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori picture compare chair.png shown.jpg\n  isutori picture compare chair.png - --icon 64"
)]
pub(crate) struct CompareCommand {
    /// The picture as it was uploaded.
    #[arg(value_name = "UPLOADED")]
    uploaded: PathBuf,

    /// What the site answers; - for standard input.
    #[arg(value_name = "SHOWN")]
    shown: PathBuf,

    /// It is an icon of this size, and no photo.
    #[arg(long, value_name = "N", value_parser = icon_side)]
    icon: Option<u32>,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Report {
    same: bool,
    difference: Option<f64>,
    tolerance: f64,
    reason: Option<String>,
}

/// Runs a command; gives its exit code.
pub(crate) fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Compare(command) => command.run(),
    }
}

impl CompareCommand {
    fn run(&self) -> anyhow::Result<u8> {
        let shape = self.icon.map_or(Shape::Photo, Shape::Icon);
        let expected = shape
            .show(&read(&self.uploaded)?)
            .with_context(|| format!("cannot compare with {}", self.uploaded.display()))?;
        let compared = compare(&read(&self.shown)?, &expected);
        match self.json {
            true => println!("{}", serde_json::to_string(&report(&compared))?),
            false => println!("{}", sentence(&compared)),
        }
        Ok(compared.map_or(FAILED, |_| 0))
    }
}

fn report(compared: &Result<f64, Mismatch>) -> Report {
    let difference = match compared {
        Ok(difference) | Err(Mismatch::Different { difference }) => Some(*difference),
        Err(_) => None,
    };
    Report {
        same: compared.is_ok(),
        difference,
        tolerance: TOLERANCE,
        reason: compared.as_ref().err().map(Mismatch::to_string),
    }
}

fn sentence(compared: &Result<f64, Mismatch>) -> String {
    match compared {
        Ok(difference) => {
            format!("the same picture: it differs by {difference:.1}, which may be {TOLERANCE}")
        }
        Err(mismatch) => format!("not the same picture: {mismatch}"),
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let read = match path == Path::new("-") {
        true => {
            let mut file = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut file).map(|_| file)
        }
        false => std::fs::read(path),
    };
    read.with_context(|| format!("cannot read {}", path.display()))
}

fn icon_side(text: &str) -> Result<u32, String> {
    let side = text.parse().ok().filter(|side| ICON_SIDES.contains(side));
    side.ok_or_else(|| {
        let sides = ICON_SIDES.map(|side| side.to_string());
        format!("an icon is shown in the sizes {}", sides.join(", "))
    })
}
