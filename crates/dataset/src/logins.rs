//! The login log: attempts of people, their typing errors, and attempts with unknown names.

use crate::Dataset;
use crate::calendar::{END, FIRST_ENTRY, Timeline};
use crate::draws::{Domain, Draws};

/// The networks reserved for documentation, which nobody can call from.
const NETWORKS: &[&str] = &["192.0.2", "198.51.100", "203.0.113"];

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
}

impl Logins {
    pub(crate) fn new(seed: u64, count: u64) -> Logins {
        Logins {
            timeline: Timeline::new(seed, Domain::LoginTime, (FIRST_ENTRY, END), count),
        }
    }
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
        let person_id = draws.within(1..=self.counts().people);
        let name = self.tables.people.name(person_id);
        let (person_id, name, succeeded) = match draws.below(100) {
            0..88 => (Some(person_id), name, true),
            88..97 => (Some(person_id), name, false),
            _ => (None, mistaken_name(&name, &mut draws), false),
        };
        Login {
            id,
            person_id,
            name,
            address: format!("{}.{}", draws.pick(NETWORKS), draws.within(1..=254)),
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
