//! `isutori team rehearse-final`.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use isutori_bench::figures::grouped;
use isutori_protocol::{
    Verdict,
    contest::{HostStep, Measurement, TeamStep},
};
use isutori_worker::{Portal, client::patiently};
use tokio::time::sleep;

use super::PortalArguments;
use crate::{
    ENVIRONMENT, shutdown,
    terminal::{self, progress::Line},
};

/// How often it is looked how it goes.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori team rehearse-final --portal https://portal.example --token TOKEN --wait\n  isutori team rehearse-final --last --wait"
)]
pub(crate) struct RehearseCommand {
    /// Wait for the verdict. Exit codes: 0 passed, 1 failed, 2 no verdict.
    #[arg(long)]
    wait: bool,

    /// Begin none, but tell of the team's last one, also of a final measurement: for those who ask
    /// on a host that was rebooted meanwhile.
    #[arg(long)]
    last: bool,

    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: where it stands.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: RehearseCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let mut rehearsal = match arguments.last {
        true => portal.measurement().await?,
        false => portal.rehearse().await?,
    };
    if arguments.wait {
        let stop = shutdown::listen()?;
        rehearsal = shutdown::or_stop(&stop, follow(&portal, rehearsal))
            .await
            .context("the rehearsal goes on without this command")?;
    }
    match arguments.json {
        true => terminal::print_json(&rehearsal)?,
        false => terminal::print(&format!("{}\n", sentence(&rehearsal)))?,
    }
    Ok(match (arguments.wait, rehearsal.verdict) {
        (false, _) => 0,
        (true, Some(verdict)) => verdict.exit_code(),
        (true, None) => ENVIRONMENT,
    })
}

/// Shows how it goes until it is over.
async fn follow(portal: &Portal, mut rehearsal: Measurement) -> anyhow::Result<Measurement> {
    let line = Line::new();
    let mut told = String::new();
    while rehearsal.step != TeamStep::Over {
        let sentence = sentence(&rehearsal);
        line.show(&sentence, sentence != told);
        told = sentence;
        sleep(EVERY).await;
        let last = patiently(|| portal.measurement()).await?;
        anyhow::ensure!(
            last.id == rehearsal.id,
            "the rehearsal was ended by another measurement"
        );
        rehearsal = last;
    }
    line.clear();
    Ok(rehearsal)
}

fn sentence(rehearsal: &Measurement) -> String {
    let hosts = rehearsal.hosts.iter().map(|host| {
        let stands = match host.step {
            HostStep::Check => "has to report how it is",
            HostStep::Reboot => "is being rebooted",
            HostStep::Boot => "has to report another boot id",
            HostStep::Up => "is up",
        };
        format!("{} {stands}", host.name)
    });
    let hosts: Vec<String> = hosts.collect();
    let job = |job: Option<i64>| job.map_or(String::new(), |job| format!(" (job {job})"));
    let reason = rehearsal.reason.as_deref().unwrap_or_default();
    match (rehearsal.step, rehearsal.verdict) {
        (TeamStep::Prepare | TeamStep::PrepareAgain, _) => hosts.join(", "),
        (TeamStep::Run, _) => format!("the benchmark runs{}", job(rehearsal.run)),
        (TeamStep::Verify, _) => format!("its data is looked for{}", job(rehearsal.verify)),
        (TeamStep::Over, Some(Verdict::Pass)) => {
            let score = rehearsal.score.unwrap_or_default();
            format!("PASS, score {}", grouped(score))
        }
        (TeamStep::Over, Some(verdict)) => format!("{}: {reason}", verdict.word()),
        (TeamStep::Over, None) => format!("no verdict: {reason}"),
    }
}
