//! A contest for a lab, made of a few numbers.

use anyhow::ensure;
use clap::{Args, ValueEnum};
use isutori_dataset::Size;
use isutori_inventory::{Engine, Environment, Lifetime, Network};
use jiff::{SignedDuration, Timestamp};

/// So long a practice lasts.
const LENGTH: SignedDuration = SignedDuration::from_hours(8);

/// So long its hosts are there afterwards.
const AFTER_HOURS: u32 = 2;

/// Database engines of teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    /// MariaDB.
    Mysql,
    /// PostgreSQL.
    Postgres,
}

/// The numbers.
#[derive(Args)]
#[group(id = "practice", multiple = true)]
pub(crate) struct PracticeArguments {
    /// How many teams.
    #[arg(long, default_value_t = 2, value_name = "N")]
    teams: usize,

    /// How many hosts each has: one that keeps the database, and the others for the app.
    #[arg(long, default_value_t = 3, value_name = "N")]
    hosts: usize,

    /// How many hosts run the benchmark.
    #[arg(long, default_value_t = 1, value_name = "N")]
    workers: usize,

    /// The teams' database.
    #[arg(long, value_enum, default_value_t = Database::Mysql)]
    database: Database,

    /// How much data: small, standard or large.
    #[arg(long, default_value = "small", value_name = "SIZE")]
    size: Size,

    /// How long the load of a run lasts, seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) load_seconds: u64,

    /// How much of one processor each of the teams' hosts may use, per cent; all when not given.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(5..=6400))]
    cpu_percent: Option<u32>,

    /// Where all addresses are from; 10.213.0.0/16 when not given.
    #[arg(long, value_name = "NETWORK")]
    pub(crate) network: Option<Network>,
}

impl PracticeArguments {
    /// A contest that is on from now.
    pub(crate) fn contest(&self) -> anyhow::Result<String> {
        ensure!((1..=5).contains(&self.hosts), "a team has 1 to 5 hosts");
        let environment = Environment {
            workers: self.workers,
            database: match self.database {
                Database::Mysql => Engine::Mysql,
                Database::Postgres => Engine::Postgres,
            },
            network: self.network.unwrap_or_default(),
            stop_after: Lifetime::from_hours(AFTER_HOURS),
            cpu_percent: self.cpu_percent,
            ..Environment::usual(self.teams, self.hosts)
        };
        let now = Timestamp::now();
        let mut contest = toml::Table::new();
        let mut put = |key: &str, value: toml::Value| contest.insert(key.to_owned(), value);
        put("name", "Practice".into());
        put("starts_at", now.to_string().into());
        put("ends_at", (now + LENGTH).to_string().into());
        put("hosts", i64::try_from(self.hosts)?.into());
        let mut run = toml::Table::new();
        run.insert("size".to_owned(), self.size.to_string().into());
        run.insert("data_seed".to_owned(), 1.into());
        let load = i64::try_from(self.load_seconds)?;
        run.insert("load_seconds".to_owned(), load.into());
        run.insert("time_limit_seconds".to_owned(), (load + 240).into());
        run.insert("memory_limit_mib".to_owned(), 4096.into());
        put("run", run.into());
        put("environment", toml::Value::try_from(environment)?);
        Ok(toml::to_string(&contest)?)
    }
}
