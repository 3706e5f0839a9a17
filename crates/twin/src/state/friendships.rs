//! Who is whose friend.

use std::collections::HashSet;

use isutori_dataset::{Dataset, Friend};

use super::index::Index;

/// Friendships, from both sides.
#[derive(Clone)]
pub(crate) struct Friendships {
    of: Index<Friend>,
    /// Who is nobody's friend any more.
    hidden: HashSet<u64>,
}

impl Friendships {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let people = dataset.counts().people;
        let friends = (1..=people).flat_map(|person| {
            let mut friends = dataset.friends_of(person);
            friends.sort_by_key(|friend| friend.since);
            friends.into_iter().map(move |friend| (person, friend))
        });
        Friendships {
            of: Index::new(people, friends),
            hidden: HashSet::new(),
        }
    }

    /// A person's friends, newest friendship first.
    pub(crate) fn of(&self, person: u64) -> impl Iterator<Item = &Friend> {
        let friends = self.of.newest(person);
        friends.filter(|friend| self.hidden.is_empty() || !self.hidden.contains(&friend.person_id))
    }

    /// How many friends a person has.
    pub(crate) fn count(&self, person: u64) -> usize {
        match self.hidden.is_empty() {
            true => self.of.count(person),
            false => self.of(person).count(),
        }
    }

    /// How many friends a person ever had.
    pub(crate) fn count_ever(&self, person: u64) -> usize {
        self.of.count(person)
    }

    /// From now on this person is nobody's friend.
    pub(crate) fn hide(&mut self, person: u64) {
        self.hidden.insert(person);
    }

    /// Whether two people are friends.
    pub(crate) fn are_friends(&self, one: u64, another: u64) -> bool {
        self.of(one).any(|friend| friend.person_id == another)
    }

    /// The same, and nobody hidden.
    pub(crate) fn with_everybody(self) -> Self {
        Friendships {
            hidden: HashSet::new(),
            ..self
        }
    }

    /// Of each of `people` people, counted from 1, whether they are friends of this one: for
    /// those who ask often.
    pub(crate) fn circle(&self, person: u64, people: usize) -> Vec<bool> {
        let mut circle = vec![false; people + 1];
        for friend in self.of(person) {
            circle[friend.person_id as usize] = true;
        }
        circle
    }

    /// From now on `another` is a friend of `one`, but not the other way round.
    pub(crate) fn add_one_way(&mut self, one: u64, another: u64, since: i64) {
        let friend = Friend {
            person_id: another,
            since,
        };
        self.of.push(one, friend);
    }
}
