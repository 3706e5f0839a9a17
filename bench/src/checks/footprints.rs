//! Footprints, on home and on their own page.

use std::collections::{BTreeMap, HashSet};

use isutori_engine::failure::Failure;

use super::{linked_person, moment::check_moment};
use crate::{
    model::{Certainty, Look, PersonKey, View},
    pages::ListedFootprint,
};

/// The footprints page shows so many.
pub const ALL: usize = 50;

/// One line for each visitor and day, newest last visit first; the initial
/// ones exactly, the fresh ones as far as they are certain.
///
/// # Errors
/// `footprint.unknown` (critical), `footprint.missing`, `footprint.day`,
/// `footprint.time`, `list.order`, `list.too-long` (wrong).
pub fn check_footprints(
    look: &Look<'_>,
    place: &str,
    shown: &[ListedFootprint],
    limit: usize,
    owner: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    check_lines(place, shown, limit)?;
    let initial = initial_lines(look, owner, view);
    let known: HashSet<&Line> = initial.iter().collect();
    let mut old = Vec::new();
    let mut fresh = HashSet::new();
    let visitors = look.fresh_visitors(owner, view);
    for footprint in shown {
        let visitor = linked_person(look, &footprint.visitor, view)?;
        let line = Line {
            time: footprint.time,
            visitor,
        };
        if known.contains(&line) {
            old.push(line);
            continue;
        }
        let name = &footprint.visitor.name;
        let Some(visits) = visitors.iter().find(|known| known.visitor == visitor) else {
            return Err(Failure::critical(
                "footprint.unknown",
                format!("{place}: {name} was not there at that time"),
            ));
        };
        // The newest day's line tells of the last visit, those of other days of earlier ones.
        let from = match fresh.insert(visitor) {
            true => visits.last,
            false => visits.first,
        };
        let what = format!("the last visit of {name} in {place}");
        check_moment(
            look,
            "footprint.time",
            &what,
            (from, view.finished),
            footprint.time,
        )?;
    }
    let mut certain = visitors
        .iter()
        .filter(|visitor| visitor.certainty == Certainty::Yes);
    let room = shown.len() < limit || !old.is_empty();
    if let Some(missing) = certain.find(|known| room && !fresh.contains(&known.visitor)) {
        let name = look.name(missing.visitor);
        return Err(Failure::wrong(
            "footprint.missing",
            format!("{place}: the visit of {name} is missing"),
        ));
    }
    let expected = (limit - (shown.len() - old.len())).min(initial.len());
    // Whoever is banned at this moment may leave a place empty.
    let leaving = visitors
        .iter()
        .filter(|known| look.is_here(known.visitor, view) == Certainty::Maybe);
    let least = expected.saturating_sub(leaving.count());
    if !(least..=expected).any(|length| old == initial[..length]) {
        return Err(Failure::wrong(
            "footprint.missing",
            format!("{place}: older footprints are missing or misplaced"),
        ));
    }
    Ok(())
}

/// What one line says: who, and when last on that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Line {
    time: i64,
    visitor: PersonKey,
}

fn check_lines(place: &str, shown: &[ListedFootprint], limit: usize) -> Result<(), Failure> {
    if shown.len() > limit {
        let count = shown.len();
        return Err(Failure::wrong(
            "list.too-long",
            format!("{place}: {count} are shown, at most {limit} belong there"),
        ));
    }
    if shown.windows(2).any(|pair| pair[0].time < pair[1].time) {
        return Err(Failure::wrong(
            "list.order",
            format!("{place}: not newest first"),
        ));
    }
    let mut seen = HashSet::new();
    for footprint in shown {
        let (name, day) = (&footprint.visitor.name, &footprint.day);
        if *day != day_of(footprint.time) {
            return Err(Failure::wrong(
                "footprint.day",
                format!("{place}: the visit of {name} was not on {day}"),
            ));
        }
        if !seen.insert((name, day)) {
            return Err(Failure::wrong(
                "footprint.twice",
                format!("{place}: {name} stands twice for {day}"),
            ));
        }
    }
    Ok(())
}

/// The initial footprints of those who are here, one for each visitor and day, newest first.
fn initial_lines(look: &Look<'_>, owner: PersonKey, view: &View) -> Vec<Line> {
    if owner.0 > look.dataset.counts().people {
        return Vec::new();
    }
    let mut last: BTreeMap<(i64, u64), i64> = BTreeMap::new();
    for footprint in look.dataset.footprints_of(owner.0) {
        if look.is_here(PersonKey(footprint.visitor_id), view) == Certainty::No {
            continue;
        }
        let day = footprint.created_at.div_euclid(DAY_MS);
        last.insert((day, footprint.visitor_id), footprint.created_at);
    }
    let mut lines: Vec<Line> = last
        .into_iter()
        .map(|((_, visitor), time)| Line {
            time,
            visitor: PersonKey(visitor),
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.time));
    lines
}

const DAY_MS: i64 = 86_400_000;

fn day_of(time: i64) -> String {
    jiff::Timestamp::from_millisecond(time).map_or_else(
        |_| String::new(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::PersonLink;

    fn footprint(name: &str, time: i64) -> ListedFootprint {
        let visitor = PersonLink {
            name: name.to_owned(),
            nickname: name.to_owned(),
        };
        ListedFootprint {
            day: day_of(time),
            visitor,
            time,
        }
    }

    #[test]
    fn lines_are_ordered_and_unique_by_day() {
        let day = 20_000 * DAY_MS;
        let code = |shown: &[ListedFootprint]| {
            check_lines("here", shown, 3)
                .err()
                .map(|failure| failure.code)
        };
        assert_eq!(code(&[footprint("b", day + 5), footprint("a", day)]), None);
        assert_eq!(code(&[footprint("a", day), footprint("a", day - 1)]), None);
        assert_eq!(
            code(&[footprint("a", day), footprint("b", day + 1)]).as_deref(),
            Some("list.order")
        );
        assert_eq!(
            code(&[footprint("a", day + 1), footprint("a", day)]).as_deref(),
            Some("footprint.twice")
        );
        let wrong_day = ListedFootprint {
            day: "2020-01-01".into(),
            ..footprint("a", day)
        };
        assert_eq!(code(&[wrong_day]).as_deref(), Some("footprint.day"));
    }
}
