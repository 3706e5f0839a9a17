//! One run, from `POST /initialize` to `result.json`.

mod error;
mod witness;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use isutori_engine::{
    failure::{Class, Failure},
    health::{fairly, surroundings::Lookout},
    load::{self, LoadOutcome, LoadSettings},
    recorder::Tally,
    tls,
};
use isutori_protocol::{Phase, Progress, RunResult, Timeline};
use tokio::{
    sync::watch,
    task::LocalSet,
    time::{Instant, sleep},
};

pub use self::error::RunError;
use self::witness::Witness;
use crate::{
    conclusion::{Findings, conclude},
    consistency,
    endpoints::TABLE,
    evidence::{Evidence, Kept},
    final_check,
    initialize::{NotInitialized, Reset, await_site, initialize, initialize_again},
    language::Language,
    ledger::Ledger,
    meanings,
    observer::{Nobody, Observer},
    progress::Reporter,
    report,
    run_folder::RunFolder,
    scenarios::Visitors,
    services::Services,
    settings::Settings,
    world::{BUILD, World},
};

/// A run that came to a verdict.
#[derive(Debug)]
pub struct Finished {
    /// What `result.json` holds.
    pub result: RunResult,
    /// The run's folder.
    pub folder: PathBuf,
}

/// People at the start of the load.
pub(crate) const FIRST_PEOPLE: u64 = 4;
/// The rest between load and final check; longer than the grace period.
pub(crate) const SETTLE: Duration = Duration::from_millis(1500);

/// Makes a run. `report` is called at every change of phase and about once a
/// second during the load; turning `stop` true,
/// or dropping its sender, ends the run early.
///
/// # Errors
/// See [`RunError`]. A site that answers wrongly is no error but a verdict.
pub async fn run(
    settings: Settings,
    stop: watch::Receiver<bool>,
    report: impl FnMut(Progress),
) -> Result<Finished, RunError> {
    let folder_error = |error| RunError::Folder {
        runs: settings.runs.display().to_string(),
        error,
    };
    let folder = RunFolder::create(&settings.runs, settings.seed).map_err(folder_error)?;
    let mut run = Run {
        settings: &settings,
        folder: &folder,
        services: start_services(&settings).inspect_err(|_| folder.discard())?,
        evidence: Arc::new(Evidence::new(folder.path())),
        stop,
        reporter: Reporter::new(&settings, report),
    };
    let played = LocalSet::new().run_until(run.play()).await;
    let written = played.and_then(|(result, timeline)| {
        write_evidence(&folder, &result, timeline.as_ref()).map_err(folder_error)?;
        Ok(result)
    });
    match written {
        Ok(result) => Ok(Finished {
            result,
            folder: folder.path().to_owned(),
        }),
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

/// The result comes last: where it is, everything is.
fn write_evidence(
    folder: &RunFolder,
    result: &RunResult,
    timeline: Option<&Timeline>,
) -> io::Result<()> {
    if let Some(timeline) = timeline {
        folder.write_timeline(timeline)?;
    }
    folder.write_report(&report::render(result, timeline, None)?)?;
    folder.write_result(result)
}

/// All that a run does before its load, alone: `POST /initialize`, the
/// consistency check, `POST /initialize` again and what it must have undone.
///
/// # Errors
/// As [`run`]. What the site does wrong comes back as the failure.
pub async fn check(settings: &Settings) -> Result<Option<Failure>, RunError> {
    check_watched(settings, Arc::new(Nobody)).await
}

/// The same with somebody who looks on.
pub(crate) async fn check_watched(
    settings: &Settings,
    observer: Arc<dyn Observer>,
) -> Result<Option<Failure>, RunError> {
    let services = start_services(settings)?;
    match LocalSet::new()
        .run_until(check_site(settings, services, observer))
        .await
    {
        Ok(()) => Ok(None),
        Err(error) => fault_of_site(error).map(Some),
    }
}

/// The external services of a run.
fn start_services(settings: &Settings) -> Result<Arc<Services>, RunError> {
    let address = settings.services;
    let services = Services::start(address, settings.seed);
    let services = services.map_err(|error| RunError::Services { address, error })?;
    Ok(Arc::new(services))
}

async fn check_site(
    settings: &Settings,
    services: Arc<Services>,
    observer: Arc<dyn Observer>,
) -> Result<(), NotInitialized> {
    let hosts = &settings.hosts;
    let world = || {
        let Settings { dataset, seed, .. } = settings;
        let world = World::new(hosts.clone(), dataset.clone(), *seed, Ledger::none());
        let world = world.served_by(services.clone());
        Arc::new(world.watched_by(observer.clone()))
    };
    let reset = Reset::to(&settings.dataset, settings.seed, services.clone()).await;
    initialize(hosts, &reset, &*observer).await?;
    let checks = async {
        let traces = consistency::check(&world()).await?;
        initialize_again(hosts, &reset, &*observer).await?;
        consistency::check_reset(&world(), &traces).await
    };
    checks.await.map_err(NotInitialized::Failed)
}

/// What the site did wrong, unless it is the environment.
fn fault_of_site(error: NotInitialized) -> Result<Failure, RunError> {
    match error {
        NotInitialized::Failed(failure) => Ok(failure),
        NotInitialized::Unreachable { target, failure } => {
            let (target, why) = (target.to_string(), failure.sentence);
            Err(match &*failure.code {
                tls::DISTRUSTED => RunError::Distrusted { target, why },
                _ => RunError::Unreachable { target, why },
            })
        }
        NotInitialized::OtherData { site, expected } => Err(RunError::OtherData { site, expected }),
    }
}

/// A phase in words.
fn title(language: Language, phase: Phase) -> &'static str {
    let japanese = match phase {
        Phase::Await => "サイトの応答待ち",
        Phase::Initialize => "初期化",
        Phase::ConsistencyCheck => "整合性チェック",
        Phase::InitializeAgain => "再初期化",
        Phase::Load => "負荷走行",
        Phase::Settle => "待機",
        Phase::FinalCheck => "最終チェック",
        Phase::Done => "終了",
    };
    language.of(phase.title(), japanese)
}

struct Run<'a, R> {
    settings: &'a Settings,
    folder: &'a RunFolder,
    services: Arc<Services>,
    evidence: Arc<Evidence>,
    stop: watch::Receiver<bool>,
    reporter: Reporter<R>,
}

