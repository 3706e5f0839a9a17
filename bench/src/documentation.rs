//! docs/run.md publishes the limits that runs are judged by, and the manual for contestants has
//! tables of them.

mod manual;
mod self_test;

use std::{fs, path::Path, time::Duration};

use isutori_engine::{
    connection::Limits,
    crowd::{EQUILIBRIUM, FORESIGHT, GROWTH},
    health::{
        BUSY_FROM, SAMPLE_EVERY, STRETCH, VOID_BUSY, VOID_LAG, VOID_OVERRUN,
        surroundings::DISTURBED_FROM,
    },
    person::{CONTENT_WITHIN, MEAN_PAUSE, UNHAPPY_FROM},
    score::{FAIL_RATE, TIMEOUT_WEIGHT, WRONG_WEIGHT},
};

use crate::{
    actions::timeline::AT_ONCE,
    checks::timeline::PATIENCE,
    hosts::LINE,
    initialize::TIME_LIMIT,
    model::{GRACE, clock::TOLERANCE, news::FORGET_AFTER},
    pictures::{ICON_SIDES, LONGEST_SIDE, PHOTO_SIDE, TOLERANCE as DIFFERENCE},
    run::{FIRST_PEOPLE, SETTLE},
    scenarios::read::HEARING_NEWS,
};

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

fn ms(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Pieces of the page, made from the constants.
fn published() -> Vec<String> {
    let answer = seconds(Limits::default().time);
    let fail = percent(FAIL_RATE);
    let rate =
        |weight| format!("1 % of the requests takes off {weight} %; above {fail} the run fails");
    let (lag, busy) = (ms(VOID_LAG), percent(VOID_BUSY));
    vec![
        format!("breaks [the contract](app.md) | {} |", rate(WRONG_WEIGHT)),
        format!(
            "| no whole answer within {answer} | {} |",
            rate(TIMEOUT_WEIGHT)
        ),
        format!("points × (1 − {WRONG_WEIGHT} · wrong − {TIMEOUT_WEIGHT} · timeout)"),
        format!("| `POST /initialize` | {} |", seconds(TIME_LIMIT)),
        format!("| a whole answer | {answer} |"),
        format!("| {} after it was acknowledged |", seconds(GRACE)),
        format!("by its own clock | {} |", seconds(TOLERANCE)),
        format!("for the final check | {} after the end |", seconds(SETTLE)),
        format!("one in {:.0} of those", 1.0 / HEARING_NEWS),
        format!("not more than {} later", seconds(FORGET_AFTER)),
        format!("A page within {} pleases entirely", ms(CONTENT_WITHIN)),
        format!("one from {} on not at all", seconds(UNHAPPY_FROM)),
        format!("tells something within {} after", ms(AT_ONCE)),
        format!("a line of {} Mbit/s", LINE * 8 / 1_000_000),
        format!("{FIRST_PEOPLE} people open the site"),
        format!("{} more come every second", percent(GROWTH)),
        format!("the mean contentment is {EQUILIBRIUM}"),
        format!("looks at each page for {}", seconds(MEAN_PAUSE)),
        format!("to go on falling for {}", seconds(FORESIGHT)),
        format!("its timers, every {}", ms(SAMPLE_EVERY)),
        format!("| late by more than {lag} for 5 % of the time |"),
        format!("| late by more than {lag}, 5 % of them |"),
        format!(
            "| together {} of a second, in more than {busy} of the seconds |",
            percent(BUSY_FROM)
        ),
        format!("| late by more than {} |", seconds(VOID_OVERRUN)),
        format!("late by more than {lag} for 5 % of the time meanwhile"),
        format!("content with what comes within {}", ms(CONTENT_WITHIN)),
        format!("more than {} of the machine's", percent(DISTURBED_FROM)),
    ]
}

/// Pieces of the contract, made from the constants.
fn contracted() -> Vec<String> {
    let [small, middle, large] = ICON_SIDES;
    vec![
        format!("a square of {PHOTO_SIDE} pixels"),
        format!("squared differences may be {DIFFERENCE} at most"),
        format!(
            "{},{:03} pixels on a side",
            LONGEST_SIDE / 1000,
            LONGEST_SIDE % 1000
        ),
        format!("which is {small}, {middle} or {large}"),
        format!("waits for one for {}", seconds(PATIENCE)),
    ]
}

fn assert_holds(page: &str, pieces: Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page);
    let text = fs::read_to_string(path).expect("a page of docs");
    let missing: Vec<_> = pieces
        .into_iter()
        .filter(|piece| !text.contains(piece))
        .collect();
    assert!(missing.is_empty(), "docs/{page} lacks {missing:#?}");
}

#[test]
fn the_limits_that_are_published_are_those_that_hold() {
    assert_eq!(STRETCH, Duration::from_secs(1), "the page says seconds");
    assert_holds("run.md", published());
    assert_holds("app.md", contracted());
}
