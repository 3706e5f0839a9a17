//! How often logins failed in a row.

use std::collections::HashMap;

use isutori_dataset::Dataset;

/// So many failures in a row lock a person.
const FAILURES_OF_PERSON: u32 = 3;
/// So many failures in a row ban an address.
const FAILURES_OF_ADDRESS: u32 = 10;

/// Failures since the last success, of people and of addresses.
#[derive(Clone, Default)]
pub(crate) struct Logins {
    people: HashMap<u64, u32>,
    addresses: HashMap<String, u32>,
}

impl Logins {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let mut logins = Logins::default();
        for login in dataset.logins() {
            logins.note(login.person_id, &login.address, login.succeeded);
        }
        logins
    }

    /// Somebody tried to log in.
    pub(crate) fn note(&mut self, person: Option<u64>, address: &str, succeeded: bool) {
        if let Some(person) = person {
            count(self.people.entry(person).or_default(), succeeded);
        }
        count(
            self.addresses.entry(address.to_owned()).or_default(),
            succeeded,
        );
    }

    pub(crate) fn is_locked(&self, person: u64) -> bool {
        let failures = self.people.get(&person);
        failures.is_some_and(|failures| *failures >= FAILURES_OF_PERSON)
    }

    pub(crate) fn is_banned(&self, address: &str) -> bool {
        let failures = self.addresses.get(address);
        failures.is_some_and(|failures| *failures >= FAILURES_OF_ADDRESS)
    }

    /// The ids of all who are locked.
    pub(crate) fn locked(&self) -> impl Iterator<Item = u64> {
        let all = self.people.iter();
        let locked = all.filter(|(_, failures)| **failures >= FAILURES_OF_PERSON);
        locked.map(|(person, _)| *person)
    }

    /// All addresses that are banned.
    pub(crate) fn banned(&self) -> impl Iterator<Item = &str> {
        let all = self.addresses.iter();
        let banned = all.filter(|(_, failures)| **failures >= FAILURES_OF_ADDRESS);
        banned.map(|(address, _)| address.as_str())
    }
}

fn count(failures: &mut u32, succeeded: bool) {
    *failures = if succeeded { 0 } else { *failures + 1 };
}
