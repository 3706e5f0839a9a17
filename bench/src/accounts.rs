//! The accounts of the initial data, dealt to those who come with one.

use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use isutori_dataset::Dataset;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::model::{HOME_WINDOW, PersonKey};

/// What a person's home costs a site depends on how much friends write: by far
/// the most of all that one account differs from another in. So accounts are
/// dealt in hands of so many, one from each class: chance decides who comes,
/// and nearly nothing of how much there is for them to see.
const CLASSES: usize = 16;

/// Accounts that nobody uses at the moment.
pub(crate) struct Accounts(Mutex<VecDeque<PersonKey>>);

impl Accounts {
    /// All accounts of the data that are good for something, in an order by the run's seed.
    pub(crate) fn shuffled(
        dataset: &Dataset,
        seed: u64,
        is_usable: impl Fn(PersonKey) -> bool,
    ) -> Self {
        let mut luck = ChaCha8Rng::seed_from_u64(seed);
        let mut people = by_news(dataset);
        people.retain(|person| is_usable(*person));
        let start = |class: usize| class * people.len() / CLASSES;
        let mut classes: Vec<Vec<PersonKey>> = (0..CLASSES)
            .map(|class| people[start(class)..start(class + 1)].to_vec())
            .collect();
        classes
            .iter_mut()
            .for_each(|class| class.shuffle(&mut luck));
        let hands = (0..people.len().div_ceil(CLASSES)).flat_map(|number| {
            let one_of_each = classes.iter().filter_map(|class| class.get(number));
            let mut hand: Vec<PersonKey> = one_of_each.copied().collect();
            hand.shuffle(&mut luck);
            hand
        });
        Accounts(Mutex::new(hands.collect()))
    }

    /// These accounts and no others.
    pub(crate) fn only(free: impl IntoIterator<Item = PersonKey>) -> Self {
        Accounts(Mutex::new(free.into_iter().collect()))
    }

    /// An account that nobody uses at the moment.
    pub(crate) fn take(&self) -> Option<PersonKey> {
        self.lock().pop_front()
    }

    /// Gives an account back, to be used by the next visitor but many.
    pub(crate) fn give_back(&self, account: PersonKey) {
        self.lock().push_back(account);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<PersonKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All people, those first whose friends have written the most lately.
fn by_news(dataset: &Dataset) -> Vec<PersonKey> {
    let counts = dataset.counts();
    let newest = |all: u64| all.saturating_sub(HOME_WINDOW) + 1..=all;
    let entries = newest(counts.entries).filter_map(|id| dataset.entry_header(id));
    let comments = newest(counts.comments).filter_map(|id| dataset.comment_header(id));
    let authors = entries
        .map(|entry| entry.person_id)
        .chain(comments.map(|comment| comment.person_id));
    let mut news: HashMap<u64, u64> = HashMap::new();
    for author in authors {
        for friend in dataset.friends_of(author) {
            *news.entry(friend.person_id).or_default() += 1;
        }
    }
    let mut people: Vec<u64> = (1..=counts.people).collect();
    people.sort_by_key(|person| Reverse(news.get(person).copied()));
    people.into_iter().map(PersonKey).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use isutori_dataset::Size;

    use super::*;

    fn dealt(seed: u64) -> Vec<PersonKey> {
        let accounts = Accounts::shuffled(&Dataset::new(1, Size::Small), seed, |_| true);
        std::iter::from_fn(|| accounts.take()).collect()
    }

    #[test]
    fn everybody_is_dealt_once_in_an_order_by_the_seed() {
        let (first, second) = (dealt(1), dealt(2));
        let everybody = Dataset::new(1, Size::Small).counts().people as usize;
        assert_eq!(first.len(), everybody);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), everybody);
        assert_eq!(first, dealt(1));
        assert_ne!(first, second);
        let alike = first.iter().zip(&second).filter(|(a, b)| a == b);
        assert!(alike.count() < everybody / 20, "the order is nearly fixed");
    }

    #[test]
    fn what_is_not_usable_is_not_dealt() {
        let dataset = Dataset::new(1, Size::Small);
        let accounts = Accounts::shuffled(&dataset, 1, |person| person.0 % 2 == 0);
        let dealt: Vec<PersonKey> = std::iter::from_fn(|| accounts.take()).collect();
        assert_eq!(dealt.len() as u64, dataset.counts().people / 2);
        assert!(dealt.iter().all(|person| person.0 % 2 == 0));
    }

    #[test]
    fn every_hand_has_its_share_of_those_with_much_to_see() {
        let people = by_news(&Dataset::new(1, Size::Small));
        let (much, _) = people.split_at(people.len() / 4);
        for seed in 0..10 {
            for hand in dealt(seed).chunks_exact(CLASSES) {
                let count = hand.iter().filter(|person| much.contains(person)).count();
                assert!(count.abs_diff(CLASSES / 4) <= 1, "{hand:?}");
            }
        }
    }

    #[test]
    fn whose_friends_write_the_most_come_first() {
        let dataset = Dataset::new(1, Size::Small);
        let people = by_news(&dataset);
        let friends = |people: &[PersonKey]| {
            let counts = people
                .iter()
                .map(|person| dataset.friends_of(person.0).len());
            counts.sum::<usize>()
        };
        assert!(friends(&people[..50]) > 4 * friends(&people[450..]));
    }
}
