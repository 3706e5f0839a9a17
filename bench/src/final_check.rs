//! The final check: what was acknowledged must be there, for those who may
//! see it. What is missing now is lost.

use std::sync::Arc;

use isutori_engine::failure::{Class, Failure};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{consistency::inspector, guest::Guest, model::PersonKey, world::World};

/// So many writes of each kind are looked at.
const SAMPLE: usize = 12;

/// Looks at a sample of everything that was written during the load, through
/// the eyes of those who wrote it.
///
/// # Errors
/// The first failure; whatever is missing or differs is critical.
pub async fn check(world: &Arc<World>) -> Result<(), Failure> {
    let mut luck = ChaCha8Rng::seed_from_u64(world.seed ^ 0xF1A1);
    let mut number = 0;
    for visit in draw_visits(world, &mut luck) {
        number += 1;
        let mut guest = inspector(world, number);
        visit.make(&mut guest).await.map_err(as_lost)?;
    }
    inspector(world, 0)
        .open_recent(1)
        .await
        .map_err(as_lost)
        .map(drop)
}

/// Somebody who logs in and looks at own writes.
struct Visit {
    person: PersonKey,
    entries: Vec<u64>,
}

impl Visit {
    async fn make(&self, guest: &mut Guest) -> Result<(), Failure> {
        guest.log_in(self.person).await?;
        guest.open_home(self.person).await?;
        guest.open_friends(self.person).await?;
        let name = guest.world.model.look().name(self.person);
        guest.open_profile(&name).await?;
        for id in &self.entries {
            guest.open_entry(*id).await?;
        }
        Ok(())
    }
}

fn draw_visits(world: &World, luck: &mut ChaCha8Rng) -> Vec<Visit> {
    let look = world.model.look();
    let mut visits: Vec<Visit> = Vec::new();
    let mut add = |person: PersonKey, entry: Option<u64>| match visits
        .iter_mut()
        .find(|visit| visit.person == person)
    {
        Some(visit) => visit.entries.extend(entry),
        None => visits.push(Visit {
            person,
            entries: entry.into_iter().collect(),
        }),
    };
    for id in sample(look.acknowledged_entries(), luck) {
        if let Some((author, _)) = look.entry_owner(id) {
            add(author, Some(id));
        }
    }
    for (entry, author, _) in sample(look.acknowledged_comments(), luck) {
        add(author, Some(entry));
    }
    for (one, _) in sample(look.acknowledged_friendships(), luck) {
        add(one, None);
    }
    let newcomers = sample(look.acknowledged_newcomers(), luck);
    for person in newcomers
        .into_iter()
        .chain(sample(look.acknowledged_editors(), luck))
    {
        add(person, None);
    }
    visits
}

fn sample<T>(mut all: Vec<T>, luck: &mut ChaCha8Rng) -> Vec<T> {
    all.shuffle(luck);
    all.truncate(SAMPLE);
    all
}

/// After the load there is no excuse for a wrong answer.
fn as_lost(failure: Failure) -> Failure {
    match failure.class {
        Class::Wrong => Failure {
            class: Class::Critical,
            ..failure
        },
        _ => failure,
    }
}
