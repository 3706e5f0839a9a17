//! Friendships, made in rounds of pairing.
//!
//! In each round the most popular people are paired by a keyed permutation: whoever stands at
//! an even place becomes a friend of the next. The first rounds take everybody, later ones fewer
//! and fewer, so that everybody has friends and a few have very many. A pair may meet again in
//! a later round; only the first time counts. Who met whom in a round can be computed for one
//! person alone, which is how friends are found without a table.

use std::collections::HashSet;

use crate::Dataset;
use crate::calendar::{END, FIRST_ENTRY, Timeline};
use crate::draws::{Domain, Draws};
use crate::people::popularity;
use crate::permutation::Permutation;

/// How many rounds there are: an upper bound of the number of anybody's friends.
const ROUNDS: u64 = 200;
/// How many rounds take everybody: a lower bound, but for pairs that meet again.
const ROUNDS_FOR_ALL: u64 = 4;
/// After this many further rounds, half of the people take part.
const HALVING: u64 = 9;

/// A friend as seen from one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Friend {
    /// Who is the friend.
    pub person_id: u64,
    /// Since when, in milliseconds since 1970-01-01 UTC; no two friendships began together.
    pub since: i64,
}

/// A row of `friendships`. Rows are numbered in the order of (`one`, `another`), which is not
/// the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Friendship {
    /// From 1 upwards.
    pub id: u64,
    /// The friend with the smaller id.
    pub one: u64,
    /// The friend with the larger id.
    pub another: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// What friendships are computed from.
#[derive(Debug)]
pub(crate) struct Friendships {
    popularity: Permutation,
    rounds: Vec<Round>,
    /// Scatters the pairs of all rounds over the timeline.
    time_order: Permutation,
    timeline: Timeline,
}

/// One round of pairing.
#[derive(Debug)]
struct Round {
    /// The ranks below this number take part; an even number.
    people: u64,
    /// From ranks to places; places 0 and 1 meet, 2 and 3 meet, and so on.
    places: Permutation,
    /// How many pairs were made in earlier rounds.
    pairs_before: u64,
}

impl Round {
    /// Whom the person of this rank meets, and the number of that pair among all rounds'.
    fn meet(&self, rank: u64) -> (u64, u64) {
        let place = self.places.apply(rank);
        (self.places.invert(place ^ 1), self.pairs_before + place / 2)
    }
}

impl Friendships {
    pub(crate) fn new(seed: u64, people: u64) -> Friendships {
        let mut pairs = 0;
        let rounds: Vec<Round> = (0..ROUNDS)
            .map(|round| {
                let later = round.saturating_sub(ROUNDS_FOR_ALL);
                let people = (people * HALVING / (HALVING + later)) & !1;
                let round = Round {
                    people,
                    places: Permutation::new(
                        people,
                        Draws::new(seed, Domain::FriendRound as u64, round),
                    ),
                    pairs_before: pairs,
                };
                pairs += people / 2;
                round
            })
            .collect();
        Friendships {
            popularity: popularity(seed, people),
            rounds,
            time_order: Permutation::new(
                pairs,
                Draws::new(seed, Domain::FriendTimeOrder as u64, 0),
            ),
            timeline: Timeline::new(seed, Domain::FriendTime, (FIRST_ENTRY, END), pairs),
        }
    }

    /// The rounds in which a rank takes part. They are a prefix, since rounds only shrink.
    fn rounds_of(&self, rank: u64) -> &[Round] {
        let end = self.rounds.partition_point(|round| rank < round.people);
        &self.rounds[..end]
    }

    fn rank(&self, person_id: u64) -> u64 {
        self.popularity.apply(person_id - 1)
    }

    fn person(&self, rank: u64) -> u64 {
        self.popularity.invert(rank) + 1
    }

    fn moment(&self, pair: u64) -> i64 {
        self.timeline.moment(self.time_order.apply(pair) + 1)
    }
}

impl Dataset {
    /// The friends of a person, in the order of their ids; none for an unknown person.
    pub fn friends_of(&self, person_id: u64) -> Vec<Friend> {
        if !self.has_person(person_id) {
            return Vec::new();
        }
        let friendships = &self.tables.friendships;
        let rank = friendships.rank(person_id);
        let mut met = HashSet::new();
        let mut friends: Vec<Friend> = friendships
            .rounds_of(rank)
            .iter()
            .map(|round| round.meet(rank))
            .filter(|&(friend, _)| met.insert(friend))
            .map(|(friend, pair)| Friend {
                person_id: friendships.person(friend),
                since: friendships.moment(pair),
            })
            .collect();
        friends.sort_unstable_by_key(|friend| friend.person_id);
        friends
    }

    /// Whether two people are friends; false for unknown people and for a person alone.
    pub fn are_friends(&self, a: u64, b: u64) -> bool {
        if a == b || !self.has_person(a) || !self.has_person(b) {
            return false;
        }
        let friendships = &self.tables.friendships;
        let (a, b) = (friendships.rank(a), friendships.rank(b));
        let (popular, other) = (a.min(b), a.max(b));
        let mut rounds = friendships.rounds_of(other).iter();
        rounds.any(|round| round.meet(other).0 == popular)
    }

    /// All friendships in the order of (`one`, `another`), numbered from 1.
    pub fn friendships(&self) -> impl Iterator<Item = Friendship> + '_ {
        (1..=self.counts().people)
            .flat_map(|one| {
                let later = move |friend: &Friend| friend.person_id > one;
                self.friends_of(one)
                    .into_iter()
                    .filter(later)
                    .map(move |friend| (one, friend))
            })
            .zip(1..)
            .map(|((one, friend), id)| Friendship {
                id,
                one,
                another: friend.person_id,
                created_at: friend.since,
            })
    }

    /// How many friendships there are. The first call counts them, which takes a moment.
    pub fn friendship_count(&self) -> u64 {
        *self
            .tables
            .friendship_count
            .get_or_init(|| self.friendships().count() as u64)
    }

    /// A drawn friend of a person: everybody takes part in some round.
    pub(crate) fn some_friend(&self, person_id: u64, draws: &mut Draws) -> u64 {
        let friendships = &self.tables.friendships;
        let rank = friendships.rank(person_id);
        let rounds = friendships.rounds_of(rank);
        let round = &rounds[draws.below(rounds.len() as u64) as usize];
        friendships.person(round.meet(rank).0)
    }
}
