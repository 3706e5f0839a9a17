//! Account names and nicknames: a numbering of all names that can be walked both ways, so that
//! names are unique and a name leads back to its person without a table.

mod tables;

use crate::draws::{Domain, Draws};
use crate::permutation::Permutation;
use crate::text::Language;
use tables::{JAPANESE_FAMILY, JAPANESE_GIVEN, LATIN_FAMILY, LATIN_GIVEN};

/// What one person in sixteen adds to the nickname: awkward for whoever forgets to escape.
const FLOURISHES: &[&str] = &[
    " 🪑", " <3", " & co.", "'s chair", " \"sit\"", " 💺", " <b>", " ☕️",
];

/// The smallest number behind a name that is taken; two digits at most are free from here.
const FIRST_NUMBER: u64 = 4;
/// How many numbers each copy of a name chooses from.
const NUMBERS: u64 = 24;

/// The people's names. A *code* numbers all pairs of family and given name of both languages,
/// then the same pairs with a number behind, as often as there are people to be named.
#[derive(Debug)]
pub(crate) struct Names {
    seed: u64,
    people: u64,
    codes: Permutation,
}

/// A code taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts {
    language: Language,
    family: usize,
    given: usize,
    copy: u64,
}

impl Names {
    pub(crate) fn new(seed: u64, people: u64) -> Names {
        let copies = people.div_ceil(pairs());
        let draws = Draws::new(seed, Domain::PersonName as u64, 0);
        Names {
            seed,
            people,
            codes: Permutation::new(copies * pairs(), draws),
        }
    }

    /// The account name of person `id`.
    pub(crate) fn name(&self, id: u64) -> String {
        let parts = Parts::of(self.codes.apply(id - 1));
        let mut name = parts.spelled();
        if parts.copy > 0 {
            let number = FIRST_NUMBER + (parts.copy - 1) * NUMBERS + self.draws(id).below(NUMBERS);
            name.push_str(&number.to_string());
        }
        name
    }

    /// The nickname of person `id`.
    pub(crate) fn nickname(&self, id: u64) -> String {
        let mut nickname = Parts::of(self.codes.apply(id - 1)).shown();
        let mut draws = self.draws(id);
        draws.next_u64(); // The first draw belongs to the account name.
        if draws.chance(1, 16) {
            nickname.push_str(draws.pick(FLOURISHES));
        }
        nickname
    }

    /// Who has this account name.
    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        let spelled = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let copy = match name[spelled.len()..].parse::<u64>() {
            Ok(number) => number.checked_sub(FIRST_NUMBER)? / NUMBERS + 1,
            Err(_) => 0,
        };
        let code = Parts::read(spelled, copy)?.code();
        let in_use = code < (self.people.div_ceil(pairs())) * pairs();
        let id = in_use.then(|| self.codes.invert(code) + 1)?;
        (id <= self.people && self.name(id) == name).then_some(id)
    }

    /// The language of the person's name, in which the person writes.
    pub(crate) fn language(&self, id: u64) -> Language {
        Parts::of(self.codes.apply(id - 1)).language
    }

    fn draws(&self, id: u64) -> Draws {
        Draws::new(self.seed, Domain::PersonName as u64, id)
    }
}

fn japanese_pairs() -> u64 {
    (JAPANESE_FAMILY.len() * JAPANESE_GIVEN.len()) as u64
}

fn pairs() -> u64 {
    japanese_pairs() + (LATIN_FAMILY.len() * LATIN_GIVEN.len()) as u64
}

impl Parts {
    fn of(code: u64) -> Parts {
        let (copy, pair) = (code / pairs(), code % pairs());
        let (language, pair, given_names) = match pair.checked_sub(japanese_pairs()) {
            None => (Language::Japanese, pair as usize, JAPANESE_GIVEN.len()),
            Some(pair) => (Language::English, pair as usize, LATIN_GIVEN.len()),
        };
        Parts {
            language,
            family: pair / given_names,
            given: pair % given_names,
            copy,
        }
    }

    fn code(self) -> u64 {
        let pair = match self.language {
            Language::Japanese => (self.family * JAPANESE_GIVEN.len() + self.given) as u64,
            Language::English => {
                japanese_pairs() + (self.family * LATIN_GIVEN.len() + self.given) as u64
            }
        };
        self.copy * pairs() + pair
    }

    /// The account name without its number: `sato_haruka`, `emma_fischer`.
    fn spelled(self) -> String {
        match self.language {
            Language::Japanese => {
                let (family, given) =
                    (JAPANESE_FAMILY[self.family].0, JAPANESE_GIVEN[self.given].0);
                format!("{family}_{given}")
            }
            Language::English => {
                format!("{}_{}", LATIN_GIVEN[self.given], LATIN_FAMILY[self.family]).to_lowercase()
            }
        }
    }

    /// The reverse of [`Parts::spelled`].
    fn read(spelled: &str, copy: u64) -> Option<Parts> {
        let (first, second) = spelled.split_once('_')?;
        let japanese = || {
            let family = JAPANESE_FAMILY
                .iter()
                .position(|&(latin, _)| latin == first)?;
            let given = JAPANESE_GIVEN
                .iter()
                .position(|&(latin, _)| latin == second)?;
            Some((Language::Japanese, family, given))
        };
        let latin = || {
            let given = LATIN_GIVEN
                .iter()
                .position(|name| name.eq_ignore_ascii_case(first))?;
            let family = LATIN_FAMILY
                .iter()
                .position(|name| name.eq_ignore_ascii_case(second))?;
            Some((Language::English, family, given))
        };
        let (language, family, given) = japanese().or_else(latin)?;
        Some(Parts {
            language,
            family,
            given,
            copy,
        })
    }

    /// The nickname: `佐藤 はるか`, `Emma Fischer`.
    fn shown(self) -> String {
        match self.language {
            Language::Japanese => {
                let (family, given) =
                    (JAPANESE_FAMILY[self.family].1, JAPANESE_GIVEN[self.given].1);
                format!("{family} {given}")
            }
            Language::English => {
                format!("{} {}", LATIN_GIVEN[self.given], LATIN_FAMILY[self.family])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_spelled_differently_and_read_back() {
        let mut seen = HashSet::new();
        for code in 0..pairs() {
            let parts = Parts::of(code);
            assert_eq!(Parts::read(&parts.spelled(), 0), Some(parts));
            assert_eq!(parts.code(), code);
            assert!(
                seen.insert(parts.spelled()),
                "{} is there twice",
                parts.spelled()
            );
        }
    }

    #[test]
    fn names_of_the_large_data_are_unique_and_lead_back() {
        let names = Names::new(1, 50_000);
        let mut seen = HashSet::new();
        for id in 1..=50_000 {
            let name = names.name(id);
            assert!((3..=20).contains(&name.len()), "{name} breaks the limit");
            assert_eq!(names.id(&name), Some(id), "{name} does not lead back");
            assert!(seen.insert(name));
            assert!((1..=30).contains(&names.nickname(id).chars().count()));
        }
    }

    #[test]
    fn other_names_are_nobody() {
        let names = Names::new(1, 500);
        for name in [
            "",
            "_",
            "sato",
            "sato_haruka999",
            "sato_haruka1",
            "Emma_Fischer",
            "佐藤_はるか",
            "99999999999999999999",
        ] {
            assert_eq!(names.id(name), None, "{name} is somebody");
        }
    }
}
