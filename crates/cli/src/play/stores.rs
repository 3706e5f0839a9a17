//! The database and the session store of a `play`.

use std::path::Path;

use anyhow::bail;
use isutori_services::{Service, mariadb, memcached, postgres, redis};

use super::{Arguments, Engine, Session};

/// A database and a session store, private unless given.
pub(super) struct Stores {
    database_url: String,
    session_url: String,
    services: Vec<Service>,
}

impl Stores {
    /// Starts what has to be started, below the folder `work`.
    pub(super) async fn start(arguments: &Arguments, work: &Path) -> anyhow::Result<Self> {
        let mut stores = Stores {
            database_url: String::new(),
            session_url: "db:".to_owned(),
            services: Vec::new(),
        };
        stores.start_database(arguments, work).await?;
        stores.start_session_store(arguments.session, work).await?;
        Ok(stores)
    }

    async fn start_database(&mut self, arguments: &Arguments, work: &Path) -> anyhow::Result<()> {
        let folder = work.join("database");
        let service = match (arguments.engine, &arguments.database_url) {
            (Engine::Sqlite, _) => {
                self.database_url = format!("sqlite:{}", work.join("suwaru.db").display());
                return Ok(());
            }
            (_, Some(url)) => {
                self.database_url.clone_from(url);
                return Ok(());
            }
            (Engine::Mysql, None) => mariadb::start(&folder).await?,
            (Engine::Postgres, None) => postgres::start(&folder).await?,
        };
        self.database_url = service.url().to_owned();
        self.services.push(service);
        Ok(())
    }

    async fn start_session_store(&mut self, session: Session, work: &Path) -> anyhow::Result<()> {
        let folder = work.join("session");
        let service = match session {
            Session::Db => return Ok(()),
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

    /// The app's `SESSION_URL`.
    pub(super) fn session_url(&self) -> &str {
        &self.session_url
    }

    /// Stops what was started.
    pub(super) async fn stop(&mut self) {
        for service in &mut self.services {
            service.stop().await;
        }
    }
}

/// Refuses a database URL that is not one of the engine's, before anything is built or started.
pub(super) fn check_database_url(arguments: &Arguments) -> anyhow::Result<()> {
    let (engine, Some(url)) = (arguments.engine, &arguments.database_url) else {
        return Ok(());
    };
    let scheme = url.split(':').next().unwrap_or_default();
    let fits = match engine {
        // Embedded, wherever a DATABASE_URL may point.
        Engine::Sqlite => true,
        Engine::Mysql => matches!(scheme, "mysql" | "mariadb"),
        Engine::Postgres => matches!(scheme, "postgres" | "postgresql"),
    };
    if !fits {
        let engine = format!("{engine:?}").to_lowercase();
        bail!(
            "the database URL begins with {scheme:?}, which does not fit --engine {engine}; \
             correct the URL, or unset DATABASE_URL for a private database"
        );
    }
    Ok(())
}
