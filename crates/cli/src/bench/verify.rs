//! `isutori bench verify`.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use isutori_bench::{figures::grouped, verify::verify};
use isutori_protocol::Verified;

use crate::{
    ENVIRONMENT, contest_data::parse_patience, shutdown, site::MovedSiteArguments, terminal,
};

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori bench verify .isutori/runs/20260401-000500-000-8 --target http://127.0.0.1:8080"
)]
pub(crate) struct VerifyCommand {
    /// The run's folder. The site's data must be as that run left it: a later run, check or
    /// replay puts the initial data back.
    #[arg(value_name = "RUN")]
    folder: PathBuf,

    #[command(flatten)]
    site: MovedSiteArguments,

    /// Look for everything that was acknowledged, not only for a sample.
    #[arg(long)]
    all: bool,

    /// Wait so long for a site that does not answer yet, such as after a reboot: 30s, 5m.
    #[arg(long, default_value = "0s", value_name = "TIME", value_parser = parse_patience)]
    wait: Duration,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: VerifyCommand) -> anyhow::Result<u8> {
    let run = arguments.site.past_run(&arguments.folder)?;
    let stop = shutdown::listen()?;
    let targets = run.hosts.addresses().join(" ");
    let tell = move |looked_for, acknowledged| {
        let (part, all) = (grouped(looked_for), grouped(acknowledged));
        eprintln!("looking for {part} of {all} acknowledged writes at {targets}");
    };
    let looking = async { Ok(verify(&run, arguments.all, arguments.wait, tell).await?) };
    let verified = shutdown::or_stop(&stop, looking).await?;
    match arguments.json {
        true => terminal::print_json(&verified)?,
        false => terminal::print(&describe(&verified))?,
    }
    if let Some(failure) = &verified.broke_off {
        eprintln!(
            "isutori: not all could be looked at: {failure}; start the site, or say where it is with --target"
        );
    }
    Ok(match (&verified.lost[..], &verified.broke_off) {
        ([], None) => 0,
        ([], Some(_)) => ENVIRONMENT,
        _ => 1,
    })
}

/// A line for each finding, and one word on the whole.
fn describe(verified: &Verified) -> String {
    let lost = verified.lost.iter().map(|failure| format!("{failure}\n"));
    let lost: String = lost.collect();
    let looked_for = grouped(verified.looked_for);
    let verdict = match (verified.lost.len() as u64, &verified.broke_off) {
        (0, None) => format!("PASS: {looked_for} writes are there\n"),
        (0, Some(_)) => String::new(),
        (1, _) => format!("FAIL: 1 finding while looking for {looked_for} writes\n"),
        (findings, _) => {
            let hint = match findings < verified.looked_for {
                true => "",
                false => "; was the initial data put back since, by a run, a check or a replay?",
            };
            format!("FAIL: {findings} findings while looking for {looked_for} writes{hint}\n")
        }
    };
    lost + &verdict
}