impl<R: FnMut(Progress)> Run<'_, R> {
    async fn play(&mut self) -> Result<(RunResult, Option<Timeline>), RunError> {
        let started = Instant::now();
        let mut findings = Findings {
            started_at: jiff::Timestamp::now(),
            total_seconds: 0.0,
            site: None,
            reasons: Vec::new(),
            void: Vec::new(),
            checks: Tally::new(TABLE.len()),
            load: None,
            timeline: None,
            surroundings: None,
            kept: Kept::new(),
        };
        self.tell_settings();
        let mut stop = self.stop.clone();
        tokio::select! {
            outcome = self.phases(&mut findings) => outcome?,
            _ = stop.wait_for(|stop| *stop) => return Err(RunError::Interrupted),
        }
        findings.kept = self
            .evidence
            .close()
            .map_err(|error| self.folder_error(error))?;
        findings.total_seconds = started.elapsed().as_secs_f64();
        let timeline = findings.timeline.take();
        let result = conclude(self.settings, findings);
        self.tell_result(&result);
        self.reporter.enter(Phase::Done);
        Ok((result, timeline))
    }

    /// All phases in order; a failure of one ends the run, which then fails.
    async fn phases(&mut self, findings: &mut Findings) -> Result<(), RunError> {
        let hosts = &self.settings.hosts;
        let absence = self.settings.absence;
        if !absence.patience.is_zero() {
            self.enter(Phase::Await);
        }
        await_site(hosts, absence.patience).await;
        self.enter(Phase::Initialize);
        let Settings { dataset, seed, .. } = self.settings;
        let reset = Reset::to(dataset, *seed, self.services.clone()).await;
        match initialize(hosts, &reset, &*self.evidence).await {
            Ok(answer) => findings.site = Some(answer),
            Err(error) => {
                let failure = match absence.fails && !error.is_our_own() {
                    true => error.failure(),
                    false => fault_of_site(error)?,
                };
                self.fail(findings, Phase::Initialize, &failure);
                return Ok(());
            }
        }
        let world = self.world(Ledger::none());
        let check = consistency::check(&world);
        let Some(traces) = self.check(findings, Phase::ConsistencyCheck, check).await else {
            return Ok(());
        };
        let ledger =
            Ledger::create(&self.folder.ledger_path()).map_err(|error| self.folder_error(error))?;
        let world = self.world(ledger);
        let evidence = self.evidence.clone();
        let again = async {
            initialize_again(hosts, &reset, &*evidence).await?;
            consistency::check_reset(&world, &traces).await
        };
        if self
            .check(findings, Phase::InitializeAgain, again)
            .await
            .is_none()
        {
            return Ok(());
        }
        let outcome = self.load(findings, &world).await;
        let survived = !outcome.tally.counts(TABLE).fails();
        findings.load = Some(outcome);
        if survived {
            self.enter(Phase::Settle);
            sleep(SETTLE).await;
            let check = final_check::check(&world);
            self.check(findings, Phase::FinalCheck, check).await;
        }
        world
            .model
            .close_ledger()
            .map_err(|error| self.folder_error(error))
    }

    /// A phase that checks; nothing when the check failed.
    async fn check<T>(
        &mut self,
        findings: &mut Findings,
        phase: Phase,
        check: impl Future<Output = Result<T, Failure>>,
    ) -> Option<T> {
        self.enter(phase);
        fairly(check)
            .await
            .inspect_err(|failure| self.fail(findings, phase, failure))
            .ok()
    }

    async fn load(&mut self, findings: &mut Findings, world: &Arc<World>) -> LoadOutcome {
        // During the load nobody should have to wait for a picture to be drawn.
        let gallery = world.gallery.clone();
        let prepared = tokio::task::spawn_blocking(move || gallery.prepare()).await;
        prepared.expect("pictures can be drawn");
        self.enter(Phase::Load);
        let lookout = Lookout::begin(&self.settings.site_processes);
        let settings = LoadSettings {
            duration: self.settings.duration,
            threads: self.settings.threads,
            seed: self.settings.seed,
            first_people: FIRST_PEOPLE,
            endpoints: TABLE.len(),
        };
        let populate = {
            let world = world.clone();
            move || Visitors::new(world.clone())
        };
        let duration = settings.duration;
        let mut witness = Witness::new(&mut self.reporter, self.folder, duration);
        let outcome = load::run(settings, populate, self.stop.clone(), |progress| {
            witness.watch(&progress);
        })
        .await;
        findings.timeline = Some(witness.conclude(&outcome));
        findings.surroundings = lookout.end();
        let news = world.model.look().news_taken();
        self.folder.tell_staff(&format!(
            "{news} times somebody looked at what another had just written"
        ));
        self.folder.tell_staff(&format!(
            "health: {:?}, machine: {:?}",
            outcome.health, findings.surroundings
        ));
        outcome
    }

    fn world(&self, ledger: Ledger) -> Arc<World> {
        let Settings {
            hosts,
            dataset,
            seed,
            ..
        } = self.settings;
        let world = World::new(hosts.clone(), dataset.clone(), *seed, ledger);
        let world = world.served_by(self.services.clone());
        Arc::new(world.watched_by(self.evidence.clone()))
    }

    fn enter(&mut self, phase: Phase) {
        for language in Language::ALL {
            self.folder.tell_in(language, title(language, phase));
        }
        self.evidence.enter(phase);
        self.reporter.enter(phase);
    }

    fn fail(&self, findings: &mut Findings, phase: Phase, failure: &Failure) {
        findings.checks.note(failure);
        self.evidence.conclude(failure);
        let told = |language| format!("{}: {failure}", title(language, phase));
        let reason = told(Language::English);
        self.folder.tell_in(Language::English, &reason);
        let japanese = Language::Japanese;
        self.folder.tell_in(japanese, &told(japanese));
        if let Some(meaning) = meanings::of(&failure.code) {
            let meaning = meaning.in_words(japanese);
            self.folder.tell_in(japanese, &format!("    {meaning}"));
        }
        match failure.class {
            Class::System => findings.void.push(reason),
            _ => findings.reasons.push(reason),
        }
    }

    fn folder_error(&self, error: io::Error) -> RunError {
        RunError::Folder {
            runs: self.settings.runs.display().to_string(),
            error,
        }
    }

    fn tell_settings(&self) {
        let Settings {
            hosts,
            dataset,
            seed,
            duration,
            threads,
            note,
            ..
        } = self.settings;
        let target = hosts.addresses().join(", ");
        let (label, seconds) = (dataset.label(), duration.as_secs_f64());
        self.folder
            .tell(&format!("target {target}, data {label}, load {seconds} s"));
        self.folder.tell_staff(&format!(
            "seed {seed}, build {BUILD}, threads {threads}, note {note:?}"
        ));
    }

    fn tell_result(&self, result: &RunResult) {
        let verdict = result.verdict.word();
        self.folder
            .tell(&format!("{verdict}, score {}", result.score));
        for reason in &result.reasons {
            self.folder.tell(reason);
        }
    }
}
