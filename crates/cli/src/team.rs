//! `isutori team`.

mod enqueue;
mod env_check;
mod log;
mod rehearse;
mod watch;

use std::io::Read;

use anyhow::Context;
use clap::{Args, Subcommand};
use isutori_protocol::contest::{JobState, TeamStatus};
use isutori_worker::Portal;

use crate::terminal::{self, summary, team};

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori team enqueue --portal https://portal.example --token TOKEN --wait"
)]
pub(crate) enum Command {
    /// Asks for a benchmark run.
    Enqueue(enqueue::EnqueueCommand),
    /// How the team stands: score, time, hosts, the newest jobs.
    Status(StatusCommand),
    /// What a run told, line by line.
    Log(log::LogCommand),
    /// The result of a run. Exit codes: 0 passed, 1 failed, 3 void.
    Result(ResultCommand),
    /// Takes a job back.
    Cancel(CancelCommand),
    /// Tells the portal how this host is. Exit codes: 0 fine, 1 something is wrong with it.
    EnvCheck(env_check::EnvCheckCommand),
    /// Samples what this host does during the team's runs, for the portal to show; runs until it is
    /// stopped.
    Watch(watch::WatchCommand),
    /// Goes through the steps of the final measurement, hosts rebooted and all; it does not count.
    RehearseFinal(rehearse::RehearseCommand),
    /// Leaves what comes on standard input at the portal, and says where it can be looked at.
    Paste(PasteCommand),
}

/// Which portal, and as whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct PortalArguments {
    /// Where the portal is.
    #[arg(long, env = "ISUTORI_PORTAL", value_name = "URL")]
    portal: String,

    /// The team's token, as the portal shows it.
    #[arg(
        long,
        env = "ISUTORI_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: String,
}

impl PortalArguments {
    fn portal(&self) -> anyhow::Result<Portal> {
        Ok(Portal::new(&self.portal, &self.token)?)
    }
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team status --portal https://portal.example --token TOKEN"
)]
pub(crate) struct StatusCommand {
    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team result 12 --portal https://portal.example --token TOKEN --json"
)]
pub(crate) struct ResultCommand {
    /// The job's number; the newest job when not given.
    job: Option<i64>,

    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: the content of result.json.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team cancel 12 --portal https://portal.example --token TOKEN"
)]
pub(crate) struct CancelCommand {
    /// The job's number; the newest job when not given.
    job: Option<i64>,

    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: the job.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team paste --portal https://portal.example --token TOKEN </etc/hosts"
)]
pub(crate) struct PasteCommand {
    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: where it is.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Enqueue(arguments) => enqueue::run(arguments).await,
        Command::Status(arguments) => show_status(&arguments).await,
        Command::Log(arguments) => log::run(arguments).await,
        Command::Result(arguments) => show_result(&arguments).await,
        Command::Cancel(arguments) => cancel(&arguments).await,
        Command::EnvCheck(arguments) => env_check::run(arguments).await,
        Command::Watch(arguments) => watch::run(arguments).await,
        Command::RehearseFinal(arguments) => rehearse::run(arguments).await,
        Command::Paste(arguments) => paste(&arguments).await,
    }
}

/// The given job, or the newest one.
async fn given_or_newest(portal: &Portal, job: Option<i64>) -> anyhow::Result<i64> {
    if let Some(job) = job {
        return Ok(job);
    }
    let TeamStatus { team, jobs, .. } = portal.team_status().await?;
    let newest = jobs.first().with_context(|| {
        format!("{team} has no job yet; ask for a run with isutori team enqueue")
    })?;
    Ok(newest.id)
}

async fn show_status(arguments: &StatusCommand) -> anyhow::Result<u8> {
    let status = arguments.portal.portal()?.team_status().await?;
    match arguments.json {
        true => terminal::print_json(&status)?,
        false => terminal::print(&team::describe(&status))?,
    }
    Ok(0)
}

async fn show_result(arguments: &ResultCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let job = given_or_newest(&portal, arguments.job).await?;
    let result = portal.result(job).await?;
    match arguments.json {
        true => terminal::print_json(&result)?,
        false => terminal::print(&format!("job {job}: {}", summary::describe(&result)))?,
    }
    Ok(result.verdict.exit_code())
}

async fn cancel(arguments: &CancelCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let job = given_or_newest(&portal, arguments.job).await?;
    let job = portal.cancel(job).await?;
    match arguments.json {
        true => terminal::print_json(&job)?,
        // The worker has to hear of it first.
        false if job.state == JobState::Running => {
            terminal::print(&format!("job {} is being stopped\n", job.id))?;
        }
        false => terminal::print(&format!("{}\n", team::sentence(&job)))?,
    }
    Ok(0)
}

async fn paste(arguments: &PasteCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let mut text = Vec::new();
    std::io::stdin()
        .read_to_end(&mut text)
        .context("cannot read standard input")?;
    anyhow::ensure!(
        !text.is_empty(),
        "nothing came on standard input; give it a file: isutori team paste <FILE"
    );
    let url = portal.paste(text).await?;
    match arguments.json {
        true => terminal::print_json(&serde_json::json!({ "url": url }))?,
        false => terminal::print(&format!("{url}\n"))?,
    }
    Ok(0)
}
