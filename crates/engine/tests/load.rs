//! The load against simulated sites, in virtual time.

use std::{cell::Cell, rc::Rc, time::Duration};

use futures::future::LocalBoxFuture;
use isutori_engine::{
    failure::Failure,
    load::{LoadOutcome, LoadSettings, Population, run, run_here},
    person::Person,
    recorder::{Endpoint, EndpointId, Tally},
};
use tokio::{
    sync::watch,
    task::LocalSet,
    time::{Instant, sleep, sleep_until},
};

const TABLE: &[Endpoint] = &[Endpoint {
    name: "page",
    points: 1,
}];

/// A site that serves one page after another, each taking `1 / capacity` seconds.
struct Site {
    service: Duration,
    free_at: Cell<Option<Instant>>,
    /// Every so many-th request fails.
    fails_every: Option<u64>,
    served: Cell<u64>,
}

impl Site {
    fn new(capacity: f64) -> Self {
        Site {
            service: Duration::from_secs_f64(1.0 / capacity),
            free_at: Cell::new(None),
            fails_every: None,
            served: Cell::new(0),
        }
    }

    async fn serve(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let done = self.free_at.get().map_or(now, |free| free.max(now)) + self.service;
        self.free_at.set(Some(done));
        sleep_until(done).await;
        self.served.set(self.served.get() + 1);
        match self.fails_every {
            Some(every) if self.served.get().is_multiple_of(every) => Err(Failure::wrong("x", "x")),
            _ => Ok(()),
        }
    }
}

/// People who open one page after another.
struct Readers(Rc<Site>);

impl Population for Readers {
    fn live(self: Rc<Self>, mut person: Person) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            while !person.mood.is_leaving() {
                let asked = person.ask(EndpointId(0));
                let served = self.0.serve().await;
                person.judge(asked, Instant::now(), served.as_ref().copied());
                person.pause().await;
            }
        })
    }
}

fn settings(seed: u64) -> LoadSettings {
    LoadSettings {
        duration: Duration::from_secs(60),
        threads: 1,
        seed,
        first_people: 4,
        endpoints: 1,
    }
}

/// Runs something in a runtime whose clock is paused.
fn in_virtual_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, future)
}

/// Runs the load in virtual time; `_keep` keeps the run from being stopped.
fn simulate(site: Site, seed: u64) -> LoadOutcome {
    let (_keep, stop) = watch::channel(false);
    let load = run_here(settings(seed), Readers(Rc::new(site)), stop);
    in_virtual_time(load)
}

fn score(site: Site, seed: u64) -> f64 {
    simulate(site, seed).tally.counts(TABLE).score() as f64
}

#[test]
fn the_crowd_grows_until_the_site_is_busy() {
    let outcome = simulate(Site::new(100.0), 1);
    let judged = outcome.tally.counts(TABLE).judged as f64;
    assert!(
        (4200.0..=6000.0).contains(&judged),
        "{judged} of at most 6000"
    );
    let slowest = outcome.tally.endpoints[0].latency.max();
    assert!(
        slowest < 8_000_000,
        "nobody waits until the timeout, but {slowest} us"
    );
}

#[test]
fn twice_the_capacity_is_about_twice_the_score() {
    let scores: Vec<f64> = [50.0, 100.0, 200.0, 400.0]
        .map(|capacity| score(Site::new(capacity), 1))
        .to_vec();
    for pair in scores.windows(2) {
        let ratio = pair[1] / pair[0];
        assert!((1.7..=2.3).contains(&ratio), "{scores:?}");
    }
}

