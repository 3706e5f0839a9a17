//! The load: crowds on threads until the deadline.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::LocalBoxFuture;
use tokio::{
    sync::watch,
    task::LocalSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{
    crowd::Crowd,
    health::{self, Health, LagMeter},
    person::Person,
    recorder::{Recorder, Tally},
};

/// Makes people's lives: the benchmark's part of the load.
pub trait Population {
    /// The whole visit of one person; ends when the person has left.
    fn live(self: Rc<Self>, person: Person) -> LocalBoxFuture<'static, ()>;
}

/// What a load is made of.
#[derive(Clone, Copy, Debug)]
pub struct LoadSettings {
    /// How long; nothing counts after it.
    pub duration: Duration,
    /// Threads, each with a crowd of its own.
    pub threads: usize,
    /// Drives every person's draws.
    pub seed: u64,
    /// People at the start, over all threads.
    pub first_people: u64,
    /// Length of the benchmark's table of endpoints.
    pub endpoints: usize,
}

/// Where the load stands.
#[derive(Clone, Debug)]
pub struct LoadProgress {
    /// Since the beginning.
    pub elapsed: Duration,
    /// People on the site.
    pub people: u64,
    /// Counts so far.
    pub tally: Tally,
}

/// What the load came to.
#[derive(Clone, Debug)]
pub struct LoadOutcome {
    /// All counts.
    pub tally: Tally,
    /// The benchmark's own health.
    pub health: Health,
    /// The most people at once.
    pub peak_people: u64,
    /// People at the end.
    pub last_people: u64,
    /// People who came.
    pub arrived: u64,
    /// People who were sent away by slowness.
    pub sent_away: u64,
    /// Whether it was stopped before its time.
    pub interrupted: bool,
}

const TICK: Duration = Duration::from_millis(100);
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// What the threads tell the coordinator.
struct Board {
    tallies: Vec<Mutex<Tally>>,
    people: Vec<AtomicU64>,
}

impl Board {
    fn people(&self) -> u64 {
        self.people
            .iter()
            .map(|people| people.load(Ordering::Relaxed))
            .sum()
    }

    fn tally(&self, endpoints: usize) -> Tally {
        let mut all = Tally::new(endpoints);
        for tally in &self.tallies {
            all.merge(&tally.lock().unwrap_or_else(PoisonError::into_inner));
        }
        all
    }
}

/// What one thread came to.
struct ThreadOutcome {
    tally: Tally,
    lag: LagMeter,
    arrived: u64,
    sent_away: u64,
}

/// Runs the load. `populate` makes one population for each thread, on it.
/// Ends at the deadline or when `stop` turns true; `watch` is called about
/// once a second from the calling task.
pub async fn run<P, F>(
    settings: LoadSettings,
    populate: F,
    mut stop: watch::Receiver<bool>,
    mut watch: impl FnMut(LoadProgress),
) -> LoadOutcome
where
    P: Population + 'static,
    F: Fn() -> P + Clone + Send + 'static,
{
    let board = Arc::new(Board {
        tallies: (0..settings.threads)
            .map(|_| Mutex::new(Tally::new(settings.endpoints)))
            .collect(),
        people: (0..settings.threads).map(|_| AtomicU64::new(0)).collect(),
    });
    let cpu_before = health::cpu_time();
    let start = Instant::now();
    let threads: Vec<_> = (0..settings.threads)
        .map(|index| {
            let (board, populate, stop) = (board.clone(), populate.clone(), stop.clone());
            tokio::task::spawn_blocking(move || {
                run_thread(index, settings, start, &board, &populate, stop)
            })
        })
        .collect();

    let mut finished = std::pin::pin!(futures::future::join_all(threads));
    let mut ticks = interval(PUBLISH_EVERY / 2);
    let mut peak_people = 0;
    let mut last_people = 0;
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut finished => break outcomes,
            _ = ticks.tick() => {
                last_people = board.people();
                peak_people = peak_people.max(last_people);
                watch(LoadProgress { elapsed: start.elapsed(), people: last_people, tally: board.tally(settings.endpoints) });
            }
        }
    };

    let mut tally = Tally::new(settings.endpoints);
    let mut lag = LagMeter::default();
    let (mut arrived, mut sent_away) = (0, 0);
    for outcome in outcomes
        .into_iter()
        .map(|outcome| outcome.expect("a load thread does not panic"))
    {
        tally.merge(&outcome.tally);
        lag.merge(&outcome.lag);
        arrived += outcome.arrived;
        sent_away += outcome.sent_away;
    }
    let health = Health::new(
        &lag,
        health::cpu_time().saturating_sub(cpu_before),
        tally.system_failures(),
    );
    let interrupted = *stop.borrow_and_update();
    LoadOutcome {
        tally,
        health,
        peak_people,
        last_people,
        arrived,
        sent_away,
        interrupted,
    }
}

