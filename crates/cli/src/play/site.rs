//! A site that was put together from a hand-out: stores, initial data, app, maybe nginx.

use std::{
    fs,
    path::{Path, PathBuf},
};

use isutori_dataset::{Dataset, LoadError, LoadOptions, load};
use isutori_engine::target::Target;
use tokio::sync::watch;

use super::{
    Engine, Session,
    app::{ACCESS_LOG, App},
    proxy::Proxy,
    stores::Stores,
};
use crate::{handout::HandOut, shutdown::or_stop, terminal::progress::LoadMeter};

/// What a site is made of.
pub(crate) struct SitePlan<'a> {
    pub(crate) handout: &'a HandOut,
    /// The app as it was built.
    pub(crate) program: &'a Path,
    pub(crate) engine: Engine,
    /// A running database instead of a private one.
    pub(crate) database_url: Option<String>,
    pub(crate) session: Session,
    /// A running session store instead of a private one.
    pub(crate) session_url: Option<String>,
    pub(crate) dataset: &'a Dataset,
    /// Where private stores keep what they have. Data that an earlier site of the same engine left
    /// there is used again.
    pub(crate) work: &'a Path,
}

/// A running site.
pub(crate) struct Site {
    stores: Stores,
    app: App,
    proxy: Option<Proxy>,
}

impl Site {
    /// Starts stores, app and nginx, and loads the data after the stores.
    pub(crate) async fn start(
        plan: SitePlan<'_>,
        stop: &watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let mut stores = or_stop(stop, Stores::start(&plan)).await?;
        let starting = async {
            load_data(stores.database_url(), plan.dataset).await?;
            stores.restart_slow_log()?;
            let app = App::start(plan.program, plan.handout, &stores, plan.work).await?;
            let proxy = Proxy::start(plan.handout, &app, plan.work).await?;
            Ok((app, proxy))
        };
        match or_stop(stop, starting).await {
            Ok((app, proxy)) => Ok(Site { stores, app, proxy }),
            Err(error) => {
                stores.stop().await;
                Err(error)
            }
        }
    }

    /// Where it is asked.
    pub(crate) fn target(&self) -> &Target {
        let proxy = self.proxy.as_ref().map(Proxy::target);
        proxy.unwrap_or(self.app.target())
    }

    /// The numbers of all its processes.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let proxy = self.proxy.iter().map(Proxy::process);
        let stores = self.stores.processes();
        stores.chain([self.app.process()]).chain(proxy).collect()
    }

    /// Copies what was logged into a run's folder. It is only a convenience: a full disk has been
    /// reported by the run itself.
    pub(crate) fn keep_logs(&self, folder: &Path) {
        for (log, name) in self.logs() {
            let _ = fs::copy(log, folder.join(name));
        }
    }

    /// The logs that are written, each with its name in a run's folder.
    pub(crate) fn logs(&self) -> Vec<(PathBuf, &'static str)> {
        let access_log = self.app.log().with_file_name(ACCESS_LOG);
        let proxy = self.proxy.as_ref().map(|proxy| proxy.log().to_owned());
        let logs = [
            (Some(self.app.log().to_owned()), "app.log"),
            (Some(access_log), ACCESS_LOG),
            (proxy, "nginx.log"),
            (self.stores.slow_log(), "slow.log"),
        ];
        let written =
            |(log, name): (Option<PathBuf>, _)| Some((log.filter(|log| log.exists())?, name));
        logs.into_iter().filter_map(written).collect()
    }

    /// A command that looks into its database, if that is its own.
    pub(crate) fn database_client(&self) -> Option<&str> {
        self.stores.client()
    }

    /// Stops all of it.
    pub(crate) async fn stop(&mut self) {
        if let Some(proxy) = &mut self.proxy {
            proxy.stop().await;
        }
        self.app.stop().await;
        self.stores.stop().await;
    }
}

/// Loads the data, unless the database holds it already.
async fn load_data(database_url: &str, dataset: &Dataset) -> anyhow::Result<()> {
    let meter = LoadMeter::new(&dataset.label());
    let options = LoadOptions { replace: false };
    let loaded = load(database_url, dataset, options, |progress| {
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
        Err(error @ LoadError::AlreadyLoaded { .. }) => Err(anyhow::Error::from(error).context(
            "the given database holds other data; `isutori dataset load --replace` replaces it",
        )),
        Err(error) => Err(error.into()),
    }
}
