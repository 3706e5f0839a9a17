//! The final check: what was acknowledged must be there, for those who may
//! see it. What is missing now is lost.

use std::sync::Arc;

use isutori_engine::failure::{Class, Failure};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{
    checks::thing::Thing,
    consistency::inspector,
    guest::Guest,
    model::{Look, PersonKey},
    world::World,
};

/// So many writes of each kind are looked at.
const SAMPLE: usize = 12;

/// The number of the organiser among the inspectors, behind all others.
const ORGANISER: u64 = 5000;

/// Looks at who may no longer log in, and at a sample of everything that was written
/// during the load, through the eyes of those who may see it, at one host after the other.
///
/// # Errors
/// The first failure; whatever is missing or differs is critical.
pub async fn check(world: &Arc<World>) -> Result<(), Failure> {
    inspector(world, ORGANISER)
        .with_token(&world.organiser_token())
        .open_report()
        .await
        .map_err(as_lost)?;
    let survey = Survey::draw(world, SAMPLE);
    survey
        .make(world, &mut |failure| Err(as_lost(failure)))
        .await
}

/// What is to be looked at.
pub(crate) struct Survey {
    visits: Vec<Visit>,
    /// What was taken away.
    gone: Vec<Thing>,
    /// How many writes these visits look for.
    pub(crate) writes: u64,
}

/// What to do about a failure: go on or end with it.
type Verdict<'a> = &'a mut dyn FnMut(Failure) -> Result<(), Failure>;

impl Survey {
    /// At most so many writes of each kind, drawn by the run's seed.
    pub(crate) fn draw(world: &World, at_most: usize) -> Self {
        let mut sample = Sample {
            luck: ChaCha8Rng::seed_from_u64(world.seed ^ 0xF1A1),
            at_most,
        };
        let mut survey = Survey {
            visits: Vec::new(),
            gone: Vec::new(),
            writes: 0,
        };
        let look = world.model.look();
        for id in sample.of(look.acknowledged_entries()) {
            survey.add_entry(&look, id);
        }
        // A comment is shown to whom it is for; a look leaves no footprint there.
        for (entry, _, _) in sample.of(look.acknowledged_comments()) {
            survey.add_entry(&look, entry);
        }
        for (one, _) in sample.of(look.acknowledged_friendships()) {
            survey.add(one, None);
        }
        let people = [look.acknowledged_newcomers(), look.acknowledged_editors()];
        for person in people.into_iter().flat_map(|people| sample.of(people)) {
            survey.add(person, None);
        }
        let (entries, people) = look.acknowledged_removals();
        let entries = sample.of(entries).into_iter().map(Thing::Entry);
        let people = sample.of(people).into_iter().map(Thing::Person);
        survey.gone = entries.chain(people).collect();
        survey.writes += survey.gone.len() as u64;
        survey
    }

    /// The author of an entry looks at it.
    fn add_entry(&mut self, look: &Look<'_>, id: u64) {
        if let Some((author, _)) = look.entry_owner(id) {
            self.add(author, Some(id));
        }
    }

    fn add(&mut self, person: PersonKey, entry: Option<u64>) {
        self.writes += 1;
        let known = self.visits.iter_mut().find(|visit| visit.person == person);
        match known {
            Some(visit) if entry.is_none_or(|id| visit.entries.contains(&id)) => {}
            Some(visit) => visit.entries.extend(entry),
            None => self.visits.push(Visit {
                person,
                entries: entry.into_iter().collect(),
            }),
        }
    }

    /// Looks. `judge` is told of every failure, and ends it by giving it back.
    ///
    /// # Errors
    /// What `judge` gave back.
    pub(crate) async fn make(&self, world: &Arc<World>, judge: Verdict<'_>) -> Result<(), Failure> {
        for (number, visit) in (1..).zip(&self.visits) {
            visit.make(&mut inspector(world, number), judge).await?;
        }
        let mut guest = inspector(world, 0);
        for host in world.hosts.all() {
            guest.turn_to(host);
            guest.open_recent(1).await.map(drop).or_else(&mut *judge)?;
        }
        for thing in &self.gone {
            guest.miss(*thing).await.or_else(&mut *judge)?;
        }
        Ok(())
    }
}

/// A part of everything.
struct Sample {
    luck: ChaCha8Rng,
    at_most: usize,
}

impl Sample {
    fn of<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        all.shuffle(&mut self.luck);
        all.truncate(self.at_most);
        all
    }
}

/// Somebody who logs in and looks at what is the own.
struct Visit {
    person: PersonKey,
    entries: Vec<u64>,
}

impl Visit {
    /// Whoever cannot log in sees nothing more.
    async fn make(&self, guest: &mut Guest, judge: Verdict<'_>) -> Result<(), Failure> {
        match guest.log_in(self.person).await {
            Ok(true) => {}
            // The account was locked in the end, as it should be.
            Ok(false) => return Ok(()),
            Err(failure) => return judge(failure),
        }
        let name = guest.world.model.look().name(self.person);
        guest
            .open_home(self.person)
            .await
            .map(drop)
            .or_else(&mut *judge)?;
        guest
            .open_friends(self.person)
            .await
            .map(drop)
            .or_else(&mut *judge)?;
        guest
            .open_profile(&name)
            .await
            .map(drop)
            .or_else(&mut *judge)?;
        for id in &self.entries {
            guest.open_entry(*id).await.map(drop).or_else(&mut *judge)?;
        }
        Ok(())
    }
}

/// After the load there is no excuse for a wrong answer.
pub(crate) fn as_lost(failure: Failure) -> Failure {
    match failure.class {
        Class::Wrong => Failure {
            class: Class::Critical,
            ..failure
        },
        _ => failure,
    }
}
