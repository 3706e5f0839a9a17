//! The worker's loop: claims jobs, as many as it may have, and runs them.

use std::{collections::BTreeSet, future::pending, path::PathBuf, sync::Arc, time::Duration};

use isutori_protocol::contest::{Assignment, CONTEST_VERSION, Hello, Welcome};
use isutori_services::ServiceError;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    Portal, PortalError, Settings, Shutdown,
    back_off::{BackOff, jittered},
    command,
    job::{Job, Tell},
};

/// The longest pause while the portal is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After the benchmarks were told to stop, the worker ends within so long, whatever they do.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Why a worker does not work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The benchmark's program does not say which build it is.
    #[error("cannot ask {} for its build: {why}; give an isutori with --program", program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// What happened instead.
        why: ServiceError,
    },

    /// The portal does not want this worker.
    #[error("the portal does not take this worker: {0}")]
    Refused(#[from] PortalError),

    /// The contest is pinned to another build of the benchmark.
    #[error(
        "this worker has build {ours} of the benchmark, but the contest is pinned to {pinned}; \
         install the isutori of that build, or pin the contest to this one"
    )]
    OtherBuild {
        /// What this worker has.
        ours: String,
        /// What the contest wants.
        pinned: String,
    },
}

/// Works until asked to end, or until the portal does not want this worker any more. `tell` gets
/// lines for whoever runs it.
///
/// # Errors
/// See [`WorkerError`]. A portal that is away is none.
pub async fn run(
    settings: Settings,
    shutdown: watch::Receiver<Shutdown>,
    tell: impl Fn(&str) + Send + Sync + 'static,
) -> Result<(), WorkerError> {
    let build = command::ask_build(&settings.program).await;
    let build = build.map_err(|why| WorkerError::Program {
        program: settings.program.clone(),
        why,
    })?;
    let mut worker = Worker {
        free: (0..settings.concurrency.max(1)).collect(),
        settings: Arc::new(settings),
        build: build.into(),
        jobs: JoinSet::new(),
        shutdown,
        tell: Arc::new(tell),
    };
    let outcome = worker.work().await;
    if let Err(error) = &outcome
        && !worker.jobs.is_empty()
    {
        (worker.tell)(&format!("ends after the jobs that run: {error}"));
    }
    worker.finish_jobs().await;
    outcome
}

struct Worker {
    settings: Arc<Settings>,
    build: Arc<str>,
    /// Slots without a job.
    free: BTreeSet<u16>,
    /// Jobs that run; each returns its slot.
    jobs: JoinSet<u16>,
    shutdown: watch::Receiver<Shutdown>,
    tell: Tell,
}

impl Worker {
    /// Until asked to end.
    async fn work(&mut self) -> Result<(), WorkerError> {
        let Some(mut welcome) = self.greet().await? else {
            return Ok(());
        };
        let mut back_off = BackOff::up_to(LONGEST_PAUSE);
        while !self.is_ending() {
            let Some(slot) = self.free.first().copied() else {
                self.wait_for_job().await;
                continue;
            };
            let claimed_at = Instant::now();
            let claim = self.portal(&welcome).claim().await;
            let pause = match claim {
                Ok(Some(assignment)) => {
                    back_off.reset();
                    self.begin(assignment, slot, claimed_at, &welcome);
                    continue;
                }
                Ok(None) => {
                    back_off.reset();
                    jittered(Duration::from_secs(welcome.poll_seconds))
                }
                Err(error) if error.is_passing() => {
                    let pause = back_off.next();
                    self.tell_pause(&error, pause);
                    pause
                }
                Err(error) => {
                    // It may have forgotten this worker, or does not want it any more.
                    (self.tell)(&format!("no job: {error}"));
                    match self.greet().await? {
                        Some(again) => welcome = again,
                        None => return Ok(()),
                    }
                    back_off.next()
                }
            };
            self.pause(pause).await;
        }
        Ok(())
    }

