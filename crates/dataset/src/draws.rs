//! Deterministic draws: integers keyed by a seed, a domain and an id.

use std::ops::RangeInclusive;

/// The increment of the SplitMix64 generator, an odd number without visible pattern.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of SplitMix64: a bijection in which every input bit moves every output bit.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Maps a uniformly drawn `value` to `0..bound`.
pub(crate) fn scale(value: u64, bound: u64) -> u64 {
    ((u128::from(value) * u128::from(bound)) >> 64) as u64
}

/// What a stream of draws decides. Each has its own domain so that streams never coincide.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Domain {
    Popularity = 1,
    PersonName,
    Person,
    PersonTime,
    Introduction,
    EntryOrder,
    EntryWeight,
    EntryTime,
    EntryVisibility,
    EntryTitle,
    EntryBody,
    CommentSkew,
    CommentEntry,
    CommentTime,
    CommentPerson,
    CommentBody,
    FriendRound,
    FriendTimeOrder,
    FriendTime,
    FootprintOrder,
    FootprintTime,
    FootprintVisitor,
    Login,
    LoginTime,
    Victim,
    AttackOrder,
    Photo,
    Icon,
    EntryPhoto,
    PersonIcon,
    Subscriptions,
}

/// A stream of deterministic draws.
///
/// The stream depends on the three numbers given to [`Draws::new`] alone, on every machine and
/// in every version of the compiler. It is meant for test data, not for secrets.
#[derive(Debug, Clone)]
pub struct Draws {
    state: u64,
}

impl Draws {
    /// Domains below this number belong to the tables of the data; a caller who wants streams
    /// of its own takes domains from here upwards.
    pub const FIRST_FREE_DOMAIN: u64 = 1000;

    /// The stream of `id` in `domain`.
    pub fn new(seed: u64, domain: u64, id: u64) -> Draws {
        let key = mix(seed.wrapping_add(GOLDEN));
        let key = mix(key.wrapping_add(domain.wrapping_mul(GOLDEN)));
        Draws {
            state: mix(key ^ id.wrapping_mul(GOLDEN)),
        }
    }

    /// The next 64 uniformly distributed bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// A number in `0..bound`, or 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        scale(self.next_u64(), bound)
    }

    /// A number within `range`, both ends included.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// True in `hits` of `of` cases.
    pub fn chance(&mut self, hits: u64, of: u64) -> bool {
        self.below(of) < hits
    }

    /// One of `items`, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len() as u64) as usize]
    }

    /// Brings `items` into a drawn order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let chosen = self.below(last as u64 + 1) as usize;
            items.swap(last, chosen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_domain_and_id() {
        let first = |seed, domain, id| Draws::new(seed, domain, id).next_u64();
        let all = [
            first(1, 1, 1),
            first(2, 1, 1),
            first(1, 2, 1),
            first(1, 1, 2),
        ];
        let distinct: std::collections::HashSet<_> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn the_stream_never_changes() {
        let mut draws = Draws::new(1, 2, 3);
        assert_eq!(
            [draws.next_u64(), draws.below(1000)],
            [4_373_803_627_796_773_340, 380]
        );
    }

    #[test]
    fn shuffle_keeps_all_items() {
        let mut items: Vec<u32> = (0..16).collect();
        Draws::new(7, 7, 7).shuffle(&mut items);
        assert_ne!(items, (0..16).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..16).collect::<Vec<_>>());
    }

    #[test]
    fn within_reaches_both_ends() {
        let mut draws = Draws::new(1, 1, 1);
        let seen: std::collections::BTreeSet<u64> = (0..200).map(|_| draws.within(3..=6)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
    }
}
