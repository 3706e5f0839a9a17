//! The law of the score: what a better site is paid, and that nothing else pays.
//!
//! The benchmark's own people visit a simulated site in virtual time, so that
//! its strength is known exactly and no other program can disturb.

mod simulation;

use std::{
    num::NonZero,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use simulation::Simulation;
use suwaru_twin::{Break, Machine, Rules};

/// Of two simulations, one that scores at most so much more is no better: twice
/// the coefficient of variation over seeds, which is bounded below.
const SPREAD: f64 = 0.04;

/// A power at which every page would still be quick if it were alone.
const WEAKEST: f64 = 0.25;

/// A power at which the site is busy with about a hundred and fifty people.
const COMMON: f64 = 1.6;

fn common() -> Simulation {
    Simulation::of_power(COMMON)
}

#[test]
fn twice_the_power_is_about_twice_the_score_over_three_decades() {
    let powers: Vec<f64> = (0..=10)
        .map(|doublings| WEAKEST * f64::from(1 << doublings))
        .collect();
    let scores = scores_side_by_side(&powers);
    for (index, pair) in scores.windows(2).enumerate() {
        let ratio = pair[1] / pair[0];
        let (power, twice) = (powers[index], powers[index + 1]);
        assert!(
            (1.8..=2.2).contains(&ratio),
            "× {ratio:.2} from {power} to {twice}: {scores:?}"
        );
    }
}

/// The scores of sites of these powers, the strongest simulated first, because
/// it takes half of the time.
fn scores_side_by_side(powers: &[f64]) -> Vec<f64> {
    let scores: Vec<OnceLock<f64>> = powers.iter().map(|_| OnceLock::new()).collect();
    let left = AtomicUsize::new(powers.len());
    let next = || {
        let taken = left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        taken.ok().map(|left| left - 1)
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(index) = next() {
                    let score = Simulation::of_power(powers[index]).score();
                    scores[index].set(score).expect("each is taken once");
                }
            });
        }
    });
    let scores = scores.into_iter().map(OnceLock::into_inner);
    scores.map(|score| score.expect("all were taken")).collect()
}

/// The coefficient of variation over ten seeds.
fn spread_at(power: f64) -> f64 {
    let of_seed = |seed| {
        Simulation {
            seed,
            ..Simulation::of_power(power)
        }
        .score()
    };
    let scores: Vec<f64> = (1..=10).map(of_seed).collect();
    let mean = scores.iter().sum::<f64>() / 10.0;
    let variance = scores
        .iter()
        .map(|score| (score - mean).powi(2))
        .sum::<f64>()
        / 9.0;
    variance.sqrt() / mean
}

#[test]
fn chance_decides_little_even_where_few_people_come() {
    for power in [WEAKEST, COMMON] {
        let spread = spread_at(power);
        assert!(spread <= SPREAD / 2.0, "{power}: {:.1} %", spread * 100.0);
    }
}

#[test]
fn the_same_seed_gives_the_same_score() {
    let simulation = Simulation::of_power(WEAKEST);

    assert_eq!(simulation.score(), simulation.score());
}

#[test]
fn slowing_any_page_never_pays() {
    let best = common().score() * (1.0 + SPREAD);
    for route in Machine::pages() {
        for factor in [2.0, 10.0] {
            let slower = Simulation {
                slower: Some((route, factor)),
                ..common()
            };
            let score = slower.score();
            assert!(score <= best, "{route} × {factor}: {score} against {best}");
        }
    }
}

/// What a site might try instead of being quick, with a free pass for the work
/// of a route where it does not answer anyway.
fn tricks() -> Vec<(&'static str, Simulation)> {
    let breaking = |breaks| Simulation {
        rules: Rules::breaking([breaks]),
        ..common()
    };
    let for_free = |route, breaks| Simulation {
        slower: Some((route, 0.0)),
        ..breaking(breaks)
    };
    let never = Duration::from_secs(11);
    vec![
        ("an error now and then", breaking(Break::Fail("/", 100))),
        ("an error more often", breaking(Break::Fail("/", 25))),
        ("no home", for_free("/", Break::Fail("/", 1))),
        (
            "no recent entries",
            for_free("/recent/", Break::Fail("/recent", 1)),
        ),
        (
            "hardly any diaries",
            for_free("/diary/", Break::Fail("/diary", 2)),
        ),
        (
            "no answer for friends",
            for_free("/friends", Break::Slow("/friends", never)),
        ),
        (
            "no answer for recent entries",
            for_free("/recent/", Break::Slow("/recent", never)),
        ),
        (
            "no new accounts",
            for_free("/signup", Break::Fail("/signup", 1)),
        ),
        (
            "slow new accounts",
            breaking(Break::Slow("/signup", Duration::from_secs(5))),
        ),
        ("no logins", for_free("/login", Break::Fail("/login", 1))),
        (
            "no entries",
            for_free("/entries/", Break::Fail("/entries", 1)),
        ),
        (
            "half of the entries",
            for_free("/entries/", Break::Fail("/entries", 2)),
        ),
        ("entries are forgotten", breaking(Break::ForgetEntries)),
        ("comments are forgotten", breaking(Break::ForgetComments)),
    ]
}

#[test]
fn failing_refusing_and_not_answering_never_pay() {
    let honest = common().score();
    for (trick, simulation) in tricks() {
        let score = simulation.score();
        assert_ne!(score, honest, "{trick} makes no difference at all");
        let best = honest * (1.0 + SPREAD);
        assert!(score <= best, "{trick}: {score} against {honest}");
    }
}
