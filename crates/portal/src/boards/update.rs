//! What leads from one leaderboard to the next.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use serde::Serialize;

use super::sheet::{OfTeam, Sheet};

/// What a script needs to make the one of the other.
#[derive(Serialize)]
struct Update<'a> {
    from: &'a str,
    to: &'a str,
    /// Rows that are new or different, without their places.
    rows: BTreeMap<i64, &'a str>,
    /// Rows that are no longer there.
    gone: Vec<i64>,
    /// Taken out and put in again at these places, counted from 0, in this order.
    moves: Vec<(i64, usize)>,
    /// Lines of the graph; an empty one is no longer there.
    lines: BTreeMap<i64, &'a str>,
    /// What has other contents, by its id.
    parts: BTreeMap<&'static str, &'a str>,
}

/// As JSON; `None` when it is better to ask for the whole.
pub(super) fn update(from: &Sheet, to: &Sheet) -> Option<Bytes> {
    if from.crowd != to.crowd {
        return None;
    }
    let rows = different(&from.rows, &to.rows);
    let (moves, gone) = moves(&ids(&from.rows), &ids(&to.rows), &rows)?;
    let mut lines = BTreeMap::new();
    let mut parts = BTreeMap::new();
    let graph;
    match from.grid == to.grid {
        true => {
            lines = different(&from.lines, &to.lines);
            let left: HashSet<i64> = ids(&to.lines).into_iter().collect();
            let without = ids(&from.lines).into_iter();
            lines.extend(without.filter(|id| !left.contains(id)).map(|id| (id, "")));
        }
        // Another scale: all lines are others.
        false => {
            graph = to.graph();
            parts.insert("board-graph", &*graph);
        }
    }
    let texts = [
        ("board-notice", &from.notice, &to.notice),
        ("board-rule", &from.rule, &to.rule),
        ("board-prizes", &from.prizes, &to.prizes),
    ];
    let texts = texts.into_iter().filter(|(_, from, to)| from != to);
    parts.extend(texts.map(|(id, _, to)| (id, &**to)));
    let update = Update {
        from: &from.tag,
        to: &to.tag,
        rows,
        gone,
        moves,
        lines,
        parts,
    };
    serde_json::to_vec(&update).ok().map(Bytes::from)
}

fn ids(pieces: &[OfTeam]) -> Vec<i64> {
    pieces.iter().map(|(team, _)| *team).collect()
}

/// Pieces of the second that are not in the first.
fn different<'a>(from: &[OfTeam], to: &'a [OfTeam]) -> BTreeMap<i64, &'a str> {
    let from: HashMap<i64, &Arc<str>> = from.iter().map(|(team, html)| (*team, html)).collect();
    let is_known = |(team, html): &&OfTeam| {
        from.get(team)
            .is_some_and(|known| Arc::ptr_eq(known, html) || known == &html)
    };
    let different = to.iter().filter(|piece| !is_known(piece));
    different.map(|(team, html)| (*team, &**html)).collect()
}

type Moves = (Vec<(i64, usize)>, Vec<i64>);

/// Who moves where, and who is gone; whoever is not different keeps the order among the others.
fn moves(from: &[i64], to: &[i64], different: &BTreeMap<i64, &str>) -> Option<Moves> {
    let left: HashSet<i64> = to.iter().copied().collect();
    let gone: Vec<i64> = from
        .iter()
        .copied()
        .filter(|id| !left.contains(id))
        .collect();
    let stays = |id: &i64| left.contains(id) && !different.contains_key(id);
    let stayed = from.iter().filter(|id| stays(id));
    if !stayed.eq(to.iter().filter(|id| stays(id))) {
        return None;
    }
    if gone.is_empty() && from == to {
        return Some((Vec::new(), gone));
    }
    let places = to.iter().enumerate();
    let moves = places
        .filter(|(_, id)| !stays(id))
        .map(|(place, id)| (*id, place));
    Some((moves.collect(), gone))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does what the script does.
    fn moved(from: &[i64], to: &[i64], different: &[i64]) -> Option<Vec<i64>> {
        let different = different.iter().map(|id| (*id, "")).collect();
        let (moves, gone) = moves(from, to, &different)?;
        let is_taken = |id: &i64| gone.contains(id) || moves.iter().any(|(moved, _)| moved == id);
        let mut rows: Vec<i64> = from.iter().copied().filter(|id| !is_taken(id)).collect();
        for (id, place) in moves {
            rows.insert(place, id);
        }
        Some(rows)
    }

    #[test]
    fn moves_lead_from_one_order_to_the_other() {
        for (from, to, different) in [
            (vec![1, 2, 3], vec![1, 2, 3], vec![]),
            (vec![1, 2, 3], vec![1, 2, 3], vec![2]),
            (vec![1, 2, 3, 4], vec![4, 1, 2, 3], vec![4]),
            (vec![1, 2, 3, 4], vec![2, 3, 4, 1], vec![1]),
            (vec![1, 2, 3, 4], vec![4, 2, 3, 1], vec![1, 4]),
            (vec![1, 2, 3], vec![5, 1, 3, 4], vec![4, 5]),
            (vec![], vec![2, 1], vec![1, 2]),
            (vec![1, 2], vec![], vec![]),
        ] {
            assert_eq!(moved(&from, &to, &different), Some(to));
        }
    }

    #[test]
    fn an_order_that_changes_by_itself_is_asked_for() {
        assert_eq!(moved(&[1, 2, 3], &[2, 1, 3], &[3]), None);
    }
}
