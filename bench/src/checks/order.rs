//! Lists that show the newest first and stop at a limit.

use std::{cmp::Ordering, collections::HashSet};

use isutori_engine::failure::Failure;

use crate::model::{Age, Certainty, Item};

/// One element of a list, as shown and as recognised.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Its id.
    pub id: u64,
    /// The time shown, milliseconds since 1970.
    pub time: i64,
    /// When it was made.
    pub age: Age,
}

/// Newest first by (time, id), nothing twice.
///
/// # Errors
/// `list.order`, class wrong.
pub fn check_newest_first(place: &str, shown: &[Shown]) -> Result<(), Failure> {
    for pair in shown.windows(2) {
        if (pair[0].time, pair[0].id) <= (pair[1].time, pair[1].id) {
            let (first, second) = (pair[0].id, pair[1].id);
            return Err(Failure::wrong(
                "list.order",
                format!("{place}: {first} stands before {second}, not newest first"),
            ));
        }
    }
    Ok(())
}

/// A list of at most `limit` that is newest first and leaves nothing out.
/// That nothing is shown that should not be is for the caller to check.
///
/// # Errors
/// `list.order`, `list.too-long` or `list.missing`, class wrong.
pub fn check_newest(
    place: &str,
    shown: &[Shown],
    limit: usize,
    items: &[Item],
) -> Result<(), Failure> {
    check_newest_first(place, shown)?;
    if shown.len() > limit {
        let count = shown.len();
        return Err(Failure::wrong(
            "list.too-long",
            format!("{place}: {count} are shown, at most {limit} belong there"),
        ));
    }
    let ids: HashSet<u64> = shown.iter().map(|shown| shown.id).collect();
    // What is taken away at this moment may leave its place empty.
    let leaves_a_gap = |item: &Item| item.leaving && !item.id.is_some_and(|id| ids.contains(&id));
    let gaps = items.iter().filter(|item| leaves_a_gap(item)).count();
    let stops_early = shown.len() + gaps < limit;
    let newer_than_last = |item: &Item| match shown.last() {
        Some(last) => item.age.certainly_cmp(last.age) == Some(Ordering::Greater),
        None => false,
    };
    let missing = items.iter().find(|item| {
        item.certainty == Certainty::Yes
            && !item.id.is_some_and(|id| ids.contains(&id))
            && ((stops_early && item.in_window) || newer_than_last(item))
    });
    match missing {
        None => Ok(()),
        Some(item) => {
            let id = item.id.map_or("a new one".to_owned(), |id| id.to_string());
            Err(Failure::wrong(
                "list.missing",
                format!("{place}: {id} is missing"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::model::{PersonKey, Write};

    fn initial(id: u64) -> Item {
        Item {
            id: Some(id),
            age: Age::Initial(id),
            certainty: Certainty::Yes,
            in_window: true,
            leaving: false,
        }
    }

    fn fresh(id: u64, certainty: Certainty) -> Item {
        let sent = Instant::now() + Duration::from_secs(id);
        let acknowledged = (certainty == Certainty::Yes).then_some(sent);
        let age = Age::Fresh(Write {
            by: PersonKey(1),
            sent,
            acknowledged,
        });
        Item {
            id: Some(id),
            age,
            certainty,
            in_window: true,
            leaving: false,
        }
    }

    fn code(shown: &[Item], limit: usize, items: &[Item]) -> Option<String> {
        let shown: Vec<Shown> = shown
            .iter()
            .map(|item| Shown {
                id: item.id.expect("an id"),
                time: 0,
                age: item.age,
            })
            .collect();
        check_newest("here", &shown, limit, items)
            .err()
            .map(|failure| failure.code)
    }

    #[test]
    fn exact_lists_pass_and_gaps_do_not() {
        let all = [initial(3), initial(2), initial(1)];
        assert_eq!(code(&all, 5, &all), None);
        assert_eq!(code(&all[..2], 2, &all), None);
        assert_eq!(code(&all[..2], 5, &all).as_deref(), Some("list.missing"));
        assert_eq!(
            code(&[initial(3), initial(1)], 2, &all).as_deref(),
            Some("list.missing")
        );
        assert_eq!(
            code(&[initial(2), initial(3)], 2, &all).as_deref(),
            Some("list.order")
        );
        assert_eq!(
            code(&[initial(3), initial(3)], 2, &all).as_deref(),
            Some("list.order")
        );
        assert_eq!(code(&all, 2, &all).as_deref(), Some("list.too-long"));
        assert_eq!(code(&[], 2, &all).as_deref(), Some("list.missing"));
    }

    #[test]
    fn fresh_items_are_needed_only_when_certain() {
        let maybe = [fresh(9, Certainty::Maybe), initial(3), initial(2)];
        assert_eq!(code(&maybe, 3, &maybe), None);
        assert_eq!(code(&maybe[1..], 2, &maybe), None);
        let certain = [fresh(9, Certainty::Yes), initial(3), initial(2)];
        assert_eq!(
            code(&certain[1..], 2, &certain).as_deref(),
            Some("list.missing")
        );
    }

    #[test]
    fn what_is_taken_away_at_this_moment_may_leave_its_place_empty() {
        let leaving = Item {
            certainty: Certainty::Maybe,
            leaving: true,
            ..initial(4)
        };
        let all = [leaving, initial(3), initial(2), initial(1)];
        assert_eq!(code(&all[..3], 3, &all), None);
        assert_eq!(code(&all[1..], 3, &all), None);
        assert_eq!(code(&all[1..3], 3, &all), None);
        assert_eq!(code(&all[1..2], 3, &all).as_deref(), Some("list.missing"));
    }

    #[test]
    fn outside_the_window_a_list_may_stop_but_not_skip() {
        let old = |id| Item {
            in_window: false,
            ..initial(id)
        };
        let items = [old(3), old(2), old(1)];
        assert_eq!(code(&items[..1], 5, &items), None);
        assert_eq!(
            code(&[old(3), old(1)], 5, &items).as_deref(),
            Some("list.missing")
        );
    }
}
