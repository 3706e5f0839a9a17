//! What was asked of the initial data once, and will be asked again: whose friends somebody is, and
//! what stands in a diary.
//!
//! [`Dataset`] computes both on demand, but every home needs them of some dozens of people. A
//! friend takes 8 bytes here and an entry 16, of people who were asked for only.

use std::sync::OnceLock;

use isutori_dataset::{Dataset, Visibility};

use super::PersonKey;

/// What is remembered of all initial people.
pub(super) struct Memory {
    people: Box<[OfPerson]>,
}

#[derive(Default)]
struct OfPerson {
    friends: OnceLock<Box<[PersonKey]>>,
    diary: OnceLock<Box<[(u64, Visibility)]>>,
}

impl Memory {
    /// Nothing yet.
    pub(super) fn of(dataset: &Dataset) -> Memory {
        let people = (0..dataset.counts().people).map(|_| OfPerson::default());
        Memory {
            people: people.collect(),
        }
    }

    fn person(&self, person: PersonKey) -> Option<&OfPerson> {
        let place = usize::try_from(person.0.checked_sub(1)?).ok()?;
        self.people.get(place)
    }

    /// The initial friends of a person, by their ids; none of a newcomer.
    pub(super) fn friends(&self, dataset: &Dataset, person: PersonKey) -> &[PersonKey] {
        let remembered = self.person(person).map(|remembered| {
            remembered.friends.get_or_init(|| {
                let friends = dataset.friends_of(person.0).into_iter();
                friends.map(|friend| PersonKey(friend.person_id)).collect()
            })
        });
        remembered.map_or(&[], |friends| friends)
    }

    /// The initial entries of a person and who may see them, oldest first; none of a newcomer.
    pub(super) fn diary(&self, dataset: &Dataset, author: PersonKey) -> &[(u64, Visibility)] {
        let remembered = self.person(author).map(|remembered| {
            remembered.diary.get_or_init(|| {
                let entries = dataset.entries_of(author.0).into_iter();
                let headers = entries.filter_map(|id| dataset.entry_header(id));
                headers
                    .map(|header| (header.id, header.visibility))
                    .collect()
            })
        });
        remembered.map_or(&[], |diary| diary)
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;

    use super::*;

    #[test]
    fn what_is_remembered_is_what_the_data_says() {
        let dataset = Dataset::new(1, Size::Small);
        let memory = Memory::of(&dataset);
        for id in [1, 2, dataset.counts().people] {
            let person = PersonKey(id);
            for _ in 0..2 {
                let friends = memory.friends(&dataset, person).iter();
                let known: Vec<u64> = friends.map(|friend| friend.0).collect();
                let friends = dataset.friends_of(id).into_iter();
                assert_eq!(known, friends.map(|f| f.person_id).collect::<Vec<_>>());
                let diary = memory.diary(&dataset, person).iter();
                let known: Vec<u64> = diary.map(|(entry, _)| *entry).collect();
                assert_eq!(known, dataset.entries_of(id));
            }
        }
        for id in [0, dataset.counts().people + 1] {
            assert!(memory.friends(&dataset, PersonKey(id)).is_empty());
            assert!(memory.diary(&dataset, PersonKey(id)).is_empty());
        }
    }
}
