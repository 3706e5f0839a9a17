//! People: accounts, names, passwords, and how popular each person is.

mod names;

use jiff::ToSpan;
use jiff::civil::date;
use sha2::{Digest, Sha512};

use crate::Dataset;
use crate::calendar::{FIRST_ENTRY, FIRST_SIGNUP, Timeline};
use crate::draws::{Domain, Draws};
use crate::permutation::Permutation;
use crate::text::Language;
use names::Names;

/// What a password is made of. The look-alikes 0, 1, O, I and l are left out.
const PASSWORD_LETTERS: &[u8] =
    b"23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ!#$%+-=?@";

/// A row of `people`, with the password that its hash is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// From 1 upwards, in the order of sign-up.
    pub id: u64,
    /// The unique account name.
    pub name: String,
    /// The name shown to others; several people may share one.
    pub nickname: String,
    /// The password in plain text, 8 to 16 characters; it is in no table.
    pub password: String,
    /// 16 hexadecimal digits.
    pub password_salt: String,
    /// What the person says about themselves, possibly nothing.
    pub introduction: String,
    /// `YYYY-MM-DD`, or empty.
    pub birthday: String,
    /// Milliseconds since 1970-01-01 UTC; the row's `updated_at` is the same.
    pub created_at: i64,
}

impl Person {
    /// The column `password_hash`: lower-case hexadecimal of sha512(salt + ":" + password).
    pub fn password_hash(&self) -> String {
        let salted = format!("{}:{}", self.password_salt, self.password);
        hex(&Sha512::digest(salted))
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// What people's rows are computed from.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) count: u64,
    names: Names,
    signups: Timeline,
    popularity: Permutation,
}

impl People {
    pub(crate) fn new(seed: u64, count: u64) -> People {
        People {
            count,
            names: Names::new(seed, count),
            signups: Timeline::new(seed, Domain::PersonTime, (FIRST_SIGNUP, FIRST_ENTRY), count),
            popularity: popularity(seed, count),
        }
    }

    /// The account name of person `id`.
    pub(crate) fn name(&self, id: u64) -> String {
        self.names.name(id)
    }

    /// How much of the site's attention each person gets, in the order of ids: inversely
    /// proportional to the popularity's rank, levelled at both ends.
    pub(crate) fn weights(&self) -> Vec<u64> {
        let level = self.count / 50 + 1;
        (0..self.count)
            .map(|person| 1000 * self.count / (self.popularity.apply(person) + level))
            .collect()
    }
}

/// From people counted from 0 to their rank, 0 being the most popular.
pub(crate) fn popularity(seed: u64, people: u64) -> Permutation {
    Permutation::new(people, Draws::new(seed, Domain::Popularity as u64, 0))
}

impl Dataset {
    /// The person with this id.
    pub fn person(&self, id: u64) -> Option<Person> {
        self.has_person(id).then(|| self.make_person(id))
    }

    /// All people in the order of ids.
    pub fn people(&self) -> impl Iterator<Item = Person> + '_ {
        (1..=self.counts().people).map(|id| self.make_person(id))
    }

    /// The account name of a person, without making the rest of the row.
    pub fn person_name(&self, id: u64) -> Option<String> {
        self.has_person(id)
            .then(|| self.tables.people.names.name(id))
    }

    /// The nickname of a person, without making the rest of the row.
    pub fn nickname(&self, id: u64) -> Option<String> {
        self.has_person(id)
            .then(|| self.tables.people.names.nickname(id))
    }

    /// The id of the person with this account name.
    pub fn person_id(&self, name: &str) -> Option<u64> {
        self.tables.people.names.id(name)
    }

    /// The language in which a person writes.
    pub fn language(&self, id: u64) -> Option<Language> {
        self.has_person(id).then(|| self.make_language(id))
    }

    pub(crate) fn make_language(&self, id: u64) -> Language {
        self.tables.people.names.language(id)
    }

    pub(crate) fn has_person(&self, id: u64) -> bool {
        (1..=self.counts().people).contains(&id)
    }

    fn make_person(&self, id: u64) -> Person {
        let people = &self.tables.people;
        let mut draws = self.draws(Domain::Person, id);
        Person {
            id,
            name: people.names.name(id),
            nickname: people.names.nickname(id),
            password: draw_password(&mut draws),
            password_salt: format!("{:016x}", draws.next_u64()),
            introduction: self
                .make_language(id)
                .introduction(&mut self.draws(Domain::Introduction, id)),
            birthday: draw_birthday(&mut draws),
            created_at: people.signups.moment(id),
        }
    }
}

fn draw_password(draws: &mut Draws) -> String {
    let length = draws.within(8..=16);
    (0..length)
        .map(|_| char::from(PASSWORD_LETTERS[draws.below(PASSWORD_LETTERS.len() as u64) as usize]))
        .collect()
}

/// One person in five keeps the birthday secret.
fn draw_birthday(draws: &mut Draws) -> String {
    if draws.chance(1, 5) {
        return String::new();
    }
    let days = draws.below(365 * 55) as i64;
    (date(1950, 1, 1) + days.days()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha512_of_salt_colon_password() {
        let mut person = Dataset::new(1, crate::Size::Small)
            .person(1)
            .expect("person 1 exists");
        person.password_salt = "salt".to_owned();
        person.password = "password".to_owned();
        // printf 'salt:password' | sha512sum
        assert_eq!(
            person.password_hash(),
            "4d3734c0d8199ea3ed80fe6cc98d30c6b45c1ea7fac218cd3f3789b92a6c526b5b7d191c83f32bf7edf49773f4b11cef6210bee4afeea38245a289f1a41e5130"
        );
    }
}
