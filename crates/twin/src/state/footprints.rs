//! Who came by.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use isutori_dataset::Dataset;

/// So many of a person's footprints are ever shown, and as many again, should some be taken away.
const KEPT: usize = 100;

const DAY_MS: i64 = 86_400_000;

/// The last visit of somebody on one UTC day.
#[derive(Clone, Copy)]
pub(crate) struct Footprint {
    /// Who came.
    pub(crate) visitor: u64,
    /// When, in milliseconds since 1970.
    pub(crate) time: i64,
}

impl Footprint {
    fn key(&self) -> (u64, i64) {
        (self.visitor, self.time.div_euclid(DAY_MS))
    }
}

/// The newest footprints left at each person, oldest of them first.
#[derive(Clone)]
pub(crate) struct Footprints {
    initial: Arc<[Vec<Footprint>]>,
    /// Of everybody who was looked at since.
    changed: HashMap<u64, Vec<Footprint>>,
    /// Whose footprints are not shown.
    hidden: HashSet<u64>,
}

impl Footprints {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let people = 1..=dataset.counts().people;
        Footprints {
            initial: people.map(|owner| initial_at(dataset, owner)).collect(),
            changed: HashMap::new(),
            hidden: HashSet::new(),
        }
    }

    /// The footprints left at a person, newest first.
    pub(crate) fn at(&self, owner: u64) -> impl Iterator<Item = &Footprint> {
        let changed = self.changed.get(&owner);
        let footprints = changed.or_else(|| self.initial.get(owner as usize - 1));
        let footprints = footprints.into_iter().flatten().rev();
        footprints.filter(|footprint| !self.hidden.contains(&footprint.visitor))
    }

    /// Takes away what somebody has left.
    pub(crate) fn hide(&mut self, visitor: u64) {
        self.hidden.insert(visitor);
    }

    /// Somebody looks at a person. Of one visitor on one day only this visit stays.
    pub(crate) fn leave(&mut self, owner: u64, footprint: Footprint) {
        self.changed_at(owner)
            .retain(|known| known.key() != footprint.key());
        self.add(owner, footprint);
    }

    /// The same, but the first visit of a day stays instead of the last.
    pub(crate) fn leave_first(&mut self, owner: u64, footprint: Footprint) {
        let known = self.changed_at(owner);
        if known.iter().all(|known| known.key() != footprint.key()) {
            self.add(owner, footprint);
        }
    }

    /// Adds a footprint, whichever there are.
    pub(crate) fn add(&mut self, owner: u64, footprint: Footprint) {
        let footprints = self.changed_at(owner);
        if footprints.len() == KEPT {
            footprints.remove(0);
        }
        footprints.push(footprint);
    }

    fn changed_at(&mut self, owner: u64) -> &mut Vec<Footprint> {
        let initial = self.initial.get(owner as usize - 1);
        self.changed
            .entry(owner)
            .or_insert_with(|| initial.cloned().unwrap_or_default())
    }
}

fn initial_at(dataset: &Dataset, owner: u64) -> Vec<Footprint> {
    let mut seen = HashSet::new();
    let all = dataset.footprints_of(owner).into_iter().rev();
    let mut newest: Vec<Footprint> = all
        .map(|footprint| Footprint {
            visitor: footprint.visitor_id,
            time: footprint.created_at,
        })
        .filter(|footprint| seen.insert(footprint.key()))
        .take(KEPT)
        .collect();
    newest.reverse();
    newest
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;

    use super::*;

    #[test]
    fn one_footprint_is_kept_for_each_visitor_and_day() {
        let mut footprints = Footprints::new(&Dataset::new(1, Size::Small));
        let owner = 501;
        for (visitor, time) in [(1, 10), (2, 20), (1, DAY_MS - 1), (1, DAY_MS)] {
            footprints.leave(owner, Footprint { visitor, time });
        }

        let times: Vec<i64> = footprints.at(owner).map(|kept| kept.time).collect();
        assert_eq!(times, [DAY_MS, DAY_MS - 1, 20]);
    }

    #[test]
    fn the_newest_hundred_are_kept() {
        let mut footprints = Footprints::new(&Dataset::new(1, Size::Small));
        for visitor in 2..200 {
            let time = i64::MAX - 200 + visitor as i64;
            footprints.leave(1, Footprint { visitor, time });
        }

        let visitors: Vec<u64> = footprints.at(1).map(|kept| kept.visitor).collect();
        assert_eq!(visitors, (100..200).rev().collect::<Vec<u64>>());
    }
}
