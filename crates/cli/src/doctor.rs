//! `isutori doctor`: a first look at this host.

use std::{fmt::Write, path::PathBuf, time::Duration};

use clap::Args;
use isutori_bench::world::BUILD;
use isutori_host::doctor::{self, Examination, Finding, Level, Section, Wanted};

use crate::terminal;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori doctor\n  isutori doctor --unit suwaru --handout webapp/public --handout-hash HASH --json"
)]
pub(crate) struct Arguments {
    /// The unit of the app; the one that was made for this host when not given.
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,

    /// The file with the app's environment; that of its unit when not given.
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,

    /// How long to look at the processors, seconds.
    #[arg(long, default_value_t = 2, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=60))]
    look: u64,

    /// A folder of the hand-out that must be as it was handed out.
    #[arg(long, value_name = "DIR")]
    handout: Option<PathBuf>,

    /// Its hash then, as isutori team env-check --dry-run prints it.
    #[arg(long, value_name = "HASH", requires = "handout")]
    handout_hash: Option<String>,

    /// Print JSON: sections with facts, findings and what is unknown.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let hash = arguments.handout_hash;
    let wanted = Wanted {
        unit: arguments.unit,
        environment: arguments.environment,
        handout: arguments.handout.map(|folder| (folder, hash)),
        look: Duration::from_secs(arguments.look),
    };
    let examination = doctor::examine(&wanted).await;
    match arguments.json {
        true => terminal::print_json(&examination)?,
        false => terminal::print(&describe(&examination))?,
    }
    Ok(u8::from(examination.count(Level::Wrong) > 0))
}

fn describe(examination: &Examination) -> String {
    let mut text = format!("isutori {}, build {BUILD}\n", env!("CARGO_PKG_VERSION"));
    for section in &examination.sections {
        describe_section(&mut text, section);
    }
    let wrong = examination.count(Level::Wrong);
    let noted = examination.count(Level::Note);
    let _ = match (wrong, noted) {
        (0, 0) => writeln!(text, "\nnothing is wrong"),
        _ => writeln!(text, "\nwrong: {wrong}; worth a look: {noted}"),
    };
    text
}

fn describe_section(text: &mut String, section: &Section) {
    let _ = writeln!(text, "\n{}", section.name);
    for fact in &section.facts {
        let _ = writeln!(text, "  {:<22} {}", fact.name, fact.value);
    }
    for unknown in &section.unknown {
        let _ = writeln!(text, "  {:<22} {unknown}", "not seen");
    }
    for Finding {
        level,
        what,
        why,
        todo,
    } in &section.findings
    {
        let word = match level {
            Level::Wrong => "WRONG",
            Level::Note => "NOTE",
        };
        let _ = writeln!(text, "  {word}: {what}\n    why: {why}\n    do:  {todo}");
    }
}
