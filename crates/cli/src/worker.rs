//! `isutori worker`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use isutori_bench::services::DEFAULT_ADDRESS;
use isutori_worker::{Portal, Settings, host_name};

use crate::shutdown;

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori worker run --portal https://portal.example --token TOKEN --services 10.0.0.9:9000"
)]
pub(crate) enum Command {
    /// Takes jobs from the portal and makes benchmark runs of them, until it is interrupted.
    ///
    /// The first Ctrl-C (or SIGTERM) lets the runs end and takes no more jobs, the second stops
    /// them and says so to the portal. A portal that is away is waited for.
    Run(RunCommand),
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori worker run --portal https://portal.example --token TOKEN --concurrency 2 --services 10.0.0.9:9000"
)]
pub(crate) struct RunCommand {
    /// Where the portal is.
    #[arg(long, env = "ISUTORI_PORTAL", value_name = "URL")]
    portal: String,

    /// The token of this worker. Others on this machine can see arguments, so the variable is the
    /// better place for it.
    #[arg(
        long,
        env = "ISUTORI_WORKER_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: String,

    /// Unique among the portal's workers; the name of this machine when not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Take the jobs of teams in this zone.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,

    /// How many runs to make at the same time. Each wants processors of its own.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,

    /// Where the folders of the runs are made. Nothing is ever removed from it.
    #[arg(long, default_value = ".isutori/worker", value_name = "DIR")]
    runs: PathBuf,

    /// Where the external services of the runs shall be: an address of this machine that the
    /// sites can reach, and a port, 0 for a free one. Runs at the same time take ports that follow.
    #[arg(long, default_value_t = DEFAULT_ADDRESS, value_name = "ADDR:PORT")]
    services: SocketAddr,

    /// Certificates (PEM) of authorities whose sites the benchmark trusts besides those of public
    /// ones, for https.
    #[arg(long, env = "ISUTORI_CA", value_name = "FILE")]
    ca: Option<PathBuf>,

    /// The isutori that makes the runs; this one when not given.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    let Command::Run(arguments) = command;
    let settings = Settings {
        portal: Portal::new(&arguments.portal, &arguments.token)?,
        name: arguments.name.unwrap_or_else(host_name),
        zone: arguments.zone,
        concurrency: arguments.concurrency,
        runs: arguments.runs,
        services: arguments.services,
        authorities: arguments.ca,
        program: match arguments.program {
            Some(program) => program,
            None => std::env::current_exe()
                .context("cannot find this program; say where it is with --program")?,
        },
    };
    let shutdown = shutdown::listen_by_steps()?;
    isutori_worker::run(settings, shutdown, |line| eprintln!("{line}")).await?;
    Ok(0)
}
