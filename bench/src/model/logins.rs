//! Who may log in: people are locked and addresses banned by logins that fail.
//!
//! What an attempt changes is known when its answer is there. Of one whose answer
//! was lost nobody knows whether it counted, and of two at once nobody knows which
//! counted first: such a standing is unsure until the next success.

use std::{collections::HashMap, hash::Hash, net::Ipv4Addr};

use isutori_dataset::Dataset;

use super::{Certainty, Look, PersonKey, change::Change};

/// So many failures in a row lock a person.
pub const FAILURES_OF_PERSON: u32 = 3;
/// So many failures in a row ban an address.
pub const FAILURES_OF_ADDRESS: u32 = 10;

/// What stands between a visitor and a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Only the password decides.
    Open,
    /// The person is locked.
    Locked,
    /// The address is banned.
    Banned,
    /// It cannot be known.
    Unsure,
}

/// How often logins of one person, or from one address, failed in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    failures: u32,
    /// Attempts whose answer is not there yet.
    under_way: u32,
    /// Whether some of those, or of the ones before that ended meanwhile, were at once.
    overlaps: bool,
    /// Whether there may have been more failures, or fewer.
    unsure: bool,
}

impl Standing {
    fn begin(&mut self) {
        self.overlaps |= self.under_way > 0;
        self.under_way += 1;
    }

    fn end(&mut self, succeeded: Option<bool>) {
        self.under_way = self.under_way.saturating_sub(1);
        let overlapped = self.overlaps;
        self.overlaps &= self.under_way > 0;
        match succeeded {
            Some(true) => {
                self.failures = 0;
                // A failure of the same time may have counted after it.
                self.unsure = overlapped;
            }
            Some(false) => self.failures += 1,
            None => self.unsure = true,
        }
    }

    fn reaches(&self, limit: u32) -> Certainty {
        match self.unsure || self.under_way > 0 {
            true => Certainty::Maybe,
            false => Certainty::known(self.failures >= limit),
        }
    }
}

/// The standings of everybody who failed or came.
pub(super) struct Logins {
    people: HashMap<PersonKey, Standing>,
    addresses: HashMap<Ipv4Addr, Standing>,
}

impl Logins {
    /// As the login log of the initial data leaves them.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let mut logins = Logins {
            people: HashMap::new(),
            addresses: HashMap::new(),
        };
        for login in dataset.logins() {
            let address = login.address.parse().ok();
            logins.end(
                login.person_id.map(PersonKey),
                address,
                Some(login.succeeded),
            );
        }
        logins
    }

    fn end(
        &mut self,
        person: Option<PersonKey>,
        address: Option<Ipv4Addr>,
        succeeded: Option<bool>,
    ) {
        let person = person.map(|person| self.people.entry(person).or_default());
        let address = address.map(|address| self.addresses.entry(address).or_default());
        for standing in person.into_iter().chain(address) {
            standing.end(succeeded);
        }
    }
}

impl Look<'_> {
    /// Whether a person is locked.
    pub fn is_locked(&self, person: PersonKey) -> Certainty {
        let standing = self.state.logins.people.get(&person);
        standing.map_or(Certainty::No, |standing| {
            standing.reaches(FAILURES_OF_PERSON)
        })
    }

    /// Whether a person has just logged in, or never failed.
    pub fn has_clean_slate(&self, person: PersonKey) -> bool {
        let standing = self.state.logins.people.get(&person);
        standing.is_none_or(|standing| standing.reaches(1) == Certainty::No)
    }

    /// Whether an address is banned.
    fn is_banned(&self, address: Ipv4Addr) -> Certainty {
        let standing = self.state.logins.addresses.get(&address);
        standing.map_or(Certainty::No, |standing| {
            standing.reaches(FAILURES_OF_ADDRESS)
        })
    }

    /// Somebody tries to log in as a person, or by a name that nobody has; gives what
    /// stands in the way.
    pub fn begin_login(&mut self, person: Option<PersonKey>, address: Ipv4Addr) -> Gate {
        self.note(&Change::LoginSent { person, address });
        let banned = self.is_banned(address);
        let locked = person.map_or(Certainty::No, |person| self.is_locked(person));
        let logins = &mut self.state.logins;
        if let Some(person) = person {
            logins.people.entry(person).or_default().begin();
        }
        logins.addresses.entry(address).or_default().begin();
        match (banned, locked) {
            (Certainty::Yes, _) => Gate::Banned,
            (Certainty::No, Certainty::Yes) => Gate::Locked,
            (Certainty::No, Certainty::No) => Gate::Open,
            _ => Gate::Unsure,
        }
    }

    /// The answer to an attempt is there, or will never be.
    pub fn end_login(
        &mut self,
        person: Option<PersonKey>,
        address: Ipv4Addr,
        succeeded: Option<bool>,
    ) {
        self.note(&Change::LoginAnswered {
            person,
            address,
            succeeded,
        });
        self.state.logins.end(person, Some(address), succeeded);
    }

    /// Everybody who is or may be locked.
    pub fn locked_people(&self) -> HashMap<PersonKey, Certainty> {
        reaching(&self.state.logins.people, FAILURES_OF_PERSON)
    }

    /// Every address that is or may be banned.
    pub fn banned_addresses(&self) -> HashMap<Ipv4Addr, Certainty> {
        reaching(&self.state.logins.addresses, FAILURES_OF_ADDRESS)
    }
}

