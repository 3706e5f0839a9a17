//! The login log: attempts of people, their typing errors, and attempts with unknown names. At its
//! end stand the attacks of the last night: some people had their passwords guessed at, from here
//! and there, and a few addresses tried names that nobody has.

use crate::Dataset;
use crate::calendar::{END, FIRST_ENTRY, Timeline};
use crate::draws::{Domain, Draws};
use crate::permutation::Permutation;
use crate::size::Counts;

/// The networks reserved for documentation, which nobody can call from.
const NETWORKS: &[&str] = &["192.0.2", "198.51.100", "203.0.113"];

/// One person in so many was attacked, ...
const PEOPLE_PER_VICTIM: u64 = 100;
/// ... so many times.
const ATTEMPTS_AT_VICTIM: u64 = 4;
/// For so many people there was one attacker who tried names, ...
const PEOPLE_PER_ATTACKER: u64 = 200;
/// ... so many of them.
const ATTEMPTS_OF_ATTACKER: u64 = 12;

/// A row of `login_log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// Who has that name; nobody when it is unknown.
    pub person_id: Option<u64>,
    /// The name as typed.
    pub name: String,
    /// An IPv4 address of the ranges for documentation.
    pub address: String,
    /// Whether name and password were right.
    pub succeeded: bool,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// What the login log is computed from.
#[derive(Debug)]
pub(crate) struct Logins {
    timeline: Timeline,
    /// Who was attacked: these are the first of so many.
    victims: Permutation,
    victim_count: u64,
    /// In which order the attacks came.
    attacks: Permutation,
    /// The last attempt before the attacks.
    last_peaceful: u64,
}

impl Logins {
    pub(crate) fn new(seed: u64, counts: Counts) -> Logins {
        let victim_count = counts.people / PEOPLE_PER_VICTIM;
        let attackers = counts.people / PEOPLE_PER_ATTACKER;
        let attacks = victim_count * ATTEMPTS_AT_VICTIM + attackers * ATTEMPTS_OF_ATTACKER;
        let span = (FIRST_ENTRY, END);
        let draws = |domain| Draws::new(seed, domain as u64, 0);
        Logins {
            timeline: Timeline::new(seed, Domain::LoginTime, span, counts.logins),
            victims: Permutation::new(counts.people, draws(Domain::Victim)),
            victim_count,
            attacks: Permutation::new(attacks, draws(Domain::AttackOrder)),
            last_peaceful: counts.logins - attacks,
        }
    }
}

/// An attempt of the last night.
enum Attack {
    /// At this person's password.
    OnPerson(u64),
    /// By the attacker of this number.
    By(u64),
}

impl Logins {
    /// The attack that the attempt with this id belongs to, if any.
    fn attack(&self, id: u64) -> Option<Attack> {
        let place = self.attacks.apply(id.checked_sub(self.last_peaceful + 1)?);
        let on_people = self.victim_count * ATTEMPTS_AT_VICTIM;
        Some(match place.checked_sub(on_people) {
            None => Attack::OnPerson(self.victims.apply(place / ATTEMPTS_AT_VICTIM) + 1),
            Some(place) => Attack::By(place / ATTEMPTS_OF_ATTACKER),
        })
    }
}

/// The address of an attacker, another one for each as far as there are any.
fn attacker_address(number: u64) -> String {
    let count = NETWORKS.len() as u64;
    let network = NETWORKS[(number % count) as usize];
    format!("{network}.{}", 1 + number / count * 7 % 254)
}

impl Dataset {
    /// The attempt with this id.
    pub fn login(&self, id: u64) -> Option<Login> {
        (1..=self.counts().logins)
            .contains(&id)
            .then(|| self.make_login(id))
    }

    /// The whole login log in the order of ids, which is the order of time.
    pub fn logins(&self) -> impl Iterator<Item = Login> + '_ {
        (1..=self.counts().logins).map(|id| self.make_login(id))
    }

    fn make_login(&self, id: u64) -> Login {
        let mut draws = self.draws(Domain::Login, id);
        let attack = self.tables.logins.attack(id);
        let person_id = match attack {
            Some(Attack::OnPerson(person_id)) => person_id,
            _ => draws.within(1..=self.counts().people),
        };
        let name = self.tables.people.name(person_id);
        let (person_id, name, succeeded) = match (&attack, draws.below(100)) {
            (Some(Attack::OnPerson(_)), _) => (Some(person_id), name, false),
            (Some(Attack::By(_)), _) => (None, mistaken_name(&name, &mut draws), false),
            (None, 0..88) => (Some(person_id), name, true),
            (None, 88..97) => (Some(person_id), name, false),
            (None, _) => (None, mistaken_name(&name, &mut draws), false),
        };
        let address = match attack {
            Some(Attack::By(attacker)) => attacker_address(attacker),
            _ => format!("{}.{}", draws.pick(NETWORKS), draws.within(1..=254)),
        };
        Login {
            id,
            person_id,
            name,
            address,
            succeeded,
            created_at: self.tables.logins.timeline.moment(id),
        }
    }
}

/// A name typed wrongly, in a way that no account name can look like.
fn mistaken_name(name: &str, draws: &mut Draws) -> String {
    match draws.below(3) {
        0 => format!("{name}@example.com"),
        1 => name.replace('_', " "),
        _ => name.replace('_', "."),
    }
}
