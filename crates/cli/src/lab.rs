//! `isutori lab`.

pub(crate) mod practice;

use std::{fs, os::unix::process::CommandExt, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use isutori_inventory::Lifetime;
use isutori_lab::{Lab, Settings, check_requirements};
use jiff::Timestamp;
use serde::Serialize;
use tokio::task::spawn_blocking;

use self::practice::PracticeArguments;
use crate::{
    handout::{Effort, HandOut, source_tree},
    play::Implementation,
    terminal,
};

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori lab up --teams 2 --hosts 3\n  isutori lab ssh team1-host1\n  isutori lab down"
)]
pub(crate) enum Command {
    /// Makes all hosts of a contest and starts them: teams' hosts, workers and the portal.
    Up(Box<UpCommand>),
    /// Says how each host is.
    Status(StatusCommand),
    /// Enters a host.
    Ssh(SshCommand),
    /// Reboots a host and waits until it serves again.
    Reboot(RebootCommand),
    /// Lets a lab go on for longer, or for less long, before it goes down by itself.
    Extend(ExtendCommand),
    /// Switches all hosts off, and removes everything but what a later lab can use.
    Down(DownCommand),
    /// Waits until a lab's time has come, and takes it down: "up" starts this.
    #[command(hide = true)]
    Watch(WatchCommand),
}

/// Which lab.
#[derive(Args)]
pub(crate) struct FolderArguments {
    /// The folder of the lab.
    #[arg(long, default_value = "/var/lib/isutori/lab", value_name = "DIR")]
    dir: PathBuf,
}

impl FolderArguments {
    fn open(&self) -> anyhow::Result<Lab> {
        check_requirements()?;
        Lab::open(&self.dir).with_context(|| self.dir.display().to_string())
    }
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori lab up\n  isutori lab up --teams 2 --hosts 3 --workers 2\n  isutori lab up --contest contest.toml"
)]
pub(crate) struct UpCommand {
    #[command(flatten)]
    folder: FolderArguments,

    /// Where trees and images are kept for later labs; on the same file system as the folder.
    #[arg(long, default_value = "/var/lib/isutori/cache", value_name = "DIR")]
    cache: PathBuf,

    /// The contest, with a table "environment"; a practice of some hours when not given.
    #[arg(long, value_name = "FILE", conflicts_with = "practice")]
    contest: Option<PathBuf>,

    /// How long it goes on: 8h, 90m, or never ends. When not given, until a while after the contest,
    /// as "stop_after" of the environment says.
    #[arg(long = "for", value_name = "TIME")]
    lifetime: Option<Lifetime>,

    #[command(flatten)]
    practice: PracticeArguments,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori lab status --json")]
pub(crate) struct StatusCommand {
    #[command(flatten)]
    folder: FolderArguments,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori lab ssh team1-host1\n  isutori lab ssh team1-host1 --user organiser"
)]
pub(crate) struct SshCommand {
    #[command(flatten)]
    folder: FolderArguments,

    /// As whom: the contest user on a team's host and the organiser on others, when not given.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// The host, as `status` calls it.
    host: String,

    /// What to run there instead of a shell, after two hyphens.
    #[arg(last = true)]
    command: Vec<String>,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori lab reboot team1-host1")]
pub(crate) struct RebootCommand {
    #[command(flatten)]
    folder: FolderArguments,

    /// The host, as `status` calls it.
    host: String,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori lab down")]
pub(crate) struct DownCommand {
    #[command(flatten)]
    folder: FolderArguments,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori lab extend --for 2h\n  isutori lab extend --for never"
)]
pub(crate) struct ExtendCommand {
    #[command(flatten)]
    folder: FolderArguments,

