//! The contest, squeezed into the time that the rehearsal has.

use std::time::Duration;

use isutori_inventory::{Inventory, Network};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use toml::{Table, Value};

use crate::{
    Millis, RehearsalError,
    plan::{Plan, Scope},
};

/// What a run needs at most besides its load, seconds.
const TIME_LIMIT_BESIDES_LOAD: i64 = 240;
const USUAL_LOAD: i64 = 60;
const USUAL_RULE: &str = "last";

/// When what begins, milliseconds since 1970, and what counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Teams can enqueue from then on.
    pub starts_at: Millis,
    /// The audience sees no later runs until the release.
    pub freezes_at: Millis,
    /// Teams can enqueue until then.
    pub ends_at: Millis,
    /// How a team's score comes from its runs: `last`, `best` or `mean-of-N`.
    pub rule: String,
}

/// The same contest with another length of the load, and at other addresses, as far as that is
/// wanted.
///
/// # Errors
/// When it is none.
pub fn adapt(
    contest: &str,
    load: Option<Duration>,
    network: Option<Network>,
) -> Result<String, RehearsalError> {
    let mut contest = parse(contest)?;
    if let Some(load) = load {
        let seconds = i64::try_from(load.as_secs()).unwrap_or(i64::MAX);
        let run = table(&mut contest, "run")?;
        let limit = run.get("time_limit_seconds").and_then(Value::as_integer);
        let limit = limit.unwrap_or(0).max(seconds + TIME_LIMIT_BESIDES_LOAD);
        run.insert("load_seconds".to_owned(), seconds.into());
        run.insert("time_limit_seconds".to_owned(), limit.into());
    }
    if let Some(network) = network {
        let environment = table(&mut contest, "environment")?;
        environment.insert("network".to_owned(), network.to_string().into());
    }
    Ok(write(&contest))
}

/// What a plan has to know of it.
///
/// # Errors
/// When it is none, or says nothing of hosts.
pub fn scope(contest: &str, length: Option<Duration>) -> Result<Scope, RehearsalError> {
    let environment = Inventory::parse(contest)?.environment;
    let run = parse(contest)?.remove("run");
    let load = run.as_ref().and_then(|run| run.get("load_seconds"));
    let load = load.and_then(Value::as_integer).unwrap_or(USUAL_LOAD);
    Ok(Scope {
        teams: environment.teams.names().len(),
        workers: environment.workers,
        load: Duration::from_secs(load.cast_unsigned()),
        length,
    })
}

/// The same contest with the plan's schedule, from `begin` on. The moments of prizes lie in it where
/// they lay before.
///
/// # Errors
/// When it is none.
pub fn squeeze(
    contest: &str,
    plan: &Plan,
    begin: Timestamp,
) -> Result<(String, Schedule), RehearsalError> {
    let mut contest = parse(contest)?;
    let was = [moment(&contest, "starts_at")?, moment(&contest, "ends_at")?];
    let after = |duration: Duration| {
        begin
            .checked_add(duration)
            .map_err(|error| RehearsalError::Contest(error.to_string()))
    };
    let (end, freeze) = (after(plan.length)?, after(plan.freezes_after)?);
    for (key, at) in [
        ("starts_at", begin),
        ("freezes_at", freeze),
        ("ends_at", end),
    ] {
        contest.insert(key.to_owned(), at.to_string().into());
    }
    if let Some(Value::Array(prizes)) = contest.get_mut("prize") {
        for prize in prizes.iter_mut().filter_map(Value::as_table_mut) {
            if prize.contains_key("best_at") {
                let at = moved(moment(prize, "best_at")?, was, [begin, end]);
                prize.insert("best_at".to_owned(), at.to_string().into());
            }
        }
    }
    let rule = contest.get("rule").and_then(Value::as_str);
    let schedule = Schedule {
        starts_at: begin.as_millisecond(),
        freezes_at: freeze.as_millisecond(),
        ends_at: end.as_millisecond(),
        rule: rule.unwrap_or(USUAL_RULE).to_owned(),
    };
    Ok((write(&contest), schedule))
}

