//! Whole runs with a short load, one load at a time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use isutori_bench::{
    endpoints,
    hosts::Hosts,
    run::{self, Finished},
    settings::Settings,
};
use isutori_engine::recorder::EndpointId;
use isutori_protocol::{Phase, Progress, Verdict};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::{
    app::{App, spawn_quick_app},
    tamper::{Proxy, Tamper, tamper},
};

/// While one run is in its load, another one may go through its check, which mostly waits.
static RUNS: Semaphore = Semaphore::const_new(2);
static LOADS: Semaphore = Semaphore::const_new(1);

/// On a busy machine a run may be void, or too slow to come to what is broken. Neither says
/// anything about the site.
const ATTEMPTS: u32 = 3;

/// A run to be made.
pub struct Plan {
    /// How long the load lasts.
    pub load: Duration,
    /// The phases in which the site breaks its rule.
    pub phases: &'static [Phase],
    /// How it breaks it, made anew for each attempt.
    pub tamper: fn() -> Tamper,
    /// The endpoint that people must have come to for the run to tell anything.
    pub endpoint: EndpointId,
}

/// A run that came to a verdict, and the app that it left behind.
pub struct Rehearsal {
    pub finished: Finished,
    pub app: App,
}

/// Makes the run that was planned.
pub async fn rehearse(plan: &Plan) -> Rehearsal {
    until_it_tells(plan.endpoint, async || rehearse_once(plan).await).await
}

/// Repeats a run that tells nothing, and panics when none does.
async fn until_it_tells(
    EndpointId(endpoint): EndpointId,
    attempt: impl AsyncFn() -> Rehearsal,
) -> Rehearsal {
    let mut reasons = Vec::new();
    for _ in 0..ATTEMPTS {
        let rehearsal = attempt().await;
        let result = &rehearsal.finished.result;
        let asked = &result.endpoints[endpoint];
        match result.verdict {
            Verdict::Void => reasons.extend_from_slice(&result.reasons),
            _ if asked.count + asked.errors == 0 => reasons.push(format!("no {}", asked.name)),
            _ => return rehearsal,
        }
    }
    panic!("no run told anything: {reasons:?}");
}

async fn rehearse_once(plan: &Plan) -> Rehearsal {
    let _run = RUNS.acquire().await.unwrap();
    let app = spawn_quick_app().await;
    let breaks = Arc::new(AtomicBool::new(false));
    let turn = Arc::new(Turn::default());
    let tamper = while_it_breaks(breaks.clone(), (plan.tamper)());
    let proxy = Proxy::start(&app.target, wait_for_turn(turn.clone(), tamper)).await;
    let (_stop, stopped) = watch::channel(false);
    let report = |progress: Progress| {
        let now = plan.phases.contains(&progress.phase);
        breaks.store(now, Ordering::SeqCst);
    };
    let finished = run::run(app.settings(&proxy.target, plan.load), stopped, report).await;
    turn.end();
    Rehearsal {
        finished: finished.unwrap(),
        app,
    }
}

/// Makes a run against two processes of the app on one database.
pub async fn rehearse_on_two_hosts(load: Duration) -> Rehearsal {
    until_it_tells(endpoints::HOME, async || {
        let _run = RUNS.acquire().await.unwrap();
        let _load = LOADS.acquire().await.unwrap();
        let app = spawn_quick_app().await;
        let (_another, target) = app.spawn_another().await;
        let settings = Settings {
            hosts: Hosts::new(&[app.target.clone(), target], None).unwrap(),
            ..app.settings(&app.target, load)
        };
        let (_stop, stopped) = watch::channel(false);
        let finished = run::run(settings, stopped, |_| ()).await.unwrap();
        Rehearsal { finished, app }
    })
    .await
}

/// Makes a run in which the app is killed when the load begins.
pub async fn rehearse_death() -> Rehearsal {
    until_it_tells(endpoints::LOGIN_FORM, kill_under_load).await
}

async fn kill_under_load() -> Rehearsal {
    let _run = RUNS.acquire().await.unwrap();
    let _load = LOADS.acquire().await.unwrap();
    let mut app = spawn_quick_app().await;
    let settings = app.settings(&app.target, Duration::from_secs(3));
    let (_stop, stopped) = watch::channel(false);
    let (told, mut phase) = watch::channel(Phase::Initialize);
    let report = move |progress: Progress| {
        told.send_replace(progress.phase);
    };
    let kill = async {
        // A run that never comes to its load ends the waiting by its end.
        if phase.wait_for(|phase| *phase == Phase::Load).await.is_ok() {
            app.process.stop().await;
        }
    };
    let (finished, ()) = tokio::join!(run::run(settings, stopped, report), kill);
    Rehearsal {
        finished: finished.unwrap(),
        app,
    }
}

/// Breaks the rule only while the switch is on.
fn while_it_breaks(breaks: Arc<AtomicBool>, mutant: Tamper) -> Tamper {
    tamper(move |request, app| {
        let mutant = breaks.load(Ordering::SeqCst).then(|| mutant.clone());
        async move {
            match mutant {
                Some(mutant) => mutant(request, app).await,
                None => app.send(request).await,
            }
        }
    })
}

/// A run's turn at the load.
#[derive(Default)]
struct Turn {
    initialized: AtomicU32,
    permit: Mutex<Option<SemaphorePermit<'static>>>,
}

impl Turn {
    fn end(&self) {
        self.permit.lock().unwrap().take();
    }
}

/// Holds the second `POST /initialize`, right before the load, until no other run has load. It may
/// take 30 s.
fn wait_for_turn(turn: Arc<Turn>, inner: Tamper) -> Tamper {
    tamper(move |request, app| {
        let (turn, inner) = (turn.clone(), inner.clone());
        async move {
            let initializes = request.posts("/initialize", "");
            if initializes && turn.initialized.fetch_add(1, Ordering::SeqCst) == 1 {
                let permit = LOADS.acquire().await.unwrap();
                *turn.permit.lock().unwrap() = Some(permit);
            }
            inner(request, app).await
        }
    })
}
