//! `isutori team env-check`: tells the portal how this host is.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use clap::Args;
use isutori_bench::world::BUILD;
use isutori_host::{environment, handout};
use isutori_protocol::contest::{Handout, HostReport, ReportTaken};
use isutori_worker::{Portal, host_name};

use crate::terminal;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori team env-check --portal https://portal.example --token TOKEN --name web1 --url http://192.0.2.11\n  isutori team env-check --name web1 --url http://192.0.2.11 --handout webapp --dry-run"
)]
pub(crate) struct EnvCheckCommand {
    /// Where the portal is.
    #[arg(
        long,
        env = "ISUTORI_PORTAL",
        value_name = "URL",
        required_unless_present = "dry_run"
    )]
    portal: Option<String>,

    /// The token of the team's hosts, as the portal shows it.
    #[arg(
        long,
        env = "ISUTORI_HOST_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        required_unless_present = "dry_run"
    )]
    token: Option<String>,

    /// The host's name within the team; the name of this machine when not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Where the benchmark finds it, such as http://192.0.2.11:8080. When not given it stays as the
    /// portal has it.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Services that must run, also after a reboot; those that run or have failed when not given.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    unit: Vec<String>,

    /// A folder of the hand-out that must be as it was handed out.
    #[arg(long, value_name = "DIR")]
    handout: Option<PathBuf>,

    /// Its hash then, as --dry-run prints it.
    #[arg(long, value_name = "HASH", requires = "handout")]
    handout_hash: Option<String>,

    /// Print what would be told, and tell nobody.
    #[arg(long)]
    dry_run: bool,

    /// Print JSON: what the portal says to it.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: EnvCheckCommand) -> anyhow::Result<u8> {
    let report = report(&arguments).await;
    let (Some(portal), Some(token), false) =
        (&arguments.portal, &arguments.token, arguments.dry_run)
    else {
        return terminal::print_json(&report).map(|()| 0);
    };
    let taken = Portal::new(portal, token)?.report(&report).await?;
    match arguments.json {
        true => terminal::print_json(&taken)?,
        false => terminal::print(&describe(&report.name, &taken))?,
    }
    Ok(u8::from(!taken.problems.is_empty()))
}

async fn report(arguments: &EnvCheckCommand) -> HostReport {
    let mut missing = Vec::new();
    let report = HostReport {
        name: arguments.name.clone().unwrap_or_else(host_name),
        url: arguments.url.clone(),
        addresses: environment::addresses(&mut missing),
        boot_id: environment::boot_id(&mut missing),
        kernel: environment::kernel(&mut missing),
        units: environment::units(&arguments.unit, &mut missing).await,
        versions: versions().await,
        disks: environment::disks(&mut missing),
        handout: compare_handout(arguments, &mut missing),
        missing: Vec::new(),
    };
    HostReport { missing, ..report }
}

async fn versions() -> BTreeMap<String, String> {
    let own = format!("{} build {BUILD}", env!("CARGO_PKG_VERSION"));
    let mut versions = environment::versions().await;
    versions.insert("isutori".to_owned(), own);
    versions
}

fn compare_handout(arguments: &EnvCheckCommand, missing: &mut Vec<String>) -> Option<Handout> {
    let folder = arguments.handout.as_ref()?;
    match handout::hash(folder) {
        Ok(found) => Some(Handout {
            expected: arguments.handout_hash.clone().unwrap_or_default(),
            found,
        }),
        Err(error) => {
            missing.push(environment::clean(&format!("hand-out: {error}")));
            None
        }
    }
}

fn describe(name: &str, taken: &ReportTaken) -> String {
    let ReportTaken {
        team,
        url,
        problems,
    } = taken;
    let mut text = format!("host {name} of {team}");
    if let Some(url) = url {
        let _ = write!(text, " at {url}");
    }
    match problems.is_empty() {
        true => text.push_str(": fine\n"),
        false => text.push_str(":\n"),
    }
    for problem in problems {
        let _ = writeln!(text, "  {problem}");
    }
    text
}
