//! `isutori play`: from nothing to a score.
//!
//! 1. [`app`] builds the reference app.
//! 2. [`stores`] starts or finds a database and a session store.
//! 3. The initial data is loaded.
//! 4. [`app`] starts the app as a process of its own.
//! 5. The benchmark runs.
//! 6. The score is shown, compared and remembered ([`history`]).
//!
//! Whatever was started is stopped again, whichever way this ends.

mod app;
mod history;
mod stores;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use isutori_bench::{
    run::{self, Finished},
    settings::Settings,
};
use isutori_dataset::{Dataset, LoadError, LoadOptions, load};
use tempfile::TempDir;
use tokio::sync::watch;

use self::{
    app::App,
    history::{History, Setting},
    stores::Stores,
};
use crate::{
    comparison::Comparison,
    contest_data::{DataArguments, RunArguments, shared_threads},
    shutdown::{self, or_stop},
    terminal::{
        self, comparison,
        progress::{LoadMeter, RunMeter},
        summary,
    },
};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori play\n  isutori play --duration 10s --note 'index on comments'\n  isutori play --engine mysql --session memcached"
)]
pub(crate) struct Arguments {
    /// The database. SQLite is embedded; the others are started from the programs on this
    /// machine, or reached by --database-url.
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub(crate) engine: Engine,

    /// Where sessions are kept: in the database, or in a private memcached or Redis.
    #[arg(long, value_enum, default_value_t = Session::Db)]
    pub(crate) session: Session,

    /// A running MySQL, MariaDB or PostgreSQL to use instead of a private one. Its data is
    /// loaded unless it holds the right one already.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// The implementation.
    #[arg(long = "impl", value_enum, default_value_t = Implementation::Rust)]
    pub(crate) implementation: Implementation,

    #[command(flatten)]
    data: DataArguments,

    #[command(flatten)]
    run: RunArguments,

    /// Leave the app running after the score, until Ctrl-C.
    #[arg(long)]
    keep: bool,

    /// Where runs and their history are kept.
    #[arg(long = "data", default_value = ".isutori", value_name = "DIR")]
    state: PathBuf,
}

/// Database engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Embedded.
    Sqlite,
    /// MariaDB or MySQL.
    Mysql,
    /// PostgreSQL.
    Postgres,
}

/// Session stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Session {
    /// A table of the database.
    Db,
    /// memcached.
    Memcached,
    /// Redis.
    Redis,
}

/// Implementations of the reference app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Implementation {
    /// webapp/rust
    Rust,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let stop = shutdown::listen()?;
    stores::check_database_url(&arguments)?;
    let history = History::open(&arguments.state)?;
    let program = or_stop(&stop, app::build(arguments.implementation)).await?;
    let work = TempDir::with_prefix("isutori-")
        .context("cannot make a temporary folder; set TMPDIR to a folder with room")?;
    let mut stores = or_stop(&stop, Stores::start(&arguments, work.path())).await?;
    let outcome = play(&arguments, &program, &stores, work.path(), &history, stop).await;
    stores.stop().await;
    outcome
}

/// With the stores running: data, app, benchmark.
async fn play(
    arguments: &Arguments,
    program: &Path,
    stores: &Stores,
    work: &Path,
    history: &History,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<u8> {
    let dataset = arguments.data.dataset();
    or_stop(&stop, load_data(stores, &dataset)).await?;
    let mut app = or_stop(&stop, App::start(program, stores, work)).await?;
    let outcome = benchmark(arguments, dataset, &app, history, stop.clone()).await;
    if outcome.is_ok() && arguments.keep {
        eprintln!(
            "the app goes on at {} until Ctrl-C; its log is {}",
            app.target(),
            app.log().display()
        );
        // The sender lives as long as the signals are listened to.
        let _ = stop.clone().wait_for(|stop| *stop).await;
    }
    app.stop().await;
    outcome
}

/// Loads the data, unless a given database holds it already.
async fn load_data(stores: &Stores, dataset: &Dataset) -> anyhow::Result<()> {
    let meter = LoadMeter::new(&dataset.label());
    let options = LoadOptions { replace: false };
    let loaded = load(stores.database_url(), dataset, options, |progress| {
        meter.show(&progress)
    })
    .await;
    meter.finish();
    match loaded {
        Ok(_) => Ok(()),
        Err(LoadError::AlreadyLoaded { fingerprint, .. })
            if fingerprint.starts_with(&format!("{}-", dataset.label())) =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn benchmark(
    arguments: &Arguments,
    dataset: Dataset,
    app: &App,
    history: &History,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<u8> {
    let setting = arguments.setting(&dataset);
    let settings = Settings {
        target: app.target().clone(),
        dataset,
        seed: arguments.run.seed_or_draw(),
        duration: arguments.run.duration,
        threads: shared_threads(),
        note: arguments.run.note.clone(),
        runs: history.runs(),
    };
    let mut meter = RunMeter::new();
    let outcome = run::run(settings, stop, |progress| meter.show(&progress)).await;
    meter.finish();
    let finished = outcome?;
    // Only a convenience: a full disk has been reported by the run itself.
    let _ = std::fs::copy(app.log(), finished.folder.join("app.log"));
    conclude(arguments, setting, &finished, history)
}

fn conclude(
    arguments: &Arguments,
    setting: Setting,
    finished: &Finished,
    history: &History,
) -> anyhow::Result<u8> {
    let before = history.last(&setting);
    // A run is remembered even where nobody can read of it, and shown even where it cannot be remembered.
    let remembered = history.add(setting, finished);
    summary::print(finished, arguments.run.json)?;
    if let (Some(before), false) = (before, arguments.run.json) {
        let compared = Comparison::new(&before, &finished.result);
        let text = comparison::describe(&compared);
        terminal::print(&format!("\nsince the last run: {text}"))?;
    }
    remembered?;
    Ok(finished.result.verdict.exit_code())
}

impl Arguments {
    fn setting(&self, dataset: &Dataset) -> Setting {
        let lower = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        Setting {
            engine: lower(&self.engine),
            session: lower(&self.session),
            implementation: lower(&self.implementation),
            data: dataset.label(),
            seconds: self.run.duration.as_secs(),
        }
    }
}
