//! Who has an account.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use isutori_dataset::{Dataset, Person};

/// Everybody, found by id or by name.
#[derive(Clone)]
pub(crate) struct People {
    initial: Arc<[Person]>,
    initial_names: Arc<HashMap<String, u64>>,
    /// Who signed up, or whose profile was edited.
    changed: HashMap<u64, Person>,
    fresh_names: HashMap<String, u64>,
    /// How many people signed up.
    fresh: usize,
    banned: HashSet<u64>,
}

/// What can be edited.
pub(crate) struct Profile {
    pub(crate) nickname: String,
    pub(crate) introduction: String,
    pub(crate) birthday: String,
}

impl People {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let initial: Arc<[Person]> = dataset.people().collect();
        let names = initial
            .iter()
            .map(|person| (person.name.clone(), person.id));
        People {
            initial_names: Arc::new(names.collect()),
            initial,
            changed: HashMap::new(),
            fresh_names: HashMap::new(),
            fresh: 0,
            banned: HashSet::new(),
        }
    }

    /// How many people there are, which is the last id.
    pub(crate) fn len(&self) -> usize {
        self.initial.len() + self.fresh
    }

    /// The person with this id, which is one of this table.
    pub(crate) fn get(&self, id: u64) -> &Person {
        let changed = self.changed.get(&id);
        changed.unwrap_or_else(|| &self.initial[id as usize - 1])
    }

    /// Takes somebody away; only the name stays taken.
    pub(crate) fn ban(&mut self, id: u64) {
        self.banned.insert(id);
    }

    /// Takes away whoever is away there.
    pub(crate) fn ban_as(&mut self, other: &People) {
        self.banned.extend(&other.banned);
    }

    /// The id of the person with this name.
    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        let id = self.id_ever(name);
        id.filter(|id| !self.banned.contains(id))
    }

    /// The id of the person who ever took this name.
    pub(crate) fn id_ever(&self, name: &str) -> Option<u64> {
        let id = self.initial_names.get(name);
        id.or_else(|| self.fresh_names.get(name)).copied()
    }

    /// Adds somebody, whose name is free.
    pub(crate) fn sign_up(
        &mut self,
        name: String,
        nickname: String,
        password: String,
        now: i64,
    ) -> u64 {
        self.fresh += 1;
        let id = self.len() as u64;
        self.fresh_names.insert(name.clone(), id);
        let person = Person {
            id,
            name,
            nickname,
            password,
            password_salt: String::new(),
            introduction: String::new(),
            birthday: String::new(),
            created_at: now,
        };
        self.changed.insert(id, person);
        id
    }

    /// Changes a profile.
    pub(crate) fn edit(&mut self, id: u64, profile: Profile) {
        let before = self.get(id).clone();
        let after = Person {
            nickname: profile.nickname,
            introduction: profile.introduction,
            birthday: profile.birthday,
            ..before
        };
        self.changed.insert(id, after);
    }
}
