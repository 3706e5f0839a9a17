//! Footprints: who looked at whom, and when.
//!
//! They come in bursts of four consecutive ones at the same owner, often by the same visitor,
//! so that one visitor leaves several on a day, and some on both sides of midnight. Bursts are
//! dealt out to owners by popularity and scattered over the years like entries.

use crate::Dataset;
use crate::calendar::{END, FIRST_ENTRY, Timeline};
use crate::draws::{Domain, Draws};
use crate::people::People;
use crate::permutation::Permutation;
use crate::shares::Shares;

/// How many footprints make a burst.
pub(crate) const BURST: u64 = 4;

/// A row of `footprints`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// Who was looked at.
    pub owner_id: u64,
    /// Who looked; never the owner.
    pub visitor_id: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// What footprints are computed from.
#[derive(Debug)]
pub(crate) struct Footprints {
    shares: Shares,
    order: Permutation,
    timeline: Timeline,
}

impl Footprints {
    pub(crate) fn new(seed: u64, count: u64, people: &People) -> Footprints {
        let bursts = count / BURST;
        let order = Draws::new(seed, Domain::FootprintOrder as u64, 0);
        Footprints {
            shares: Shares::new(bursts, &people.weights()),
            order: Permutation::new(bursts, order),
            timeline: Timeline::new(seed, Domain::FootprintTime, (FIRST_ENTRY, END), count),
        }
    }
}

impl Dataset {
    /// All footprints in the order of ids, which is the order of time.
    pub fn footprints(&self) -> impl Iterator<Item = Footprint> + '_ {
        let footprints = &self.tables.footprints;
        (0..self.counts().footprints / BURST).flat_map(|burst| {
            let slot = footprints.order.invert(burst);
            self.burst(burst, footprints.shares.person(slot) + 1)
        })
    }

    /// The footprints left at a person, oldest first; none for an unknown person.
    pub fn footprints_of(&self, owner_id: u64) -> Vec<Footprint> {
        if !self.has_person(owner_id) {
            return Vec::new();
        }
        let footprints = &self.tables.footprints;
        let slots = footprints.shares.slots(owner_id - 1);
        let mut bursts: Vec<u64> = slots.map(|slot| footprints.order.apply(slot)).collect();
        bursts.sort_unstable();
        bursts
            .into_iter()
            .flat_map(|burst| self.burst(burst, owner_id))
            .collect()
    }

    /// The footprints of a burst, counted from 0, at its owner.
    fn burst(&self, burst: u64, owner_id: u64) -> [Footprint; BURST as usize] {
        let mut draws = self.draws(Domain::FootprintVisitor, burst);
        let first_visitor = self.visitor(owner_id, &mut draws);
        std::array::from_fn(|place| {
            let id = burst * BURST + place as u64 + 1;
            let again = place == 0 || draws.chance(1, 2);
            Footprint {
                id,
                owner_id,
                visitor_id: if again {
                    first_visitor
                } else {
                    self.visitor(owner_id, &mut draws)
                },
                created_at: self.tables.footprints.timeline.moment(id),
            }
        })
    }

    /// A friend or, as often, anybody but the owner.
    fn visitor(&self, owner_id: u64, draws: &mut Draws) -> u64 {
        if draws.chance(1, 2) {
            return self.some_friend(owner_id, draws);
        }
        let stranger = draws.within(1..=self.counts().people - 1);
        if stranger < owner_id {
            stranger
        } else {
            stranger + 1
        }
    }
}
