//! `isutori play`: from nothing to a score.
//!
//! 1. [`handout`](crate::handout) builds the reference app.
//! 2. [`site`] puts the site together: [`stores`] starts or finds a database and a session store,
//!    the initial data is loaded, [`app`] starts the app as a process of its own, and [`proxy`]
//!    starts nginx before it where the hand-out says how.
//! 3. The benchmark runs.
//! 4. The score is shown, compared and remembered ([`history`]).
//!
//! Whatever was started is stopped again, whichever way this ends.

mod app;
mod history;
mod proxy;
pub(crate) mod site;
mod stores;

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use isutori_bench::{
    report,
    run::{self, Finished},
    settings::Settings,
};
use isutori_dataset::Dataset;
use isutori_protocol::{Comparison, RunResult};
use tempfile::TempDir;
use tokio::sync::watch;

use self::{
    history::{History, Setting},
    site::{Site, SitePlan},
};
use crate::{
    contest_data::{DataArguments, RunArguments, load_threads},
    handout::{Effort, HandOut},
    shutdown::{self, or_stop},
    terminal::{
        self, comparison,
        progress::{ProgressForm, RunMeter},
        summary,
    },
};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori play\n  isutori play --duration 10s --note 'index on comments'\n  isutori play --engine mysql --session memcached"
)]
pub(crate) struct Arguments {
    /// The database: sqlite, which is embedded, unless --database-url says otherwise. The others
    /// are started from the programs on this machine, or reached by --database-url.
    #[arg(long, value_enum)]
    pub(crate) engine: Option<Engine>,

    /// Where sessions are kept: in the database, or in a private memcached or Redis.
    #[arg(long, value_enum, default_value_t = Session::Db)]
    pub(crate) session: Session,

    /// A running MySQL, MariaDB or PostgreSQL (or a file, sqlite:PATH) to use instead of a private
    /// one. Its data is loaded unless it holds the right one already. With --engine mysql or
    /// postgres, DATABASE_URL in the environment means the same.
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// A running session store to use, memcache://HOST:PORT or redis://HOST:PORT. It is emptied.
    #[arg(long, value_name = "URL", conflicts_with = "session")]
    pub(crate) session_url: Option<String>,

    /// The implementation.
    #[arg(long = "impl", value_enum, default_value_t = Implementation::Rust)]
    pub(crate) implementation: Implementation,

    /// A copy of the hand-out to play with, as `isutori course start` makes it, instead of the
    /// source tree's own.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    #[command(flatten)]
    data: DataArguments,

    #[command(flatten)]
    run: RunArguments,

    /// Threads of the load; one for every processor when not given. They take no more of them than
    /// the people need, and the site has the rest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,

    /// Leave the app running after the score, until Ctrl-C; tells how to look into its database.
    #[arg(long)]
    keep: bool,

    /// Where runs and their history are kept.
    #[arg(long = "data", default_value = ".isutori", value_name = "DIR")]
    state: PathBuf,
}

/// So many endpoints are named in the comparison with the last run.
const NAMED: usize = 5;

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
    let (engine, database_url) = stores::choose_engine(&arguments)?;
    let handout = match &arguments.dir {
        Some(folder) => HandOut::in_folder(folder)?,
        None => HandOut::of_source_tree()?,
    };
    let history = History::open(&arguments.state)?;
    let building = handout.build(arguments.implementation, Effort::Full);
    let program = or_stop(&stop, building).await?.program;
    let work = work_folder()?;
    let dataset = arguments.data.dataset();
    let plan = SitePlan {
        handout: &handout,
        program: &program,
        engine,
        database_url,
        session: arguments.session,
        session_url: arguments.session_url.clone(),
        dataset: &dataset,
        work: work.path(),
    };
    let mut site = Site::start(plan, &stop).await?;
    let play = Play {
        arguments: &arguments,
        engine,
        history: &history,
    };
    let outcome = play.benchmark(dataset, &site, stop.clone()).await;
    if outcome.is_ok() && arguments.keep {
        keep(&site, stop).await;
    }
    site.stop().await;
    outcome
}

