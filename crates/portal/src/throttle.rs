//! How often somebody may try to log in, and a team's programs may ask: counted in memory, for a
//! minute.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::clock::Millis;

/// So long a count lasts.
const WINDOW: Millis = 60_000;

/// So often a name may be tried with a wrong password.
const MOST_BY_NAME: u32 = 10;

/// So often an address may be wrong. Teams in one hall share an address.
const MOST_BY_ADDRESS: u32 = 60;

/// So often the programs of a team may ask for anything, and its hosts about runs.
const MOST_BY_TEAM: u32 = 600;

/// So many counts are kept; when there are more, the oldest go.
const MOST_KEPT: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(IpAddr),
    Team(i64),
    Hosts(i64),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Millis,
    tries: u32,
}

/// Who was wrong how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle {
    counts: Arc<Mutex<HashMap<Key, Count>>>,
}

impl Throttle {
    /// Counts a try before it is made, and says whether it may be made: so many at the same time
    /// are no way around. [`Throttle::forgive`] takes it back.
    pub(crate) fn admits(&self, name: &str, address: Option<IpAddr>, now: Millis) -> bool {
        self.count(keys(name, address), now)
    }

    /// Whether a team's programs may ask once more.
    pub(crate) fn admits_team(&self, team: i64, now: Millis) -> bool {
        self.count([(Key::Team(team), MOST_BY_TEAM)].into_iter(), now)
    }

    /// Whether a team's hosts may ask once more.
    pub(crate) fn admits_hosts(&self, team: i64, now: Millis) -> bool {
        self.count([(Key::Hosts(team), MOST_BY_TEAM)].into_iter(), now)
    }

    fn count(&self, keys: impl Iterator<Item = (Key, u32)>, now: Millis) -> bool {
        let mut counts = self.counts();
        let mut is_admitted = true;
        for (key, most) in keys {
            let count = counts.entry(key).or_insert(Count {
                since: now,
                tries: 0,
            });
            if count.since + WINDOW <= now {
                *count = Count {
                    since: now,
                    tries: 0,
                };
            }
            count.tries = count.tries.saturating_add(1);
            is_admitted &= count.tries <= most;
        }
        shrink(&mut counts, now);
        is_admitted
    }

    /// A try was right, and does not count.
    pub(crate) fn forgive(&self, name: &str, address: Option<IpAddr>) {
        let mut counts = self.counts();
        for (key, _) in keys(name, address) {
            if let Some(count) = counts.get_mut(&key) {
                count.tries = count.tries.saturating_sub(1);
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keys(name: &str, address: Option<IpAddr>) -> impl Iterator<Item = (Key, u32)> {
    // Nobody has a longer name, and a key must not be large.
    let name: String = name.chars().take(50).collect();
    let address = address.map(|address| (Key::Address(address), MOST_BY_ADDRESS));
    std::iter::once((Key::Name(name), MOST_BY_NAME)).chain(address)
}

fn shrink(counts: &mut HashMap<Key, Count>, now: Millis) {
    if counts.len() <= MOST_KEPT {
        return;
    }
    counts.retain(|_, count| count.since + WINDOW > now);
    if counts.len() > MOST_KEPT {
        let mut ages: Vec<Millis> = counts.values().map(|count| count.since).collect();
        ages.sort_unstable();
        let middle = ages[ages.len() / 2];
        counts.retain(|_, count| count.since > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_tried_ten_times_a_minute() {
        let throttle = Throttle::default();
        let admits = |now| throttle.admits("a", None, now);
        assert!((0..10).all(|_| admits(0)));
        assert!(!admits(WINDOW - 1));
        assert!(throttle.admits("b", None, 0));
        assert!(admits(WINDOW));
    }

    #[test]
    fn an_address_is_wrong_sixty_times_a_minute_whatever_the_name() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        let admits = |name: u32| throttle.admits(&name.to_string(), address, 0);
        assert!((0..60).all(admits));
        assert!(!admits(60));
        throttle.forgive("0", address);
        throttle.forgive("1", address);
        assert!(admits(61));
    }

    #[test]
    fn a_team_asks_six_hundred_times_a_minute() {
        let throttle = Throttle::default();
        assert!((0..600).all(|_| throttle.admits_team(1, 0)));
        assert!(!throttle.admits_team(1, WINDOW - 1));
        assert!(throttle.admits_team(2, 0));
        assert!(throttle.admits_team(1, WINDOW));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let throttle = Throttle::default();
        for name in 0..3 * MOST_KEPT {
            throttle.admits(&name.to_string(), None, name as Millis / 1000);
        }
        assert!(throttle.counts().len() <= MOST_KEPT);
    }
}
