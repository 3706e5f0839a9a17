//! `isutori bench`.

mod replay;
mod verify;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use clap::{Args, Subcommand};
use isutori_bench::{
    report, run,
    run_folder::read_result,
    services::DEFAULT_ADDRESS,
    settings::{Absence, Settings},
    world::BUILD,
};
use isutori_protocol::{Comparison, RunResult};

use crate::{
    contest_data::{DataArguments, RunArguments, load_threads, parse_patience},
    shutdown,
    site::SiteArguments,
    terminal::{
        self, comparison,
        progress::{ProgressForm, RunMeter},
        summary,
    },
};

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori bench run --target http://127.0.0.1:8080 --size standard"
)]
pub(crate) enum Command {
    /// One benchmark run; leaves a run folder.
    Run(RunCommand),
    /// Initialize and consistency check only, exactly what a run does first.
    Check(CheckCommand),
    /// Plays a failure of a run again: expected against actual. Puts the initial data back!
    Replay(replay::ReplayCommand),
    /// Looks for what a run has written and the site acknowledged, for instance after a reboot.
    Verify(verify::VerifyCommand),
    /// What changed between two runs.
    Diff(DiffCommand),
    /// Writes a run's report.html anew, compared with another run if you like.
    Report(ReportCommand),
    /// Prints the build: a hash of all that scores. A contest can be pinned to it.
    Build(BuildCommand),
}

#[derive(Args)]
pub(crate) struct TargetArguments {
    #[command(flatten)]
    site: SiteArguments,

    #[command(flatten)]
    data: DataArguments,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori bench run --target http://127.0.0.1:8080 --duration 10s --json\n  isutori bench run --target https://10.0.0.1 https://10.0.0.2 --ca contest.pem"
)]
pub(crate) struct RunCommand {
    #[command(flatten)]
    site: TargetArguments,

    #[command(flatten)]
    run: RunArguments,

    /// Where the run's folder is made.
    #[arg(long, default_value = ".isutori/runs", value_name = "DIR")]
    runs: PathBuf,

    /// Threads of the load; one for each processor when not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,

    /// Wait so long for a site that does not answer yet, such as after a reboot: 30s, 5m.
    #[arg(long, default_value = "0s", value_name = "TIME", value_parser = parse_patience)]
    wait: Duration,

    /// A site that cannot be reached or trusted, or holds other data, fails the run, instead of
    /// ending it with exit code 2 and no result.
    #[arg(long)]
    must_answer: bool,

    /// How progress is told on standard error.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    progress: ProgressForm,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori bench check --target unix:suwaru.sock")]
pub(crate) struct CheckCommand {
    #[command(flatten)]
    site: TargetArguments,

    /// Whom the check plays depends on it.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,

    /// Where the external services of the check shall be: an address of this machine that the
    /// site can reach, and a port, 0 for a free one.
    #[arg(long, default_value_t = DEFAULT_ADDRESS, value_name = "ADDR:PORT")]
    services: SocketAddr,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori bench diff .isutori/runs/20260331-235959-000-7 .isutori/runs/20260401-000500-000-8"
)]
pub(crate) struct DiffCommand {
    /// The earlier run's folder.
    before: PathBuf,
    /// The later run's folder.
    after: PathBuf,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori bench report .isutori/runs/20260401-000500-000-8 --before .isutori/runs/20260331-235959-000-7"
)]
pub(crate) struct ReportCommand {
    /// The run's folder, in which the report is written.
    #[arg(value_name = "RUN")]
    folder: PathBuf,

    /// The folder of an earlier run to compare it with.
    #[arg(long, value_name = "RUN")]
    before: Option<PathBuf>,

    /// Print JSON: where the report is.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori bench build")]
pub(crate) struct BuildCommand {}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Run(arguments) => run_once(arguments).await,
        Command::Check(arguments) => check(arguments).await,
        Command::Replay(arguments) => replay::run(arguments).await,
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Diff(arguments) => diff(&arguments),
        Command::Report(arguments) => write_report(&arguments),
        Command::Build(BuildCommand {}) => terminal::print(&format!("{BUILD}\n")).map(|()| 0),
    }
}

async fn run_once(arguments: RunCommand) -> anyhow::Result<u8> {
    let stop = shutdown::listen()?;
    let settings = Settings {
        hosts: arguments.site.site.hosts()?,
        dataset: arguments.site.data.dataset(),
        seed: arguments.run.seed_or_draw(),
        duration: arguments.run.duration,
        threads: arguments.threads.map_or_else(load_threads, usize::from),
        note: arguments.run.note,
        site_processes: Vec::new(),
        services: arguments.run.services,
        runs: arguments.runs,
        absence: Absence {
            patience: arguments.wait,
            fails: arguments.must_answer,
        },
    };
    let mut meter = RunMeter::new(arguments.progress);
    let finished = run::run(settings, stop, |progress| meter.show(&progress)).await?;
    meter.finish();
    summary::print(&finished, arguments.run.json)?;
    Ok(finished.result.verdict.exit_code())
}

async fn check(arguments: CheckCommand) -> anyhow::Result<u8> {
    let settings = Settings {
        hosts: arguments.site.site.hosts()?,
        dataset: arguments.site.data.dataset(),
        seed: arguments.seed,
        duration: Duration::ZERO,
        threads: 1,
        note: None,
        site_processes: Vec::new(),
        services: arguments.services,
        runs: PathBuf::new(),
        absence: Absence::default(),
    };
    let stop = shutdown::listen()?;
    let failure = shutdown::or_stop(&stop, async { Ok(run::check(&settings).await?) }).await?;
    let passed = failure.is_none();
    if arguments.json {
        terminal::print_json(&serde_json::json!({ "passed": passed, "failure": failure }))?;
    } else {
        terminal::print(&match &failure {
            None => "PASS: initialize and consistency check\n".to_owned(),
            Some(failure) => format!("FAIL: {failure}\n"),
        })?;
    }
    Ok(u8::from(!passed))
}

fn diff(arguments: &DiffCommand) -> anyhow::Result<u8> {
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    let compared = Comparison::new(&before, &after);
    if arguments.json {
        terminal::print_json(&compared)?;
    } else {
        terminal::print(&comparison::describe(&compared, usize::MAX))?;
    }
    Ok(0)
}

fn write_report(arguments: &ReportCommand) -> anyhow::Result<u8> {
    let before = arguments.before.as_deref().map(read).transpose()?;
    // A folder that cannot be read says so before anything is written.
    read(&arguments.folder)?;
    let path = report::write(&arguments.folder, before.as_ref()).with_context(|| {
        format!(
            "cannot write the report into {}; \
             make room on the disk, or copy the run folder to where you may write",
            arguments.folder.display()
        )
    })?;
    if arguments.json {
        let path = path.display().to_string();
        terminal::print_json(&serde_json::json!({ "report": path }))?;
    } else {
        terminal::print(&format!("{}\n", path.display()))?;
    }
    Ok(0)
}

fn read(folder: &Path) -> anyhow::Result<RunResult> {
    let name = folder.display();
    read_result(folder).with_context(|| {
        format!(
            "cannot read the run folder {name}; \
             give the folder of a finished run, of this version of isutori or an older one"
        )
    })
}
