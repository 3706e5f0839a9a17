//! What every handler shares.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;

use crate::{
    address::TrustedProxies, config::Config, database::Database, initialize, password::Hasher,
    session::SessionStore,
};

/// How long a service may take.
const SERVICE_LIMIT: Duration = Duration::from_secs(5);

/// Shared by all requests; a clone is cheap and means the same.
#[derive(Clone)]
pub struct AppState {
    pub db: Database,
    pub sessions: SessionStore,
    pub hasher: Hasher,
    /// Asks external services.
    pub client: reqwest::Client,
    pub trusted_proxies: Arc<TrustedProxies>,
    /// The icon's file of those who have none.
    pub default_icon: Arc<[u8]>,
    /// The script that puts the initial data back.
    pub reset_script: Arc<PathBuf>,
}

impl AppState {
    /// Connects to the database and the session store and makes sure that both answer.
    pub async fn new(config: &Config) -> anyhow::Result<Self> {
        let db = Database::connect(&config.database_url)
            .await
            .context("cannot open the database that DATABASE_URL names")?;
        initialize::fingerprint(&db)
            .await
            .context("the database holds no Suwaru data; load the initial data first")?;
        let sessions = SessionStore::connect(&config.session_url, &db)
            .await
            .context("cannot open the session store that SESSION_URL names")?;
        let reset_script = config.sql_dir.join(db.engine().folder()).join("reset.sql");
        anyhow::ensure!(
            reset_script.is_file(),
            "SQL_DIR: there is no file {}",
            reset_script.display()
        );
        let default_icon = config.public_dir.join("img/person.png");
        let default_icon = std::fs::read(&default_icon)
            .with_context(|| format!("PUBLIC_DIR: cannot read {}", default_icon.display()))?;
        Ok(Self {
            db,
            sessions,
            hasher: Hasher::new()?,
            client: reqwest::Client::builder()
                .no_proxy()
                .timeout(SERVICE_LIMIT)
                .build()?,
            trusted_proxies: Arc::new(config.trusted_proxies.clone()),
            default_icon: default_icon.into(),
            reset_script: Arc::new(reset_script),
        })
    }
}
