//! The configuration: one struct, read once from the environment, mirrored in `.env.example`.

use std::{env, path::PathBuf, str::FromStr};

use anyhow::{Context, anyhow};

use crate::{access_log, address::TrustedProxies, server::ListenAddress};

/// What can be set from outside.
#[derive(Debug)]
pub struct Config {
    /// `LISTEN`: `ADDR:PORT` or `unix:PATH`; port 0 takes a free one. Default `127.0.0.1:8080`.
    pub listen: ListenAddress,
    /// `DATABASE_URL`: `mysql://…`, `mariadb://…`, `postgres://…` or `sqlite:PATH`. Needed.
    pub database_url: String,
    /// `SESSION_URL`: `memcache://HOST:PORT`, `redis://HOST:PORT`, or `db:`, the database's own
    /// table. Default `db:`.
    pub session_url: String,
    /// `SQL_DIR`: the folder with `mysql/`, `postgres/` and `sqlite/`. Default `../../sql`.
    pub sql_dir: PathBuf,
    /// `PUBLIC_DIR`: the folder with the static files. Default `../public`.
    pub public_dir: PathBuf,
    /// `TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed: addresses and networks such as
    /// `10.0.0.0/8`, separated by commas, and `unix` for whoever comes through a unix socket;
    /// `none` for nobody. Default: this host, `127.0.0.1,::1,unix`.
    pub trusted_proxies: TrustedProxies,
    /// `ACCESS_LOG`: `ltsv` or `json`. Default: no access log.
    pub access_log: Option<access_log::Format>,
    /// `ACCESS_LOG_FILE`: where the access log is appended to. Default: standard output.
    pub access_log_file: Option<PathBuf>,
}

impl Config {
    /// Reads the environment. The error names the variable that is wrong.
    pub fn from_env() -> anyhow::Result<Self> {
        Ok(Self {
            listen: parsed("LISTEN")?.unwrap_or_default(),
            database_url: variable("DATABASE_URL")?.ok_or_else(|| {
                anyhow!("DATABASE_URL is not set; for example DATABASE_URL=sqlite:suwaru.db")
            })?,
            session_url: variable("SESSION_URL")?.unwrap_or_else(|| "db:".to_owned()),
            sql_dir: folder("SQL_DIR", "../../sql")?,
            public_dir: folder("PUBLIC_DIR", "../public")?,
            trusted_proxies: parsed("TRUSTED_PROXIES")?.unwrap_or_default(),
            access_log: parsed("ACCESS_LOG")?,
            access_log_file: variable("ACCESS_LOG_FILE")?.map(PathBuf::from),
        })
    }
}

/// A variable's value; an empty one counts as absent.
fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(anyhow!("{name} is not UTF-8")),
    }
}

fn parsed<T>(name: &str) -> anyhow::Result<Option<T>>
where
    T: FromStr<Err = anyhow::Error>,
{
    variable(name)?
        .map(|value| value.parse().with_context(|| name.to_owned()))
        .transpose()
}

fn folder(name: &str, default: &str) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from(variable(name)?.unwrap_or_else(|| default.to_owned()));
    anyhow::ensure!(
        folder.is_dir(),
        "{name}: there is no folder {}; start in webapp/rust or set {name}",
        folder.display()
    );
    Ok(folder)
}
