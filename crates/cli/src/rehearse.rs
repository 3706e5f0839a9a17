//! `isutori rehearse`.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Args;
use isutori_inventory::Lifetime;
use isutori_lab::{Lab, check_requirements};
use isutori_rehearsal::{
    contest,
    figures::Figures,
    judge::{Findings, judge},
    plan::{Plan, Scope},
    rehearse,
    report::Report,
};
use jiff::Timestamp;
use tokio::{sync::watch, task::spawn_blocking};

use crate::{
    contest_data::parse_seconds,
    lab::{practice::PracticeArguments, raise},
    shutdown::{self, or_stop},
    terminal,
};

/// A lab whose rehearsal was killed goes down by itself so long after the longest contest.
const AFTER_HOURS: u32 = 6;
/// The longest contest, hours.
const LONGEST: u32 = 24;
/// The shortest and the longest contest, seconds.
const DURATIONS: std::ops::RangeInclusive<u64> = 60..=LONGEST as u64 * 3600;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori rehearse\n  isutori rehearse --teams 10 --workers 3 --duration 30m\n  isutori rehearse --contest contest.toml --load-seconds 20",
    mut_arg("teams", |arg| arg.default_value("5")),
    mut_arg("hosts", |arg| arg.default_value("2")),
    mut_arg("workers", |arg| arg.default_value("1")),
    mut_arg("load_seconds", |arg| arg.default_value("20"))
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    practice: PracticeArguments,

    /// A contest of one's own, with a table "environment": it is squeezed into the time of the
    /// rehearsal, and --load-seconds and --network go before what it says.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["teams", "hosts", "workers", "database", "size"])]
    contest: Option<PathBuf>,

    /// How long teams can enqueue; some five runs for each of them when not given.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// What goes wrong when; drawn when not given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// The folder of the lab.
    #[arg(long, default_value = "/var/lib/isutori/rehearsal", value_name = "DIR")]
    dir: PathBuf,

    /// Where trees and images are kept for later labs; on the same file system as the folder.
    #[arg(long, default_value = "/var/lib/isutori/cache", value_name = "DIR")]
    cache: PathBuf,

    /// Play over the lab that is up in the folder, which changes its contest and its teams' hosts,
    /// and leave it up.
    #[arg(long, conflicts_with_all = ["practice", "contest", "cache"])]
    existing: bool,

    /// Leave the lab up.
    #[arg(long)]
    keep: bool,

    /// Where the folder of the report is made.
    #[arg(long, default_value = ".isutori/rehearsals", value_name = "DIR")]
    report: PathBuf,

    /// Print JSON: the whole report.
    #[arg(long)]
    json: bool,
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    match parse_seconds(text)? {
        seconds if DURATIONS.contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err("a rehearsal lasts from 1m to 1440m".to_owned()),
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let dir = arguments.dir.clone();
    let contest = match arguments.existing {
        true => {
            Lab::open(&dir)?;
            let path = dir.join("contest.toml");
            fs::read_to_string(&path).with_context(|| path.display().to_string())?
        }
        false => contest_of(&arguments)?,
    };
    // Whether it can be rehearsed is better known before minutes have passed.
    let scope = contest::scope(&contest, arguments.duration)?;
    check_requirements()?;
    let stop = shutdown::listen()?;
    let lab = match arguments.existing {
        true => Lab::open(&dir)?,
        false => {
            let lifetime = Lifetime::from_hours(LONGEST + AFTER_HOURS);
            raise(dir, arguments.cache.clone(), contest, Some(lifetime)).await?
        }
    };
    let lab = Arc::new(lab);
    let outcome = play(&arguments, &scope, &lab, &stop).await;
    if !arguments.existing && !arguments.keep {
        eprintln!("taking the lab down");
        spawn_blocking(move || lab.down()).await??;
    }
    outcome
}

/// The contest to be rehearsed, before it is squeezed.
fn contest_of(arguments: &Arguments) -> anyhow::Result<String> {
    let Some(path) = &arguments.contest else {
        return arguments.practice.contest();
    };
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let load = Duration::from_secs(arguments.practice.load_seconds);
    let adapted = contest::adapt(&text, Some(load), arguments.practice.network);
    adapted.with_context(|| path.display().to_string())
}

async fn play(
    arguments: &Arguments,
    scope: &Scope,
    lab: &Arc<Lab>,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<u8> {
    let began_at = Timestamp::now();
    let drawn = began_at.as_microsecond().unsigned_abs() % 1_000_000_007;
    let seed = arguments.seed.unwrap_or(drawn);
    let plan = Plan::new(scope, seed);
    let tell = |line: &str| {
        let at = Timestamp::now().strftime("%H:%M:%S");
        eprintln!("{at} {line}");
    };
    let rehearsing = async {
        let record = rehearse(lab.clone(), &plan, scope.load, seed, &tell).await?;
        anyhow::Ok(record)
    };
    let record = or_stop(stop, rehearsing).await?;
    let (findings, figures) = (judge(&record), Figures::of(&record));
    let report = Report {
        is_right: findings.is_right(),
        findings: &findings,
        figures: &figures,
        record: &record,
    };
    let name = began_at.strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
    let folder = arguments.report.join(name);
    let written = report.write(&folder);
    let path = written.with_context(|| format!("cannot write the report: {}", folder.display()))?;
    match arguments.json {
        true => terminal::print_json(&report)?,
        false => terminal::print(&describe(&findings, &path.display().to_string()))?,
    }
    Ok(u8::from(!findings.is_right()))
}

fn describe(findings: &Findings, path: &str) -> String {
    let mut text: String = (findings.wrong.iter())
        .map(|sentence| format!("wrong: {sentence}\n"))
        .collect();
    text += match findings.is_right() {
        true => "the results are right\n",
        false => "the results are wrong\n",
    };
    text + &format!("the report is {path}\n")
}