    /// Presents the worker, as often as it takes; nothing when asked to end before.
    async fn greet(&mut self) -> Result<Option<Welcome>, WorkerError> {
        let settings = &self.settings;
        let hello = Hello {
            version: CONTEST_VERSION,
            name: settings.name.clone(),
            zone: settings.zone.clone(),
            concurrency: settings.concurrency.max(1).into(),
            build: self.build.to_string(),
        };
        let mut back_off = BackOff::up_to(LONGEST_PAUSE);
        while !self.is_ending() {
            match self.settings.portal.hello(&hello).await {
                Ok(welcome) => return self.accept(welcome).map(Some),
                Err(error) if error.is_passing() => {
                    let pause = back_off.next();
                    self.tell_pause(&error, pause);
                    self.pause(pause).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn accept(&self, welcome: Welcome) -> Result<Welcome, WorkerError> {
        match &welcome.build {
            Some(pinned) if **pinned != *self.build => Err(WorkerError::OtherBuild {
                ours: self.build.to_string(),
                pinned: pinned.clone(),
            }),
            _ => {
                let (name, portal) = (&self.settings.name, self.settings.portal.url());
                (self.tell)(&format!(
                    "worker {name} of {portal}: up to {} at the same time, build {}",
                    self.settings.concurrency, self.build
                ));
                Ok(welcome)
            }
        }
    }

    fn begin(&mut self, assignment: Assignment, slot: u16, claimed_at: Instant, welcome: &Welcome) {
        self.free.remove(&slot);
        let job = Job {
            settings: self.settings.clone(),
            portal: self.portal(welcome),
            build: self.build.clone(),
            assignment,
            slot,
            claimed_at,
            lease_length: Duration::from_secs(welcome.lease_seconds.max(1)),
            shutdown: self.shutdown.clone(),
            tell: self.tell.clone(),
        };
        self.jobs.spawn(async move {
            job.run().await;
            slot
        });
    }

    /// Waits until a job ends, or the worker shall.
    async fn wait_for_job(&mut self) {
        tokio::select! {
            ended = self.jobs.join_next() => self.release(ended),
            () = asked(&mut self.shutdown, Shutdown::Drain) => {}
        }
    }

    /// Waits for a while, unless a job ends or the worker shall.
    async fn pause(&mut self, pause: Duration) {
        let busy = !self.jobs.is_empty();
        tokio::select! {
            ended = self.jobs.join_next(), if busy => self.release(ended),
            () = sleep(pause) => {}
            () = asked(&mut self.shutdown, Shutdown::Drain) => {}
        }
    }

    /// A job has ended, and its slot is free.
    fn release(&mut self, ended: Option<Result<u16, tokio::task::JoinError>>) {
        match ended {
            Some(Ok(slot)) => {
                self.free.insert(slot);
            }
            Some(Err(error)) => {
                // A slot is lost with it, and would be missed: a defect of ours is not endured.
                std::panic::resume_unwind(error.into_panic());
            }
            None => {}
        }
    }

    /// Lets the jobs end, for as long as nobody is in a hurry.
    async fn finish_jobs(&mut self) {
        if !self.jobs.is_empty() {
            let count = self.jobs.len();
            (self.tell)(&format!("takes no more jobs; {count} still running"));
        }
        let mut shutdown = self.shutdown.clone();
        let in_a_hurry = async {
            asked(&mut shutdown, Shutdown::Stop).await;
            sleep(STOP_LIMIT).await;
        };
        tokio::select! {
            () = async { while self.jobs.join_next().await.is_some() {} } => {}
            () = in_a_hurry => (self.tell)("ends without having told the portal"),
        }
    }

    /// The portal, as this worker calls it.
    fn portal(&self, welcome: &Welcome) -> Portal {
        self.settings.portal.as_worker(welcome.worker)
    }

    fn is_ending(&self) -> bool {
        *self.shutdown.borrow() >= Shutdown::Drain
    }

    fn tell_pause(&self, error: &PortalError, pause: Duration) {
        let seconds = pause.as_secs_f64();
        (self.tell)(&format!("{error}; tries again in {seconds:.1} s"));
    }
}

/// Waits until the worker is asked for so much.
async fn asked(shutdown: &mut watch::Receiver<Shutdown>, least: Shutdown) {
    if shutdown.wait_for(|asked| *asked >= least).await.is_err() {
        // Whoever could ask is gone.
        pending::<()>().await;
    }
}
