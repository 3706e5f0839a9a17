//! `isutori`, the one command line: arguments and wiring, nothing else.
//!
//! Exit codes: 0 fine, 1 the thing judged failed, 2 usage or environment,
//! 3 the run is void.

mod access_log;
mod bench;
mod contest_data;
mod course;
mod dataset;
mod doctor;
mod handout;
mod inventory;
mod lab;
mod picture;
mod play;
mod portal;
mod rehearse;
mod shutdown;
mod site;
mod team;
mod terminal;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// The load allocates all the time; docs/benchmarks.md says what the C library's allocator costs.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A web performance tuning contest in a box.
#[derive(Parser)]
#[command(
    name = "isutori",
    version,
    after_help = "Example:\n  isutori play --duration 10s"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the reference app, fills its database, benchmarks it and shows the score.
    Play(play::Arguments),
    /// Makes the initial data.
    #[command(subcommand)]
    Dataset(dataset::Command),
    /// Benchmarks a site that is running already.
    #[command(subcommand)]
    Bench(bench::Command),
    /// Shows on which routes of a site the time of an access log was spent.
    AccessLog(access_log::Arguments),
    /// Takes a first look at this host. Exit codes: 0 nothing is wrong, 1 something is.
    Doctor(doctor::Arguments),
    /// Compares pictures as the benchmark does.
    #[command(subcommand)]
    Picture(picture::Command),
    /// The contest server.
    #[command(subcommand)]
    Portal(portal::Command),
    /// Makes benchmark runs for a contest's portal.
    #[command(subcommand)]
    Worker(worker::Command),
    /// The hosts that a contest.toml describes.
    #[command(subcommand)]
    Inventory(inventory::Command),
    /// A contest of many hosts on this machine.
    #[command(subcommand)]
    Lab(lab::Command),
    /// Plays a contest with made-up teams on this machine, lets things go wrong, and says whether
    /// the results are right.
    Rehearse(Box<rehearse::Arguments>),
    /// How the reference app becomes fast, step by step: lessons, hints, cures.
    #[command(subcommand)]
    Course(course::Command),
    /// What a team wants of a contest's portal: runs, logs, results.
    #[command(subcommand)]
    Team(team::Command),
}

/// The exit code for a wrong usage or environment.
const ENVIRONMENT: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Play(arguments) => play::run(arguments).await,
        Command::Dataset(command) => dataset::run(command).await,
        Command::Bench(command) => bench::run(command).await,
        Command::AccessLog(arguments) => access_log::run(&arguments),
        Command::Doctor(arguments) => doctor::run(arguments).await,
        Command::Picture(command) => picture::run(command),
        Command::Portal(command) => portal::run(command).await,
        Command::Worker(command) => worker::run(command).await,
        Command::Inventory(command) => inventory::run(command),
        Command::Lab(command) => lab::run(command).await,
        Command::Rehearse(arguments) => rehearse::run(*arguments).await,
        Command::Course(command) => course::run(command).await,
        Command::Team(command) => team::run(command).await,
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("isutori: {error:#}");
            ExitCode::from(ENVIRONMENT)
        }
    }
}
