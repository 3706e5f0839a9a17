//! Who is whose friend.

use std::collections::HashMap;

use super::{Certainty, Look, PersonKey, View, Write, change::Change};

/// Friendships made during the run, from both sides.
#[derive(Default)]
pub(super) struct Friendships {
    of: HashMap<PersonKey, HashMap<PersonKey, Write>>,
}

impl Look<'_> {
    /// Whether two people are friends.
    pub fn are_friends(&self, a: PersonKey, b: PersonKey, view: &View) -> Certainty {
        if self.initially_friends(a, b) {
            return Certainty::Yes;
        }
        let fresh = self
            .state
            .friendships
            .of
            .get(&a)
            .and_then(|friends| friends.get(&b));
        fresh.map_or(Certainty::No, |write| write.seen(view))
    }

    /// The friendship that two people made during the run.
    pub fn fresh_friendship(&self, a: PersonKey, b: PersonKey) -> Option<Write> {
        self.state.friendships.of.get(&a)?.get(&b).copied()
    }

    /// Everybody who is or may be a friend of a person.
    pub fn friends_of(&self, person: PersonKey, view: &View) -> Vec<(PersonKey, Certainty)> {
        let initial = self
            .initial_friends(person)
            .iter()
            .map(|friend| (*friend, Certainty::Yes));
        let fresh = self.state.friendships.of.get(&person).into_iter().flatten();
        let fresh = fresh.map(|(friend, write)| (*friend, write.seen(view)));
        initial
            .chain(fresh)
            .map(|(friend, certainty)| (friend, certainty.and(self.is_here(friend, view))))
            .filter(|(_, certainty)| *certainty != Certainty::No)
            .collect()
    }

    /// Begins a friendship. One that exists already changes nothing.
    pub fn begin_friendship(&mut self, by: PersonKey, other: PersonKey) {
        if self.initially_friends(by, other) {
            return;
        }
        let with = other;
        let sent = self.note(&Change::FriendshipSent { by, with });
        let write = Write::begin(by, sent);
        let friendships = &mut self.state.friendships.of;
        friendships
            .entry(by)
            .or_default()
            .entry(other)
            .or_insert(write);
        friendships
            .entry(other)
            .or_default()
            .entry(by)
            .or_insert(write);
    }

    /// The site acknowledged the friendship.
    pub fn acknowledge_friendship(&mut self, by: PersonKey, other: PersonKey) {
        let with = other;
        let now = self.note(&Change::FriendshipAcknowledged { by, with });
        for (one, another) in [(by, other), (other, by)] {
            let write = self
                .state
                .friendships
                .of
                .get_mut(&one)
                .and_then(|friends| friends.get_mut(&another));
            if let Some(write) = write {
                write.acknowledged.get_or_insert(now);
            }
        }
        self.state.news.tell_friendship(by, other);
    }

    /// Fresh friendships that were acknowledged, each once.
    pub fn acknowledged_friendships(&self) -> Vec<(PersonKey, PersonKey)> {
        let all = self.state.friendships.of.iter();
        let mut pairs: Vec<_> = all
            .flat_map(|(one, friends)| {
                friends
                    .iter()
                    .map(|(another, write)| (*one, *another, write))
            })
            .filter(|(one, another, write)| one < another && write.acknowledged.is_some())
            .filter(|(one, another, _)| self.are_left(&[*one, *another]))
            .map(|(one, another, _)| (one, another))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    fn are_left(&self, people: &[PersonKey]) -> bool {
        let now = View::now(None);
        let is_left = |person: &PersonKey| self.is_here(*person, &now) == Certainty::Yes;
        people.iter().all(is_left)
    }

    fn initial_friends(&self, person: PersonKey) -> &[PersonKey] {
        self.memory.friends(self.dataset, person)
    }

    fn initially_friends(&self, a: PersonKey, b: PersonKey) -> bool {
        self.initial_friends(a).binary_search(&b).is_ok()
    }
}