fn reaching<K: Copy + Eq + Hash>(
    standings: &HashMap<K, Standing>,
    limit: u32,
) -> HashMap<K, Certainty> {
    let all = standings
        .iter()
        .map(|(key, standing)| (*key, standing.reaches(limit)));
    all.filter(|(_, certainty)| *certainty != Certainty::No)
        .collect()
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;

    use super::*;
    use crate::{ledger::Ledger, model::Model};

    const HERE: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 1);

    fn model() -> Model {
        Model::new(Dataset::new(1, Size::Small), Ledger::none())
    }

    /// Somebody of whom the initial log says nothing bad.
    fn somebody(look: &Look<'_>) -> PersonKey {
        let mut people = (1..).map(PersonKey);
        people
            .find(|person| look.has_clean_slate(*person))
            .expect("somebody")
    }

    #[test]
    fn three_failures_lock_and_a_success_forgives() {
        let model = model();
        let mut look = model.look();
        let person = somebody(&look);
        for (succeeded, before) in [
            (false, Gate::Open),
            (false, Gate::Open),
            (true, Gate::Open),
            (false, Gate::Open),
            (false, Gate::Open),
            (false, Gate::Open),
            (false, Gate::Locked),
        ] {
            assert_eq!(look.begin_login(Some(person), HERE), before);
            look.end_login(Some(person), HERE, Some(succeeded));
        }
        assert_eq!(look.locked_people().get(&person), Some(&Certainty::Yes));
    }

    #[test]
    fn ten_failures_ban_an_address_whatever_the_names() {
        let model = model();
        let mut look = model.look();
        for _ in 0..10 {
            assert_eq!(look.begin_login(None, HERE), Gate::Open);
            look.end_login(None, HERE, Some(false));
        }
        let person = somebody(&look);
        assert_eq!(look.begin_login(Some(person), HERE), Gate::Banned);
        look.end_login(Some(person), HERE, Some(false));
        assert_eq!(look.banned_addresses().get(&HERE), Some(&Certainty::Yes));
        assert_eq!(look.is_locked(person), Certainty::No);
    }

    #[test]
    fn what_is_lost_or_at_once_is_unsure_until_the_next_success() {
        let model = model();
        let mut look = model.look();
        let person = somebody(&look);
        look.begin_login(Some(person), HERE);
        assert_eq!(look.is_locked(person), Certainty::Maybe, "under way");
        look.end_login(Some(person), HERE, None);
        assert_eq!(look.begin_login(Some(person), HERE), Gate::Unsure);
        look.end_login(Some(person), HERE, Some(true));
        assert_eq!(look.begin_login(Some(person), HERE), Gate::Open);
        look.end_login(Some(person), HERE, Some(true));
        for answers in [[true, false], [false, true]] {
            look.begin_login(Some(person), HERE);
            look.begin_login(Some(person), HERE);
            for succeeded in answers {
                look.end_login(Some(person), HERE, Some(succeeded));
            }
            assert_eq!(look.is_locked(person), Certainty::Maybe, "{answers:?}");
            look.begin_login(Some(person), HERE);
            look.end_login(Some(person), HERE, Some(true));
            assert_eq!(look.is_locked(person), Certainty::No);
        }
    }

    #[test]
    fn the_initial_log_leaves_some_locked_and_some_banned() {
        let model = model();
        let look = model.look();
        assert!(look.locked_people().len() >= 5);
        assert!(look.banned_addresses().len() >= 2);
    }
}
