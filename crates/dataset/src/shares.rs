//! A number of rows dealt out to people by weight.

use std::ops::Range;

/// How many of `total` slots each person has, as prefix sums: person `p` (counted from 0) has
/// the slots `starts[p]..starts[p + 1]`.
#[derive(Debug)]
pub(crate) struct Shares {
    starts: Vec<u64>,
}

impl Shares {
    /// Deals `total` slots out in proportion to `weights`, rounded so that none is lost.
    pub(crate) fn new(total: u64, weights: &[u64]) -> Shares {
        let sum: u64 = weights.iter().sum();
        let mut so_far = 0;
        let mut starts = vec![0];
        for weight in weights {
            so_far += weight;
            starts.push((u128::from(so_far) * u128::from(total) / u128::from(sum)) as u64);
        }
        Shares { starts }
    }

    /// Which person has `slot`.
    pub(crate) fn person(&self, slot: u64) -> u64 {
        self.starts.partition_point(|&start| start <= slot) as u64 - 1
    }

    /// The slots of a person counted from 0.
    pub(crate) fn slots(&self, person: u64) -> Range<u64> {
        self.starts[person as usize]..self.starts[person as usize + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_belongs_to_the_person_that_has_it() {
        let shares = Shares::new(100, &[0, 5, 0, 1, 9, 0]);
        for slot in 0..100 {
            assert!(shares.slots(shares.person(slot)).contains(&slot));
        }
        assert_eq!(shares.slots(0), 0..0);
        assert_eq!(shares.slots(5), 100..100);
        assert_eq!(shares.slots(4).count(), 60);
    }
}
