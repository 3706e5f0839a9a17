//! `isutori dataset`.

use std::fmt::Write;

use clap::{Args, Subcommand};
use isutori_bench::figures::grouped;
use isutori_dataset::{LoadError, LoadOptions, load};

use crate::{
    contest_data::DataArguments,
    shutdown,
    terminal::{self, progress::LoadMeter},
};

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori dataset load --size standard --database-url mysql://suwaru@127.0.0.1/suwaru"
)]
pub(crate) enum Command {
    /// Makes the data without keeping it, and tells its size and fingerprint.
    Generate(GenerateArguments),
    /// Makes the data and loads it into a database.
    Load(LoadArguments),
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori dataset generate --size standard --data-seed 7")]
pub(crate) struct GenerateArguments {
    #[command(flatten)]
    data: DataArguments,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori dataset load --database-url sqlite:suwaru.db\n  isutori dataset load --size standard --replace --database-url mysql://suwaru@127.0.0.1/suwaru"
)]
pub(crate) struct LoadArguments {
    #[command(flatten)]
    data: DataArguments,

    /// Where to: sqlite:PATH, mysql://…, mariadb://… or postgres://….
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: String,

    /// Drop the data that is there already.
    #[arg(long)]
    replace: bool,

    /// Succeed without doing anything when this very data is there already.
    #[arg(long, conflicts_with = "replace")]
    once: bool,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Generate(arguments) => generate(&arguments)?,
        Command::Load(arguments) => load_into(arguments).await?,
    }
    Ok(0)
}

fn generate(arguments: &GenerateArguments) -> anyhow::Result<()> {
    let dataset = arguments.data.dataset();
    let counts = dataset.counts();
    let fingerprint = dataset.fingerprint();
    if arguments.json {
        let json = serde_json::json!({ "fingerprint": fingerprint, "rows": dataset.row_count(), "people": counts.people,
            "entries": counts.entries, "comments": counts.comments, "footprints": counts.footprints, "logins": counts.logins });
        return terminal::print_json(&json);
    }
    let mut text = String::new();
    for (what, count) in [
        ("people", counts.people),
        ("entries", counts.entries),
        ("comments", counts.comments),
        ("footprints", counts.footprints),
        ("logins", counts.logins),
    ] {
        let _ = writeln!(text, "{what:>12} {:>12}", grouped(count));
    }
    let _ = writeln!(text, "{:>12} {fingerprint}", "fingerprint");
    terminal::print(&text)
}

async fn load_into(arguments: LoadArguments) -> anyhow::Result<()> {
    let stop = shutdown::listen()?;
    let dataset = arguments.data.dataset();
    let options = LoadOptions {
        replace: arguments.replace,
    };
    let meter = LoadMeter::new(&dataset.label());
    let loading = load(&arguments.database_url, &dataset, options, |progress| {
        meter.show(&progress)
    });
    let report = match shutdown::or_stop(&stop, async { Ok(loading.await) }).await? {
        Err(LoadError::AlreadyLoaded { fingerprint, .. })
            if arguments.once && fingerprint == dataset.fingerprint() =>
        {
            return tell_there(&fingerprint, arguments.json);
        }
        loaded => loaded.map_err(explain)?,
    };
    meter.finish();
    if arguments.json {
        return terminal::print_json(&report);
    }
    terminal::print(&format!(
        "loaded {} in {:.1} s\n{} rows, {:.1} MB: {} rows/s, {:.1} MB/s\n",
        report.fingerprint,
        report.seconds,
        grouped(report.rows),
        report.bytes as f64 / 1e6,
        grouped(report.rows_per_second as u64),
        report.megabytes_per_second
    ))
}

fn tell_there(fingerprint: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return terminal::print_json(&serde_json::json!({ "fingerprint": fingerprint, "rows": 0 }));
    }
    terminal::print(&format!("{fingerprint} is there already\n"))
}

/// Adds how this command is asked to replace what is there.
fn explain(error: LoadError) -> anyhow::Error {
    let is_in_the_way = matches!(
        error,
        LoadError::AlreadyLoaded { .. } | LoadError::TablesInTheWay { .. }
    );
    let error = anyhow::Error::new(error);
    if is_in_the_way {
        anyhow::anyhow!("{error} (--replace drops what is there)")
    } else {
        error
    }
}
