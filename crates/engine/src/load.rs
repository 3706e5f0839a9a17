//! The load: crowds on threads until the deadline.

mod board;
mod outcome;

use std::{rc::Rc, sync::Arc, time::Duration};

use futures::future::LocalBoxFuture;
use tokio::{
    sync::watch,
    task::{JoinSet, LocalSet},
    time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until},
};

pub use self::outcome::LoadOutcome;
use self::{
    board::Board,
    outcome::{ThreadOutcome, sum_up},
};
use crate::{
    crowd::Crowd,
    health::{Health, Supplies, Vigil, cpu_time},
    open_files,
    person::{Mood, Person},
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
    /// How far the counts reach, since the beginning.
    pub counted_until: Duration,
    /// People on the site.
    pub people: u64,
    /// Counts so far.
    pub tally: Tally,
}

const TICK: Duration = Duration::from_millis(100);
/// Counts are published at every whole multiple of this, so that those of all
/// threads reach equally far.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// How much later than a whole second the coordinator looks at what was
/// published then.
const WATCH_AFTER: Duration = Duration::from_millis(250);

/// Runs the load. `populate` makes one population for each thread, on it.
/// Ends at the deadline or when `stop` turns true; `watch` is called at the
/// beginning and soon after every whole second, from the calling task.
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
    open_files::allow_many();
    let board = Arc::new(Board::new(&settings));
    let cpu_before = cpu_time();
    let mut supplies = Supplies::default();
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
    let mut ticks = interval_at(start + WATCH_EVERY + WATCH_AFTER, WATCH_EVERY);
    watch(board.read(Duration::ZERO, settings.endpoints));
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut finished => break outcomes,
            _ = ticks.tick() => {
                watch(board.read(start.elapsed(), settings.endpoints));
                supplies.look();
            }
        }
    };
    let cpu = cpu_time().saturating_sub(cpu_before);
    supplies.look();
    let outcomes: Vec<ThreadOutcome> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("a load thread does not panic"))
        .collect();
    let interrupted = *stop.borrow_and_update();
    let outcome = sum_up(&settings, &outcomes);
    LoadOutcome {
        interrupted,
        health: Health {
            cpu_seconds: cpu.as_secs_f64(),
            supplies,
            ..outcome.health
        },
        ..outcome
    }
}

/// Runs a load of one thread on the calling one, which needs a `LocalSet`
/// around it. In a runtime whose clock is paused this is a simulation.
pub async fn run_here<P: Population + 'static>(
    settings: LoadSettings,
    population: P,
    stop: watch::Receiver<bool>,
) -> LoadOutcome {
    let settings = LoadSettings {
        threads: 1,
        ..settings
    };
    let board = Board::new(&settings);
    let interrupted = stop.clone();
    let start = Instant::now();
    let outcome = run_crowd(0, settings, start, &board, population, stop).await;
    LoadOutcome {
        interrupted: *interrupted.borrow(),
        ..sum_up(&settings, &[outcome])
    }
}

fn run_thread<P: Population + 'static>(
    index: usize,
    settings: LoadSettings,
    start: Instant,
    board: &Board,
    populate: &impl Fn() -> P,
    stop: watch::Receiver<bool>,
) -> ThreadOutcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs only a few descriptors");
    LocalSet::new().block_on(
        &runtime,
        run_crowd(index, settings, start, board, populate(), stop),
    )
}

/// One thread's share of the load, in whatever runtime it is called; needs a
/// `LocalSet` around it.
async fn run_crowd<P: Population + 'static>(
    index: usize,
    settings: LoadSettings,
    start: Instant,
    board: &Board,
    population: P,
    mut stop: watch::Receiver<bool>,
) -> ThreadOutcome {
    let deadline = start + settings.duration;
    let recorder = Rc::new(Recorder::until(settings.endpoints, deadline));
    let mut vigil = Vigil::default();
    let mut gate = Gate {
        index: index as u64,
        settings,
        recorder: recorder.clone(),
        crowd: Crowd::new(settings.first_people as f64 / settings.threads as f64),
        population: Rc::new(population),
        inside: JoinSet::new(),
        start,
        arrived: 0,
        peak_people: 0,
    };
    tokio::select! {
        // In this order every time, so that a simulation can be repeated.
        biased;
        () = sleep_until(deadline) => {}
        _ = stop.wait_for(|stop| *stop) => {}
        () = gate.keep_open(board) => {}
        () = vigil.keep() => {}
    }
    let lasted = start.elapsed();
    vigil.close();
    // Dropping the gate cuts off everybody inside.
    ThreadOutcome {
        tally: recorder.finish(),
        vigil,
        lasted,
        peak_people: gate.peak_people,
        last_people: gate.crowd.len() as u64,
        arrived: gate.arrived,
        sent_away: gate.crowd.sent_away,
    }
}

/// Lets people in as the crowd wants them, and publishes the counts.
struct Gate<P> {
    index: u64,
    settings: LoadSettings,
    recorder: Rc<Recorder>,
    crowd: Crowd,
    population: Rc<P>,
    inside: JoinSet<Rc<Mood>>,
    start: Instant,
    arrived: u64,
    peak_people: u64,
}

impl<P: Population + 'static> Gate<P> {
    async fn keep_open(&mut self, board: &Board) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = Instant::now();
        let mut published = 0;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            self.see_off();
            for _ in 0..self.crowd.tick(now - before) {
                self.let_in();
            }
            before = now;
            let elapsed = now - self.start;
            let due = elapsed.as_millis() / PUBLISH_EVERY.as_millis();
            if due > published {
                published = due;
                self.publish(board, elapsed);
            }
        }
    }

    fn publish(&self, board: &Board, until: Duration) {
        let (index, people) = (self.index as usize, self.crowd.len());
        board.publish(index, until, people, self.recorder.snapshot());
    }

    /// Takes note of those who have left, and of what drove away the unhappy.
    fn see_off(&mut self) {
        let mut left = Vec::new();
        while let Some(mood) = self.inside.try_join_next() {
            let mood = mood.expect("a visit does not panic");
            if let (true, Some(spoiler)) = (mood.is_leaving(), mood.spoiler()) {
                self.recorder.depart(&spoiler);
            }
            left.push(mood);
        }
        self.crowd.farewell(&left);
    }

    fn let_in(&mut self) {
        let number = self.arrived * self.settings.threads as u64 + self.index;
        self.arrived += 1;
        let person = Person::new(self.settings.seed, number, self.recorder.clone());
        let mood = person.mood.clone();
        self.crowd.welcome(mood.clone());
        self.peak_people = self.peak_people.max(self.crowd.len() as u64);
        let life = self.population.clone().live(person);
        self.inside.spawn_local(async move {
            life.await;
            mood
        });
    }
}
