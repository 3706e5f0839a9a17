//! Who takes part in the consistency check.

use std::{rc::Rc, sync::Arc, time::Duration};

use isutori_dataset::Visibility;
use isutori_engine::{failure::Failure, person::Person, recorder::Recorder};
use rand::RngExt;
use tokio::time::{Instant, sleep_until};

use crate::{
    endpoints,
    guest::Guest,
    model::{GRACE, PersonKey},
    world::World,
};

/// Ten browsers and the accounts behind them, drawn from the run's seed.
pub(super) struct Cast {
    /// Writes, and is looked at.
    pub(super) author: Guest,
    /// A friend of the author's.
    pub(super) friend: Guest,
    /// No friend of the author's, yet.
    pub(super) stranger: Guest,
    /// Nobody, who never comes to a form.
    pub(super) anonymous: Guest,
    /// Comes to forms, and will sign up.
    pub(super) newcomer: Guest,
    /// Comes with the cookies of others, when their sessions are over.
    pub(super) thief: Guest,
    /// Tries names and passwords, and pretends to come from elsewhere.
    pub(super) burglar: Guest,
    /// Remembers no password.
    pub(super) forgetful: Guest,
    /// Has the organiser's token.
    pub(super) organiser: Guest,
    /// Has another one.
    pub(super) impostor: Guest,
    pub(super) author_key: PersonKey,
    pub(super) friend_key: PersonKey,
    pub(super) stranger_key: PersonKey,
    /// Whose account will be locked.
    pub(super) victim_key: PersonKey,
    /// The token that the author's forms had before the login.
    pub(super) before_login: String,
    /// When everybody must see what was written so far.
    spread: Instant,
}

/// People of the check are numbered from here, far from those of the load.
pub(crate) const FIRST_OF_CHECKS: u64 = 1 << 62;

impl Cast {
    pub(super) fn new(world: &Arc<World>) -> Result<Self, Failure> {
        let recorder = Rc::new(Recorder::new(endpoints::TABLE.len()));
        let guest = |number| {
            Guest::new(
                Person::new(world.seed, FIRST_OF_CHECKS + number, recorder.clone()),
                world.clone(),
            )
        };
        let untidy = |number| Guest {
            untidy: true,
            ..guest(number)
        };
        let mut author = untidy(0);
        let people @ (author_key, friend_key, stranger_key) = draw_people(&mut author, world)?;
        let victim_key = draw_victim(&mut author, people);
        Ok(Cast {
            author,
            friend: untidy(1),
            stranger: untidy(2),
            anonymous: guest(3),
            newcomer: untidy(4),
            thief: guest(5),
            burglar: guest(6).pretending(),
            forgetful: guest(7),
            organiser: guest(8).with_token(&world.organiser_token()),
            impostor: guest(9).with_token("0123456789abcdef"),
            author_key,
            friend_key,
            stranger_key,
            victim_key,
            before_login: String::new(),
            spread: Instant::now(),
        })
    }

    /// Something was written just now, which the others need not see yet.
    pub(super) fn begin_to_spread(&mut self) {
        self.spread = Instant::now() + GRACE + Duration::from_millis(10);
    }

    /// Waits until everybody must see what was written so far.
    pub(super) async fn until_spread(&self) {
        sleep_until(self.spread).await;
    }

    /// The account name of the author.
    pub(super) fn author_name(&self) -> String {
        self.author.world.model.look().name(self.author_key)
    }
}

/// Somebody else who has never failed to log in.
fn draw_victim(
    guest: &mut Guest,
    (author, friend, stranger): (PersonKey, PersonKey, PersonKey),
) -> PersonKey {
    let people = guest.world.model.dataset().counts().people;
    loop {
        let person = PersonKey(guest.person.luck.random_range(1..=people));
        let is_clean = guest.world.model.look().has_clean_slate(person);
        if is_clean && ![author, friend, stranger].contains(&person) {
            return person;
        }
    }
}

/// A guest made for the check of a run that is over.
pub(crate) fn inspector(world: &Arc<World>, number: u64) -> Guest {
    let recorder = Rc::new(Recorder::new(endpoints::TABLE.len()));
    Guest::new(
        Person::new(world.seed, FIRST_OF_CHECKS + 1000 + number, recorder),
        world.clone(),
    )
}

/// An author with entries of every visibility, a friend of theirs who has
/// friends-only entries too, and somebody with public ones who is neither's friend.
fn draw_people(
    guest: &mut Guest,
    world: &World,
) -> Result<(PersonKey, PersonKey, PersonKey), Failure> {
    let dataset = world.model.dataset();
    let people = dataset.counts().people;
    let writes = |person: u64, visibility| {
        let headers = dataset
            .entries_of(person)
            .into_iter()
            .filter_map(|id| dataset.entry_header(id));
        headers
            .into_iter()
            .any(|header| header.visibility == visibility)
    };
    let look = world.model.look();
    let failed = |person: u64| !look.has_clean_slate(PersonKey(person));
    for _ in 0..10_000 {
        let author = guest.person.luck.random_range(1..=people);
        let stranger = guest.person.luck.random_range(1..=people);
        if author == stranger
            || failed(author)
            || failed(stranger)
            || dataset.are_friends(author, stranger)
            || !writes(author, Visibility::Private)
            || !writes(stranger, Visibility::Public)
        {
            continue;
        }
        let friends = dataset
            .friends_of(author)
            .into_iter()
            .map(|friend| friend.person_id);
        let friend = friends.into_iter().find(|friend| {
            !failed(*friend)
                && writes(*friend, Visibility::Friends)
                && writes(*friend, Visibility::Private)
                && !dataset.are_friends(*friend, stranger)
                && *friend != stranger
        });
        if let Some(friend) = friend {
            return Ok((PersonKey(author), PersonKey(friend), PersonKey(stranger)));
        }
    }
    Err(Failure::new(
        isutori_engine::failure::Class::System,
        "check.cast",
        "the initial data has no people that fit the consistency check",
    ))
}
