//! Runs of one setting, on sites that are put together from hand-outs.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use isutori_bench::{run, settings::Settings};
use isutori_dataset::Dataset;
use isutori_engine::failure::Failure;
use isutori_protocol::RunResult;
use tokio::sync::watch;

use crate::{
    contest_data::{RunArguments, load_threads},
    handout::{Built, Effort, HandOut},
    play::{
        Engine, Implementation, Session,
        site::{Site, SitePlan},
    },
    shutdown::or_stop,
    terminal::progress::{ProgressForm, RunMeter},
};

/// Runs of one setting.
pub(super) struct Bout<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) engine: Engine,
    pub(super) run: &'a RunArguments,
    /// Where run folders are made.
    pub(super) runs: PathBuf,
    pub(super) stop: &'a watch::Receiver<bool>,
}

impl Bout<'_> {
    /// Builds the app of a hand-out.
    pub(super) async fn build(&self, handout: &HandOut, effort: Effort) -> anyhow::Result<Built> {
        or_stop(self.stop, handout.build(Implementation::Rust, effort)).await
    }

    /// Builds a program that runs the unit tests of a hand-out's app.
    pub(super) async fn build_tests(&self, handout: &HandOut) -> anyhow::Result<Built> {
        or_stop(self.stop, handout.build_tests(Effort::Least)).await
    }

    /// Benchmarks a hand-out that was built.
    pub(super) async fn benchmark(
        &self,
        handout: &HandOut,
        program: &Path,
        work: &Path,
    ) -> anyhow::Result<RunResult> {
        let mut site = self.site(handout, program, work).await?;
        let settings = self.settings(&site, self.run.duration);
        let mut meter = RunMeter::new(ProgressForm::Text);
        let stop = self.stop.clone();
        let outcome = run::run(settings, stop, |progress| meter.show(&progress)).await;
        meter.finish();
        if let Ok(finished) = &outcome {
            site.keep_logs(&finished.folder);
            eprintln!("the run is in {}", finished.folder.display());
        }
        site.stop().await;
        Ok(outcome?.result)
    }

    /// Looks whether a hand-out that was built keeps the contract; tells what it breaks.
    pub(super) async fn check(
        &self,
        handout: &HandOut,
        program: &Path,
        work: &Path,
    ) -> anyhow::Result<Option<Failure>> {
        let mut site = self.site(handout, program, work).await?;
        let settings = self.settings(&site, Duration::ZERO);
        let checking = async { Ok(run::check(&settings).await?) };
        let failure = or_stop(self.stop, checking).await;
        site.stop().await;
        failure
    }

    async fn site(&self, handout: &HandOut, program: &Path, work: &Path) -> anyhow::Result<Site> {
        let plan = SitePlan {
            handout,
            program,
            engine: self.engine,
            database_url: None,
            session: Session::Db,
            session_url: None,
            dataset: self.dataset,
            work,
        };
        Site::start(plan, self.stop).await
    }

    fn settings(&self, site: &Site, duration: Duration) -> Settings {
        Settings {
            hosts: site.target().clone().into(),
            dataset: self.dataset.clone(),
            seed: self.run.seed_or_draw(),
            duration,
            threads: load_threads(),
            note: self.run.note.clone(),
            site_processes: site.processes(),
            services: self.run.services,
            absence: Default::default(),
            runs: self.runs.clone(),
        }
    }
}
