//! A whole load against a simulated site, in virtual time: the benchmark's own
//! people and checks, the twin for the answers, a [`Processor`] for the time
//! that these take.

use std::{io, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use http::Method;
use isutori_bench::{endpoints::TABLE, ledger::Ledger, scenarios::Visitors, world::World};
use isutori_dataset::{Dataset, Size};
use isutori_engine::{
    browser::Site,
    connection::Limits,
    load::{LoadOutcome, LoadSettings, run_here},
    target::Target,
    transport::{Stream, Transport},
};
use suwaru_twin::{Desk, Initial, Rules};
use tokio::{sync::watch, task::LocalSet};

use crate::processor::Processor;

/// A site to be simulated.
#[derive(Clone)]
pub struct Simulation {
    /// How strong its processor is: 1 does a second of work in a second.
    pub power: f64,
    /// Pages that take so many times as much work, by the beginning of their path.
    pub slower: Option<(&'static str, f64)>,
    /// Rules of the contract that it breaks.
    pub rules: Rules,
    /// Drives the people.
    pub seed: u64,
    /// How long the load lasts.
    pub duration: Duration,
}

impl Simulation {
    /// A correct site of such power under a load of a minute.
    pub fn of_power(power: f64) -> Self {
        Simulation {
            power,
            slower: None,
            rules: Rules::default(),
            seed: 1,
            duration: Duration::from_secs(60),
        }
    }

    /// Runs the load.
    pub fn run(&self) -> LoadOutcome {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, self.load())
    }

    /// Runs the load, and gives the score.
    pub fn score(&self) -> f64 {
        score_of(&self.run())
    }

    async fn load(&self) -> LoadOutcome {
        let dataset = Dataset::new(1, Size::Small);
        let desk = Desk::new(&Initial::from(dataset.clone()), self.rules.clone());
        let machine = Machine {
            desk: desk.expect("the static files of the site"),
            processor: Processor::start(self.power),
            slower: self.slower,
        };
        let target: Target = "http://suwaru.example".parse().expect("a target");
        let site = Site::over(Arc::new(machine), target, Limits::default());
        let world = World::new(site, dataset, self.seed, Ledger::none());
        let settings = LoadSettings {
            duration: self.duration,
            threads: 1,
            seed: self.seed,
            first_people: 4,
            endpoints: TABLE.len(),
        };
        let (_keep, stop) = watch::channel(false);
        run_here(settings, Visitors::new(Arc::new(world)), stop).await
    }
}

/// The score that a load comes to; none if it fails.
pub fn score_of(outcome: &LoadOutcome) -> f64 {
    let counts = outcome.tally.counts(TABLE);
    match counts.fails() {
        true => 0.0,
        false => counts.score() as f64,
    }
}

/// The simulated site: every connection is a pipe to the twin.
struct Machine {
    desk: Desk,
    processor: Processor,
    slower: Option<(&'static str, f64)>,
}

/// Bytes that a pipe holds before its writer has to wait.
const PIPE: usize = 8 << 10;

impl Transport for Machine {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let (ours, theirs) = tokio::io::duplex(PIPE);
            let (processor, slower) = (self.processor.clone(), self.slower);
            let pace = move |method: &Method, path: &str| {
                let processor = processor.clone();
                let work = work(method, path, slower);
                Box::pin(async move { processor.work(work).await }) as BoxFuture<'static, ()>
            };
            tokio::spawn(self.desk.clone().serve(theirs, pace));
            let stream: Box<dyn Stream> = Box::new(ours);
            Ok(stream)
        })
    }
}

/// Routes by the beginning of their path, with the microseconds of work that they
/// take: pages of one's own are dearer than others, as in the reference app, but
/// none so dear that a weak site could not answer it in good time alone.
const ROUTES: &[(&str, &str, u64)] = &[
    ("GET", "/css/", 0),
    ("GET", "/js/", 0),
    ("GET", "/img/", 0),
    ("GET", "/recent/", 14_000),
    ("GET", "/people/", 8_000),
    ("GET", "/diary/", 10_000),
    ("GET", "/entries/", 6_000),
    ("GET", "/friends", 5_000),
    ("GET", "/footprints", 5_000),
    ("GET", "/signup", 1_000),
    ("GET", "/login", 1_000),
    ("GET", "/", 30_000),
    ("POST", "/signup", 8_000),
    ("POST", "/login", 8_000),
    ("POST", "/", 4_000),
];

/// The routes that can be slowed down.
pub fn routes() -> impl Iterator<Item = &'static str> {
    let pages = ROUTES
        .iter()
        .filter(|(method, _, work)| *method == "GET" && *work > 0);
    pages.map(|(_, path, _)| *path)
}

fn work(method: &Method, path: &str, slower: Option<(&str, f64)>) -> Duration {
    let route = ROUTES
        .iter()
        .find(|(known, beginning, _)| method == known && path.starts_with(beginning));
    let Some((_, beginning, micros)) = route else {
        return Duration::ZERO;
    };
    let factor = match slower {
        Some((slow, factor)) if slow == *beginning && method == Method::GET => factor,
        _ => 1.0,
    };
    Duration::from_micros(*micros).mul_f64(factor)
}
