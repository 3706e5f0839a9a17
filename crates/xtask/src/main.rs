//! The project's own chores, run as `cargo xtask …`.
//!
//! `cargo xtask test` is the whole way from a fresh clone to a tested one: it installs what the
//! tests need and runs them all. `cargo xtask ci` adds what continuous integration checks besides.

mod chore;
mod install;
mod requirements;
mod suite;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use chore::Chores;

/// The answer when the machine lacks something, as opposed to the project being wrong.
const ENVIRONMENT: u8 = 2;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need, then run them all.
    #[command(after_help = "Example: cargo xtask test -- --package isutori-engine pacing")]
    Test {
        /// Only say what is missing, install nothing.
        #[arg(long)]
        no_install: bool,
        /// Arguments for `cargo test`, in place of `--workspace`.
        #[arg(last = true)]
        cargo_args: Vec<String>,
    },
    /// Run all that continuous integration does: tests, format, lints, documentation.
    #[command(after_help = "Example: cargo xtask ci --no-install")]
    Ci {
        /// Only say what is missing, install nothing.
        #[arg(long)]
        no_install: bool,
    },
}

fn main() -> ExitCode {
    let (chore, no_install) = match Arguments::parse().chore {
        Chore::Test {
            no_install,
            cargo_args,
        } => (Some(cargo_args), no_install),
        Chore::Ci { no_install } => (None, no_install),
    };
    if let Err(error) = requirements::meet(!no_install) {
        eprintln!("{error:#}");
        return ExitCode::from(ENVIRONMENT);
    }
    let mut chores = Chores::default();
    match chore {
        Some(cargo_args) => suite::run(&mut chores, &cargo_args),
        None => {
            suite::run(&mut chores, &[]);
            check_style(&mut chores);
        }
    }
    chores.conclude()
}

/// Runs the checks that need no test to be run.
fn check_style(chores: &mut Chores) {
    chores.cargo("format", &["fmt", "--all", "--check"], &[]);
    let clippy = "clippy --release --workspace --all-targets -- -D warnings";
    chores.cargo("lints", &words(clippy), &[]);
    let doc = "doc --release --workspace --no-deps --document-private-items";
    chores.cargo(
        "documentation",
        &words(doc),
        &[("RUSTDOCFLAGS", "-D warnings")],
    );
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
