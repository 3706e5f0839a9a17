//! `isutori bench replay`.

use std::{fmt::Write, path::PathBuf};

use clap::Args;
use isutori_bench::replay::{Asked, Outcome, Replay, Replayed};
use isutori_protocol::{KeptFailure, RunResult};

use crate::{shutdown, site::MovedSiteArguments, terminal};

/// Plays a failure of a run again: expected against actual.
///
/// It begins with POST /initialize, which puts the initial data back: WHAT IS ON THE SITE NOW IS
/// GONE. Then the person who met the failure comes again, alone, does the same up to there, and
/// does not wait between pages.
///
/// Exit codes: 0 it did not happen again, 1 it did (or something else was wrong), 2 usage or
/// environment.
#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori bench replay .isutori/runs/20260401-000500-000-8 --failure 2"
)]
pub(crate) struct ReplayCommand {
    /// The run's folder.
    #[arg(value_name = "RUN")]
    folder: PathBuf,

    /// The number of the failure's file in the folder's failures/.
    #[arg(long, default_value_t = 1, value_name = "N")]
    failure: u32,

    #[command(flatten)]
    site: MovedSiteArguments,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: ReplayCommand) -> anyhow::Result<u8> {
    let run = arguments.site.past_run(&arguments.folder)?;
    let replay = Replay::prepare(&run, arguments.failure)?;
    let stop = shutdown::listen()?;
    if !arguments.json {
        terminal::print(&announce(&replay.recorded, &run.result))?;
    }
    eprintln!(
        "POST /initialize puts the initial data back at {}: what is there now is gone",
        run.hosts.addresses().join(" ")
    );
    let tell = move |asked: &Asked| {
        if !arguments.json {
            // Nobody may read any more; the replay goes on all the same.
            let _ = terminal::print(&line(asked));
        }
    };
    let playing = async { Ok(replay.play(tell).await?) };
    let replayed = shutdown::or_stop(&stop, playing).await?;
    match arguments.json {
        true => terminal::print_json(&replayed)?,
        false => terminal::print(&describe(&replayed))?,
    }
    Ok(u8::from(replayed.outcome != Outcome::Gone))
}

/// The failure as the run met it.
fn announce(recorded: &KeptFailure, result: &RunResult) -> String {
    let KeptFailure {
        number,
        class,
        code,
        sentence,
        ..
    } = recorded;
    let mut text = format!("failure {number}: {class}: {sentence} [{code}]\n");
    let when = match recorded.seconds {
        Some(seconds) => format!("in the load, after {seconds:.1} s"),
        None => format!("in the phase {:?}", recorded.phase.title()),
    };
    let _ = write!(text, "  met {when}");
    if let (Some(person), Some(_)) = (&recorded.person, recorded.seconds) {
        let account = person.account.as_deref().unwrap_or("no account");
        let scenario = person.scenario.as_deref().unwrap_or_default();
        let number = person.number;
        let _ = write!(text, ", by person {number} ({account}) in {scenario}");
    }
    let _ = writeln!(text, "; seed {}, data {}", result.seed, result.data);
    text
}

/// A page and what was thought of it.
fn line(asked: &Asked) -> String {
    let status = asked
        .status
        .map_or("---".to_owned(), |status| status.to_string());
    let latency = asked.latency_ms.unwrap_or_default();
    let Asked { method, path, .. } = asked;
    match &asked.failure {
        None => format!("  right  {status}  {latency:>7.1} ms  {method} {path}\n"),
        Some(failure) => {
            let sentence = format!("{failure}");
            format!("  WRONG  {status}  {latency:>7.1} ms  {method} {path}\n         {sentence}\n")
        }
    }
}

/// Whether it happened again, and what differs.
fn describe(replayed: &Replayed) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", verdict(replayed));
    for difference in &replayed.differences {
        let side = |side: &Option<String>| side.clone().unwrap_or("(none)".to_owned());
        let _ = writeln!(text, "  {}", difference.what);
        let _ = writeln!(text, "    in the run  {}", side(&difference.recorded));
        let _ = writeln!(text, "    now         {}", side(&difference.now));
    }
    text
}

fn verdict(replayed: &Replayed) -> String {
    let pages = replayed.asked.len();
    match (replayed.outcome, &replayed.differences[..]) {
        (Outcome::Again, []) => "It happened again, and just the same.".to_owned(),
        (Outcome::Again, _) => "It happened again; what differs:".to_owned(),
        (Outcome::Other, _) => "Something else went wrong; what differs:".to_owned(),
        (Outcome::Gone, _) => format!(
            "It did not happen again: {pages} requests, all answered rightly. {}",
            excuse(&replayed.recorded)
        ),
    }
}

/// Why a failure may not come again.
fn excuse(recorded: &KeptFailure) -> &'static str {
    let is_load = recorded.seconds.is_some();
    match (&*recorded.class, &*recorded.code) {
        ("timeout", _) | (_, "http.connect" | "http.broken") if is_load => {
            "It may need a crowd: nobody else was there this time, and a site answers one person \
             sooner and more surely than many."
        }
        _ if is_load => {
            "It may be mended, or need a crowd: what others wrote at that time was not there, and \
             nobody asked for anything at the same moment."
        }
        _ => "It may be mended, or happen only now and then.",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use isutori_bench::replay::Difference;
    use isutori_engine::failure::Failure;
    use isutori_protocol::sample::{kept_failure, passed};

    use super::*;

    fn asked(failure: Option<Failure>) -> Asked {
        Asked {
            method: "GET".to_owned(),
            path: "/entries/7".to_owned(),
            scenario: Some("ReadEntry"),
            status: failure.is_none().then_some(200),
            latency_ms: failure.is_none().then_some(12.34),
            failure,
        }
    }

    fn replayed(outcome: Outcome) -> Replayed {
        let difference = Difference {
            what: "response header age".to_owned(),
            recorded: None,
            now: Some("1".to_owned()),
        };
        Replayed {
            outcome,
            recorded: kept_failure(),
            now: (outcome != Outcome::Gone).then(kept_failure),
            differences: match outcome {
                Outcome::Gone => Vec::new(),
                _ => vec![difference],
            },
            asked: vec![asked(None)],
        }
    }

    #[test]
    fn a_replay_is_told() {
        let failure = Failure::timeout("http.timeout", "no complete answer within 10 s");
        let told = [
            announce(&kept_failure(), &passed()),
            line(&asked(None)),
            line(&asked(Some(failure))),
            describe(&replayed(Outcome::Again)),
            describe(&replayed(Outcome::Other)),
            describe(&replayed(Outcome::Gone)),
        ];
        assert_snapshot!(told.join(""));
    }
}
