//! Suwaru (座る, to sit): a social network for people who like chairs.
//!
//! Where to start reading:
//!
//! - [`router`] lists every route; its handlers live in modules named after what they handle:
//!   [`accounts`], [`home`], [`people`], [`friends`], [`footprints`], [`diary`], [`entries`],
//!   [`comments`], [`recent`], [`initialize`], [`report`].
//! - [`viewer`] and [`form`] are the extractors through which a request enters: who sends it, and
//!   a form whose CSRF token has been checked. [`domain`] holds the types that fields are parsed
//!   into, [`error`] all that can go wrong and how it is shown.
//! - [`database`] speaks to MySQL, PostgreSQL and SQLite alike, [`session`] to the session store.
//! - [`config`] names the environment variables.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

mod access_log;
mod accounts;
mod address;
mod body;
mod comments;
mod config;
mod database;
mod diary;
mod domain;
mod entries;
mod error;
mod error_page;
mod footprints;
mod form;
mod friends;
mod home;
mod initialize;
mod markdown;
mod moderation;
mod moment;
mod organiser;
mod page;
mod paging;
mod panel;
mod password;
mod people;
mod pictures;
mod recent;
mod report;
mod router;
mod server;
mod session;
mod settings;
mod state;
mod timeline;
mod viewer;

use std::{
    env,
    io::{self, IsTerminal},
    process::ExitCode,
};

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::{config::Config, server::Listener, state::AppState};

const USAGE: &str = "\
Usage: suwaru [serve] [--listen ADDR:PORT|unix:PATH]
       suwaru hash SALT

serve   answers HTTP requests; configured by the environment, see .env.example
hash    reads a password on standard input and prints the hash that the database keeps

Example: DATABASE_URL=sqlite:suwaru.db suwaru --listen 127.0.0.1:8080";

/// What the command line asks for.
enum Command {
    Serve { listen: Option<String> },
    Hash { salt: String },
    Help,
}

impl Command {
    /// Reads the arguments that follow the program's name; `None` when they make no sense.
    fn parse(arguments: &[String]) -> Option<Self> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match arguments.as_slice() {
            [] | ["serve"] => Some(Self::Serve { listen: None }),
            ["--listen", address] | ["serve", "--listen", address] => Some(Self::Serve {
                listen: Some((*address).to_owned()),
            }),
            ["hash", salt] => Some(Self::Hash {
                salt: (*salt).to_owned(),
            }),
            ["--help" | "-h" | "help"] => Some(Self::Help),
            _ => None,
        }
    }

    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Serve { listen } => serve(listen),
            Self::Hash { salt } => password::print_hash(&salt).context("cannot hash the password"),
            Self::Help => {
                println!("{USAGE}");
                Ok(())
            }
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(command) = Command::parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("suwaru: {}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes. Some errors tell their cause in their own text, and once is enough.
fn describe(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Serves the site until the process is asked to stop.
#[tokio::main]
async fn serve(listen: Option<String>) -> anyhow::Result<()> {
    start_logging();
    let mut config = Config::from_env()?;
    if let Some(listen) = listen {
        config.listen = listen.parse().context("--listen")?;
    }
    let state = AppState::new(&config).await?;
    let router = router::build(state, &config)?;
    let listener = Listener::bind(&config.listen).await?;
    let stopping = server::watch_signals()?;
    println!("listening on {}", listener.url()?);
    server::run(listener, router, stopping).await
}

/// Logs go to standard error, as much as `RUST_LOG` asks for.
fn start_logging() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}
