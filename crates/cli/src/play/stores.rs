//! The database and the session store of a `play`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use isutori_services::{Service, mariadb, memcached, postgres, redis};

use super::{Arguments, Engine, Named, Session, site::SitePlan};

/// A database and a session store, private unless their URLs are given.
pub(super) struct Stores {
    database_url: String,
    session_url: String,
    services: Vec<Service>,
    /// How to look into a private database by hand.
    client: Option<String>,
}

impl Stores {
    /// Starts what has to be started.
    pub(super) async fn start(plan: &SitePlan<'_>) -> anyhow::Result<Self> {
        let mut stores = Stores {
            database_url: plan.database_url.clone().unwrap_or_default(),
            session_url: plan.session_url.clone().unwrap_or_default(),
            services: Vec::new(),
            client: None,
        };
        if stores.database_url.is_empty() {
            stores.start_database(plan).await?;
            stores.client = client_of(&stores.database_url);
        }
        if stores.session_url.is_empty() {
            stores.start_session_store(plan.session, plan.work).await?;
        }
        Ok(stores)
    }

    async fn start_database(&mut self, plan: &SitePlan<'_>) -> anyhow::Result<()> {
        let folder = plan.work.join("database");
        let service = match plan.engine {
            Engine::Sqlite => {
                self.database_url = format!("sqlite:{}", plan.work.join("suwaru.db").display());
                return Ok(());
            }
            Engine::Mysql => {
                mariadb::start_with(&folder, &plan.handout.database_settings()?).await?
            }
            Engine::Postgres => postgres::start(&folder).await?,
        };
        self.database_url = service.url().to_owned();
        self.services.push(service);
        Ok(())
    }

    async fn start_session_store(&mut self, session: Session, work: &Path) -> anyhow::Result<()> {
        let folder = work.join("session");
        let service = match session {
            Session::Db => {
                self.session_url = "db:".to_owned();
                return Ok(());
            }
            Session::Memcached => memcached::start(&folder).await?,
            Session::Redis => redis::start(&folder).await?,
        };
        self.session_url = service.url().to_owned();
        self.services.push(service);
        Ok(())
    }

    /// The app's `DATABASE_URL`.
    pub(super) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// A command that looks into the database, unless it was given: it may need a password then.
    pub(super) fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The app's `SESSION_URL`.
    pub(super) fn session_url(&self) -> &str {
        &self.session_url
    }

    /// The numbers of the processes that were started.
    pub(super) fn processes(&self) -> impl Iterator<Item = u32> {
        self.services.iter().map(|service| service.process().id())
    }

    /// The database's log of slow queries, if it writes one.
    pub(super) fn slow_log(&self) -> Option<PathBuf> {
        self.services.iter().find_map(Service::slow_log)
    }

    /// Begins that log anew: of the load of the data nobody wants to read.
    pub(super) fn restart_slow_log(&self) -> anyhow::Result<()> {
        for service in &self.services {
            service
                .restart_slow_log()
                .context("cannot empty the log of slow queries")?;
        }
        Ok(())
    }

    /// Stops what was started.
    pub(super) async fn stop(&mut self) {
        for service in &mut self.services {
            service.stop().await;
        }
    }
}

/// The command by which somebody looks into a private database.
fn client_of(url: &str) -> Option<String> {
    match engine_of(url).ok()? {
        Engine::Sqlite => Some(format!("sqlite3 {}", url.strip_prefix("sqlite:")?)),
        Engine::Postgres => Some(format!("psql {url}")),
        Engine::Mysql => {
            let (user, place) = url.split_once("://")?.1.split_once('@')?;
            let (address, database) = place.split_once('/')?;
            let (host, port) = address.split_once(':')?;
            Some(format!(
                "mariadb --host={host} --port={port} --user={user} {database}"
            ))
        }
    }
}

/// Which engine to use, and the URL of a running database for it, if there is one. Settled before
/// anything is built or started.
///
/// An engine that is asked for decides. Otherwise a `--database-url` does, and without either it is
/// the embedded SQLite, whatever `DATABASE_URL` the environment may hold for other programs.
pub(super) fn choose_engine(arguments: &Arguments) -> anyhow::Result<(Engine, Option<String>)> {
    let Some(engine) = arguments.engine else {
        return match &arguments.database_url {
            Some(url) => Ok((engine_of(url)?, Some(url.clone()))),
            None => Ok((Engine::Sqlite, None)),
        };
    };
    let from_environment = || {
        std::env::var("DATABASE_URL")
            .ok()
            .filter(|url| !url.is_empty())
    };
    let url = match engine {
        Engine::Sqlite => arguments.database_url.clone(),
        Engine::Mysql | Engine::Postgres => {
            arguments.database_url.clone().or_else(from_environment)
        }
    };
    if let Some(url) = &url
        && engine_of(url).ok() != Some(engine)
    {
        let (engine, scheme) = (engine.name(), scheme(url));
        bail!(
            "the database URL begins with {scheme:?}, which does not fit --engine {engine}; \
             correct the URL, or unset DATABASE_URL for a private database"
        );
    }
    Ok((engine, url))
}

fn engine_of(url: &str) -> anyhow::Result<Engine> {
    match scheme(url) {
        "sqlite" => Ok(Engine::Sqlite),
        "mysql" | "mariadb" => Ok(Engine::Mysql),
        "postgres" | "postgresql" => Ok(Engine::Postgres),
        other => bail!(
            "the database URL begins with {other:?}; \
             give sqlite:PATH, mysql://…, mariadb://… or postgres://…"
        ),
    }
}

/// What stands before the colon. Nothing else of a URL is ever shown: it may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_private_database_has_a_client() {
        for (url, client) in [
            ("sqlite:/tmp/suwaru.db", "sqlite3 /tmp/suwaru.db"),
            (
                "mysql://root@127.0.0.1:3307/suwaru",
                "mariadb --host=127.0.0.1 --port=3307 --user=root suwaru",
            ),
            (
                "postgres://postgres@127.0.0.1:5433/suwaru",
                "psql postgres://postgres@127.0.0.1:5433/suwaru",
            ),
        ] {
            assert_eq!(client_of(url).as_deref(), Some(client));
        }
    }
}
