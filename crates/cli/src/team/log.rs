//! `isutori team log`.

use std::time::Duration;

use clap::Args;
use isutori_protocol::contest::LogLine;
use isutori_worker::{Portal, client::patiently};
use tokio::time::sleep;

use super::{PortalArguments, given_or_newest};
use crate::{
    shutdown,
    terminal::{self, language::Language},
};

/// How often a log is looked at.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team log -f --portal https://portal.example --token TOKEN --language ja"
)]
pub(crate) struct LogCommand {
    /// The job's number; the newest job when not given.
    job: Option<i64>,

    /// Go on until the job is over.
    #[arg(long, short)]
    follow: bool,

    /// In which language.
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Language,

    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: an object for each line.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: LogCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let job = given_or_newest(&portal, arguments.job).await?;
    let stop = shutdown::listen()?;
    let reading = show(&portal, job, &arguments);
    shutdown::or_stop(&stop, reading).await?;
    Ok(0)
}

/// Shows all lines that there are, and with `--follow` those that come.
async fn show(portal: &Portal, job: i64, arguments: &LogCommand) -> anyhow::Result<()> {
    let language = arguments.language.code();
    let (mut attempt, mut after) = (None, None);
    loop {
        let log = patiently(|| portal.log(job, after, language)).await?;
        if attempt
            .replace(log.attempt)
            .is_some_and(|before| before != log.attempt)
        {
            // Its lines count from the beginning again.
            eprintln!("attempt {} begins", log.attempt);
            after = None;
            continue;
        }
        for line in &log.lines {
            print_line(line, arguments.json)?;
        }
        match log.lines.last() {
            Some(last) => after = Some(last.sequence),
            None if arguments.follow && !log.state.is_over() => sleep(EVERY).await,
            None => return Ok(()),
        }
    }
}

fn print_line(line: &LogLine, json: bool) -> anyhow::Result<()> {
    let text = match json {
        true => serde_json::to_string(line)?,
        false => line.text.clone(),
    };
    terminal::print(&format!("{text}\n"))
}