/// Where a moment of one span lies in another.
fn moved(at: Timestamp, [from, to]: [Timestamp; 2], [begin, end]: [Timestamp; 2]) -> Timestamp {
    let length = |from: Timestamp, to: Timestamp| from.duration_until(to).as_secs_f64();
    let share = length(from, at) / length(from, to).max(f64::MIN_POSITIVE);
    let ahead = share.clamp(0.0, 1.0) * length(begin, end);
    begin + SignedDuration::from_millis((ahead * 1000.0) as i64)
}

fn parse(contest: &str) -> Result<Table, RehearsalError> {
    let table = toml::from_str(contest);
    table.map_err(|error| RehearsalError::Contest(error.to_string()))
}

fn write(contest: &Table) -> String {
    toml::to_string(contest).expect("what was read can be written")
}

fn table<'a>(contest: &'a mut Table, name: &str) -> Result<&'a mut Table, RehearsalError> {
    let entry = contest.entry(name).or_insert_with(|| Table::new().into());
    let table = entry.as_table_mut();
    table.ok_or_else(|| RehearsalError::Contest(format!("{name} is no table")))
}

fn moment(contest: &Table, key: &str) -> Result<Timestamp, RehearsalError> {
    let text = contest.get(key).and_then(Value::as_str);
    let at = text.and_then(|text| text.parse().ok());
    at.ok_or_else(|| {
        RehearsalError::Contest(format!(
            "{key} is no moment; give one such as \"2026-08-01T10:00:00+09:00\""
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEST: &str = r#"
name = "Summer"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"
rule = "best"

[run]
load_seconds = 60
time_limit_seconds = 120

[[prize]]
title = "Ahead at noon"
best_at = "2026-08-01T12:00:00+09:00"

[environment]
teams = 3
workers = 2
[[environment.host]]
roles = ["app", "database"]
"#;

    fn plan() -> Plan {
        let length = Some(Duration::from_secs(800));
        Plan::new(&scope(CONTEST, length).expect("a scope"), 1)
    }

    fn begin() -> Timestamp {
        "2026-07-01T00:00:00Z".parse().expect("a moment")
    }

    #[test]
    fn all_moments_are_moved_and_the_rest_stays() {
        let (squeezed, schedule) = squeeze(CONTEST, &plan(), begin()).expect("a contest");

        let contest = parse(&squeezed).expect("a contest");
        let at = |key: &str| moment(&contest, key).expect("a moment").to_string();
        assert_eq!(at("starts_at"), "2026-07-01T00:00:00Z");
        assert_eq!(at("freezes_at"), "2026-07-01T00:10:00Z");
        assert_eq!(at("ends_at"), "2026-07-01T00:13:20Z");
        let prize = contest["prize"][0].as_table().expect("a prize");
        let noon = moment(prize, "best_at").expect("a moment").to_string();
        assert_eq!(noon, "2026-07-01T00:03:20Z");
        assert_eq!(contest["name"].as_str(), Some("Summer"));
        assert_eq!(schedule.ends_at - schedule.starts_at, 800_000);
        assert_eq!(schedule.rule, "best");
    }

    #[test]
    fn a_load_and_a_network_are_changed_when_that_is_wanted() {
        let load = Some(Duration::from_secs(600));
        let network = Some("10.9.0.0/16".parse().expect("a network"));

        let adapted = adapt(CONTEST, load, network).expect("a contest");

        let scope = scope(&adapted, None).expect("a scope");
        assert_eq!(scope.load, Duration::from_secs(600));
        let contest = parse(&adapted).expect("a contest");
        assert_eq!(contest["run"]["time_limit_seconds"].as_integer(), Some(840));
        let hosts = Inventory::parse(&adapted).expect("an inventory").hosts;
        assert_eq!(hosts[0].address.octets(), [10, 9, 0, 10]);
        let same = adapt(CONTEST, None, None).expect("a contest");
        assert_eq!(parse(&same).ok(), parse(CONTEST).ok());
    }

    #[test]
    fn what_is_no_contest_is_refused_with_a_reason() {
        let refused = |contest: &str| {
            let squeezed = squeeze(contest, &plan(), begin());
            squeezed.expect_err("a refusal").to_string()
        };

        assert!(refused("name = ").contains("cannot be rehearsed"));
        let soon = CONTEST.replace("2026-08-01T18:00:00+09:00", "soon");
        assert!(refused(&soon).contains("ends_at is no moment"));
        let scope = scope("name = \"Summer\"", None).expect_err("a refusal");
        assert!(scope.to_string().contains("[environment]"), "{scope}");
    }
}