#[test]
fn a_failing_site_scores_less() {
    let healthy = score(Site::new(100.0), 1);
    let failing = score(
        Site {
            fails_every: Some(50),
            ..Site::new(100.0)
        },
        1,
    );
    assert!(failing < healthy * 0.9, "{failing} against {healthy}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(score(Site::new(80.0), 7), score(Site::new(80.0), 7));
}

#[test]
fn the_end_is_hard_and_cuts_off_for_free() {
    let outcome = simulate(Site::new(5.0), 1);
    assert!(
        outcome.tally.cancelled > 0,
        "somebody was waiting when it ended"
    );
    assert_eq!(outcome.tally.counts(TABLE).wrong, 0);
    assert!(outcome.tally.counts(TABLE).judged <= 5 * 60);
    assert_eq!(outcome.lasted, settings(1).duration);
}

/// The clock jumps over the deadline, as it does for a thread that something
/// else has kept busy.
#[test]
fn a_load_that_overruns_says_so_and_is_void() {
    let (_keep, stop) = watch::channel(false);
    let seizure = async {
        sleep(settings(1).duration - Duration::from_millis(100)).await;
        tokio::time::advance(Duration::from_millis(500)).await;
    };
    let load = run_here(settings(1), Readers(Rc::new(Site::new(100.0))), stop);
    let both = async { tokio::join!(load, seizure) };
    let (outcome, ()) = in_virtual_time(both);

    let overrun = outcome.health.overrun_seconds;
    assert!((0.35..0.45).contains(&overrun), "{overrun}");
    let reasons = outcome.health.void_reasons().join("; ");
    assert!(reasons.contains("longer than it should be"), "{reasons}");
}

#[tokio::test]
async fn a_stop_ends_the_load_at_once() {
    let (sender, stop) = watch::channel(false);
    let local = LocalSet::new();
    let load = local.run_until(run_here(
        settings(1),
        Readers(Rc::new(Site::new(100.0))),
        stop,
    ));
    let stopper = async {
        sleep(Duration::from_millis(50)).await;
        sender.send_replace(true);
    };
    let (outcome, ()) = tokio::join!(load, stopper);
    assert!(outcome.interrupted);
}

/// Real threads need real time, of which this says nothing but the order.
#[tokio::test]
async fn whoever_watches_sees_the_counts_grow() {
    let settings = LoadSettings {
        duration: Duration::from_millis(2400),
        threads: 2,
        ..settings(1)
    };
    let (_keep, stop) = watch::channel(false);
    let populate = || Readers(Rc::new(Site::new(100.0)));
    let mut seen = Vec::new();
    let judged = |tally: &Tally| tally.counts(TABLE).judged;

    let outcome = run(settings, populate, stop, |progress| {
        seen.push((progress.counted_until, judged(&progress.tally)));
    })
    .await;

    assert_eq!(seen.first(), Some(&(Duration::ZERO, 0)));
    assert!(seen.len() > 1 && seen.is_sorted(), "{seen:?}");
    let (until, counted) = seen[seen.len() - 1];
    assert!(until <= settings.duration && settings.duration <= outcome.lasted);
    assert!(counted > 0 && counted <= judged(&outcome.tally), "{seen:?}");
}

/// People who keep their thread computing.
struct Thinkers;

impl Population for Thinkers {
    fn live(self: Rc<Self>, _: Person) -> LocalBoxFuture<'static, ()> {
        Box::pin(async {
            loop {
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(2) {}
                tokio::task::yield_now().await;
            }
        })
    }
}

/// Whether it has a processor or waits for one: in each case it is not idle.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_thread_without_time_to_spare_and_what_the_process_takes_are_noticed() {
    let settings = LoadSettings {
        duration: Duration::from_millis(1200),
        ..settings(1)
    };
    let (_keep, stop) = watch::channel(false);

    let health = run(settings, || Thinkers, stop, |_| ()).await.health;

    let occupied = health.thread_cpu_max + health.thread_wait_max;
    assert!(health.thread_cpu_max > 0.0 && occupied > 0.5, "{health:?}");
    let supplies = health.supplies;
    assert!(supplies.descriptors > 0, "{supplies:?}");
    assert!(
        supplies.descriptors <= supplies.descriptors_limit,
        "{supplies:?}"
    );
}

#[test]
fn a_saturated_site_is_neither_overrun_nor_abandoned() {
    let outcome = simulate(Site::new(100.0), 1);
    let (came, sent_away) = (outcome.arrived as f64, outcome.sent_away as f64);
    assert!(
        sent_away < came / 3.0,
        "{sent_away} of {came} were sent away"
    );
    let (peak, last) = (outcome.peak_people as f64, outcome.last_people as f64);
    assert!(last > peak * 0.7, "{last} left of {peak}");
}

#[test]
fn people_who_leave_say_what_drove_them_away() {
    let slow = simulate(Site::new(5.0), 1).tally.endpoints[0].departures;
    assert!(slow.slow > 0, "{slow:?}");
    assert_eq!(slow.failed, 0);
    let mean = slow.waited / slow.slow as u32;
    assert!(mean > Duration::from_millis(300), "{mean:?} is not slow");

    let failing = Site {
        fails_every: Some(50),
        ..Site::new(1000.0)
    };
    let failing = simulate(failing, 1).tally.endpoints[0].departures;
    assert!(failing.failed > 0, "{failing:?}");
}

#[test]
fn the_score_hardly_depends_on_the_seed() {
    for capacity in [10.0, 100.0] {
        let scores: Vec<f64> = (0..10)
            .map(|seed| score(Site::new(capacity), seed))
            .collect();
        let mean = scores.iter().sum::<f64>() / 10.0;
        let variance = scores.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 9.0;
        let spread = variance.sqrt() / mean;
        assert!(spread < 0.01, "{spread} at {capacity}: {scores:?}");
    }
}