/// A temporary folder for all that a site keeps.
pub(crate) fn work_folder() -> anyhow::Result<TempDir> {
    let work = TempDir::with_prefix("isutori-")
        .context("cannot make a temporary folder; set TMPDIR to a folder with room")?;
    open_to_servers(work.path())?;
    Ok(work)
}

/// Servers that run under accounts of their own have to get through the folder to theirs.
fn open_to_servers(work: &Path) -> anyhow::Result<()> {
    std::fs::set_permissions(work, Permissions::from_mode(0o711))
        .with_context(|| format!("cannot change the permissions of {}", work.display()))
}

/// Leaves the app running until it is asked to stop.
async fn keep(site: &Site, mut stop: watch::Receiver<bool>) {
    let logs = site.logs();
    let logs: Vec<String> = (logs.iter().map(|(log, _)| log.display().to_string())).collect();
    eprintln!(
        "the app goes on at {} until Ctrl-C; it logs to {}",
        site.target(),
        logs.join(", ")
    );
    if let Some(client) = site.database_client() {
        eprintln!("look into its database from another terminal: {client}");
    }
    // The sender lives as long as the signals are listened to.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A play, once there is a site.
struct Play<'a> {
    arguments: &'a Arguments,
    engine: Engine,
    history: &'a History,
}

impl Play<'_> {
    async fn benchmark(
        &self,
        dataset: Dataset,
        site: &Site,
        stop: watch::Receiver<bool>,
    ) -> anyhow::Result<u8> {
        let setting = self.setting(&dataset);
        let run = &self.arguments.run;
        let settings = Settings {
            hosts: site.target().clone().into(),
            dataset,
            seed: run.seed_or_draw(),
            duration: run.duration,
            threads: (self.arguments.threads).map_or_else(load_threads, usize::from),
            note: run.note.clone(),
            site_processes: site.processes(),
            absence: Default::default(),
            services: run.services,
            runs: self.history.runs(),
        };
        let mut meter = RunMeter::new(ProgressForm::Text);
        let outcome = run::run(settings, stop, |progress| meter.show(&progress)).await;
        meter.finish();
        let finished = outcome?;
        site.keep_logs(&finished.folder);
        self.conclude(setting, &finished)
    }

    fn conclude(&self, setting: Setting, finished: &Finished) -> anyhow::Result<u8> {
        let json = self.arguments.run.json;
        let before = self.history.last(&setting);
        // A run is remembered even where nobody can read of it, and shown even where it cannot be remembered.
        let remembered = self.history.add(setting, finished);
        let reported = Self::compare_in_report(before.as_ref(), finished);
        summary::print(finished, json)?;
        if let (Some(before), false) = (before, json) {
            let compared = Comparison::new(&before, &finished.result);
            let text = comparison::describe(&compared, NAMED);
            terminal::print(&format!("\nsince the last run: {text}"))?;
        }
        remembered?;
        reported?;
        Ok(finished.result.verdict.exit_code())
    }

    /// The run itself wrote its report, but knew of no earlier run.
    fn compare_in_report(before: Option<&RunResult>, finished: &Finished) -> anyhow::Result<()> {
        if before.is_some() {
            report::write(&finished.folder, before)
                .context("cannot write the report; make room on the disk")?;
        }
        Ok(())
    }

    fn setting(&self, dataset: &Dataset) -> Setting {
        let session = match &self.arguments.session_url {
            Some(url) => url.split(':').next().unwrap_or_default().to_owned(),
            None => self.arguments.session.name(),
        };
        Setting {
            engine: self.engine.name(),
            session,
            implementation: self.arguments.implementation.name(),
            data: dataset.label(),
            seconds: self.arguments.run.duration.as_secs(),
        }
    }
}

/// A choice's name, as it is given on the command line.
pub(crate) trait Named {
    fn name(&self) -> String;
}

impl<V: ValueEnum> Named for V {
    fn name(&self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