fn run_thread<P: Population + 'static>(
    index: usize,
    settings: LoadSettings,
    start: Instant,
    board: &Board,
    populate: &impl Fn() -> P,
    mut stop: watch::Receiver<bool>,
) -> ThreadOutcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs only a few descriptors");
    let recorder = Rc::new(Recorder::new(settings.endpoints));
    let lag = Rc::new(RefCell::new(LagMeter::default()));
    let gate = Gate {
        index: index as u64,
        settings,
        recorder: recorder.clone(),
        crowd: Rc::new(RefCell::new(Crowd::new(
            settings.first_people as f64 / settings.threads as f64,
        ))),
        population: Rc::new(populate()),
        arrived: 0,
    };
    let local = LocalSet::new();
    let gate = local.block_on(&runtime, async {
        tokio::task::spawn_local(measure_lag(lag.clone()));
        let mut gate = gate;
        tokio::select! {
            () = gate.keep_open(board) => {}
            () = sleep_until(start + settings.duration) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
        gate
    });
    // Dropping the set cuts everybody off: nothing counts after the deadline.
    let tally = recorder.finish();
    drop(local);
    let lag = lag.borrow().clone();
    ThreadOutcome {
        tally,
        lag,
        arrived: gate.arrived,
        sent_away: gate.crowd.borrow().sent_away,
    }
}

/// Lets people in as the crowd wants them, and publishes the counts.
struct Gate<P> {
    index: u64,
    settings: LoadSettings,
    recorder: Rc<Recorder>,
    crowd: Rc<RefCell<Crowd>>,
    population: Rc<P>,
    arrived: u64,
}

impl<P: Population + 'static> Gate<P> {
    async fn keep_open(&mut self, board: &Board) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = Instant::now();
        let mut published = before;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            let wanted = self.crowd.borrow_mut().tick(now - before);
            (0..wanted).for_each(|_| self.let_in());
            before = now;
            let people = self.crowd.borrow().len() as u64;
            board.people[self.index as usize].store(people, Ordering::Relaxed);
            if now - published >= PUBLISH_EVERY {
                published = now;
                let snapshot = self.recorder.snapshot();
                *board.tallies[self.index as usize]
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = snapshot;
            }
        }
    }

    fn let_in(&mut self) {
        let number = self.arrived * self.settings.threads as u64 + self.index;
        self.arrived += 1;
        let person = Person::new(self.settings.seed, number, self.recorder.clone());
        let mood = person.mood.clone();
        self.crowd.borrow_mut().welcome(mood.clone());
        let life = self.population.clone().live(person);
        let crowd = self.crowd.clone();
        tokio::task::spawn_local(async move {
            life.await;
            crowd.borrow_mut().farewell(&mood);
        });
    }
}

async fn measure_lag(meter: Rc<RefCell<LagMeter>>) {
    loop {
        let late = health::timer_lag().await;
        meter.borrow_mut().note(late);
    }
}
