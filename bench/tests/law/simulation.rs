//! A whole load against a simulated site, in virtual time: the benchmark's own
//! people and checks, the twin for the answers, a [`Machine`] for the time that
//! these take.

use std::{
    io,
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures::future::BoxFuture;
use http::Method;
use isutori_bench::{
    endpoints::TABLE, hosts::LIMITS, ledger::Ledger, scenarios::Visitors, world::World,
};
use isutori_dataset::{Dataset, Size};
use isutori_engine::{
    browser::Site,
    load::{LoadOutcome, LoadSettings, run_here},
    target::Target,
    transport::{Stream, Transport},
};
use suwaru_twin::{Desk, Initial, Machine, Rules};
use tokio::{sync::watch, task::LocalSet};

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

/// The data that all simulations begin with.
static DATASET: LazyLock<Dataset> = LazyLock::new(|| Dataset::new(1, Size::Small));

/// The same, ready to be served.
static INITIAL: LazyLock<Initial> = LazyLock::new(|| Initial::from(DATASET.clone()));

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
        let dataset = DATASET.clone();
        let desk = Desk::new(&INITIAL, self.rules.clone());
        let pipes = Pipes {
            desk: desk.expect("the static files of the site"),
            machine: Machine::start(self.power, self.slower),
        };
        let target: Target = "http://suwaru.example".parse().expect("a target");
        let site = Site::over(Arc::new(pipes), target, LIMITS);
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
struct Pipes {
    desk: Desk,
    machine: Machine,
}

/// Bytes that a pipe holds before its writer has to wait.
const PIPE: usize = 8 << 10;

impl Transport for Pipes {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let (ours, theirs) = tokio::io::duplex(PIPE);
            let machine = self.machine.clone();
            let pace = move |method: &Method, path: &str| machine.work(method, path);
            tokio::spawn(self.desk.clone().serve(theirs, pace));
            let stream: Box<dyn Stream> = Box::new(ours);
            Ok(stream)
        })
    }
}