    /// How long from now: 8h, 90m, or never ends.
    #[arg(long = "for", value_name = "TIME")]
    lifetime: Lifetime,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori lab watch")]
pub(crate) struct WatchCommand {
    #[command(flatten)]
    folder: FolderArguments,
}

/// A lab, as `status` tells programs of it.
#[derive(Serialize)]
struct LabStatus {
    stops_at: Option<Timestamp>,
    hosts: Vec<HostStatus>,
}

/// A host, as `status` tells programs of it.
#[derive(Serialize)]
struct HostStatus {
    name: String,
    address: String,
    roles: Vec<&'static str>,
    team: Option<String>,
    is_running: bool,
    memory_mib: Option<u64>,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Up(arguments) => up(*arguments).await?,
        Command::Status(arguments) => show(&arguments)?,
        Command::Ssh(arguments) => return Err(enter(&arguments)?),
        Command::Reboot(arguments) => {
            let lab = arguments.folder.open()?;
            let (before, after) = lab.reboot(&arguments.host)?;
            let host = &arguments.host;
            terminal::print(&format!("{host} is back: boot id {before}, now {after}\n"))?;
        }
        Command::Extend(arguments) => {
            let lab = arguments.folder.open()?;
            let end = lab.extend(arguments.lifetime, &this_program()?)?;
            terminal::print(&tell_end(end))?;
        }
        Command::Down(arguments) => arguments.folder.open()?.down()?,
        Command::Watch(arguments) => {
            let lab = arguments.folder.open()?;
            spawn_blocking(move || lab.watch()).await??;
        }
    }
    Ok(0)
}

async fn up(arguments: UpCommand) -> anyhow::Result<()> {
    check_requirements()?;
    let contest = match &arguments.contest {
        Some(path) => fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => arguments.practice.contest()?,
    };
    let (dir, cache) = (arguments.folder.dir, arguments.cache);
    let lab = raise(dir, cache, contest, arguments.lifetime).await?;
    let portal = lab.inventory().portal_url();
    terminal::print(&format!(
        "the portal is {portal}\nthe first of the staff comes in once by {}\n{}",
        lab.staff_invite()?,
        tell_end(lab.stops_at()?)
    ))
}

fn this_program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot find this program")
}

fn tell_end(end: Option<Timestamp>) -> String {
    match end {
        Some(end) => format!("it is taken down at {end:.0}; isutori lab extend changes that\n"),
        None => "it stays until isutori lab down\n".to_owned(),
    }
}

/// Makes a lab in a folder, and tells on standard error how it goes.
pub(crate) async fn raise(
    dir: PathBuf,
    cache: PathBuf,
    contest: String,
    lifetime: Option<Lifetime>,
) -> anyhow::Result<Lab> {
    let handout = HandOut::of_source_tree()?;
    let app = handout.build(Implementation::Rust, Effort::Full).await?;
    let settings = Settings {
        app: app.program,
        cache,
        source_tree: source_tree()?,
        program: this_program()?,
        lifetime,
    };
    let tell = |line: &str| eprintln!("{line}");
    let raised = spawn_blocking(move || Lab::up(&dir, &contest, &settings, &tell)).await;
    Ok(raised??)
}

fn show(arguments: &StatusCommand) -> anyhow::Result<()> {
    let lab = arguments.folder.open()?;
    let states = lab.states().into_iter().map(|(host, state)| HostStatus {
        name: host.name.clone(),
        address: host.address.to_string(),
        roles: host.roles.iter().map(|role| role.name()).collect(),
        team: host.member.as_ref().map(|member| member.team.clone()),
        is_running: state.is_running,
        memory_mib: state.memory.map(|bytes| bytes >> 20),
    });
    let status = LabStatus {
        stops_at: lab.stops_at()?,
        hosts: states.collect(),
    };
    if arguments.json {
        return terminal::print_json(&status);
    }
    let line = |host: &HostStatus| {
        let memory = host.memory_mib.map(|memory| format!("{memory} MiB"));
        format!(
            "{:<16} {:<16} {:<14} {:<4} {:>9} {}\n",
            host.name,
            host.address,
            host.roles.join(", "),
            if host.is_running { "on" } else { "off" },
            memory.unwrap_or_default(),
            host.team.as_deref().unwrap_or_default()
        )
    };
    let hosts: String = status.hosts.iter().map(line).collect();
    terminal::print(&format!("{hosts}{}", tell_end(status.stops_at)))
}

/// Becomes `ssh`; comes back only when that cannot be.
fn enter(arguments: &SshCommand) -> anyhow::Result<anyhow::Error> {
    let lab = arguments.folder.open()?;
    let mut ssh = lab.enter(&arguments.host, arguments.user.as_deref())?;
    let error = ssh.args(&arguments.command).exec();
    Ok(anyhow::Error::from(error).context("ssh"))
}
