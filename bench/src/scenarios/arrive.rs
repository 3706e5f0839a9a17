//! Coming in: with an account, to make one, or only to look.

use isutori_dataset::Visibility;
use isutori_engine::failure::Failure;
use rand::RngExt;

use super::{scenario, write};
use crate::{
    checks::thing::Thing,
    guest::Guest,
    model::{
        PersonKey,
        entries::EntryDraft,
        logins::{FAILURES_OF_ADDRESS, FAILURES_OF_PERSON},
    },
    texts,
};

scenario!(
    /// Arrives by login, sign-up or anonymously.
    Arrive, member 1, anonymous 1, arrive
);

/// The aspect in which people's places say how they come.
const HOW_THEY_COME: usize = 0;
/// This part of the people only looks, and this part signs up.
const ANONYMOUS: f64 = 0.15;
const NEWCOMERS: f64 = 0.10;
/// From here on people write what the organiser takes away, from here on they try what is not
/// theirs, and from here on they remember no password.
const SPAMMERS: f64 = 0.98;
const BURGLARS: f64 = 0.985;
const FORGETFUL: f64 = 0.99;
/// Of a hundred logins so many fail at first.
const MISTYPED: u32 = 3;

async fn arrive(guest: &mut Guest) -> Result<(), Failure> {
    let place = guest.person.place(HOW_THEY_COME);
    if place < ANONYMOUS {
        return guest.open_recent(1).await.map(drop);
    }
    if (SPAMMERS..BURGLARS).contains(&place) {
        return spam(guest).await;
    }
    if (BURGLARS..FORGETFUL).contains(&place) {
        return burgle(guest).await;
    }
    if place >= ANONYMOUS + NEWCOMERS {
        // When all accounts are in use, the crowd grows by those who sign up.
        if let Some(account) = guest.world.accounts.take() {
            return come_back(guest, account, place).await;
        }
    }
    sign_up(guest).await
}

/// With an account, but some do not get in. One that is locked is good for nobody, and
/// never given back.
async fn come_back(guest: &mut Guest, account: PersonKey, place: f64) -> Result<(), Failure> {
    guest.borrowed = Some(account);
    let failures = match place >= FORGETFUL {
        true => FAILURES_OF_PERSON,
        false => u32::from(guest.person.luck.random_range(0..100) < MISTYPED),
    };
    for _ in 0..failures {
        guest.fail_to_log_in(account).await?;
    }
    match guest.log_in(account).await? {
        true => guest.open_home(account).await.map(drop),
        false => {
            guest.borrowed = None;
            guest.open_recent(1).await.map(drop)
        }
    }
}

/// Tries names, as fast as the site answers, until the address is banned and once more.
async fn burgle(guest: &mut Guest) -> Result<(), Failure> {
    guest.try_names(FAILURES_OF_ADDRESS + 1).await?;
    guest.open_recent(1).await.map(drop)
}

/// Signs up to be seen and heard, goes, and is seen by the organiser as well: then it is all gone,
/// or a part of it, for everybody at once. The account is never given back.
async fn spam(guest: &mut Guest) -> Result<(), Failure> {
    let account = open_account(guest).await?;
    let csrf = guest.open_home(account).await?.csrf;
    guest.open_recent(1).await?;
    let draft = EntryDraft {
        visibility: Visibility::Public,
        ..texts::entry(&mut guest.person.luck)
    };
    let entry = guest.write_entry(account, draft, &csrf).await?;
    write::comment(guest).await?;
    write::befriend(guest).await?;
    guest.open_entry(entry).await?;
    guest.log_out().await?;
    guest.person.pause().await;
    guest.become_organiser();
    let thing = match guest.person.luck.random_bool(0.5) {
        true => Thing::Entry(entry),
        false => Thing::Person(account),
    };
    guest.take_away(thing).await?;
    guest.miss(thing).await?;
    guest.miss(Thing::Entry(entry)).await?;
    guest.open_recent(1).await.map(drop)
}

async fn sign_up(guest: &mut Guest) -> Result<(), Failure> {
    let account = open_account(guest).await?;
    guest.borrowed = Some(account);
    guest.open_home(account).await?;
    guest.person.pause().await;
    // Somebody new looks around for people to follow.
    guest.open_recent(1).await.map(drop)
}

async fn open_account(guest: &mut Guest) -> Result<PersonKey, Failure> {
    let luck = &mut guest.person.luck;
    let name = texts::account_name(luck, |name| guest.world.model.look().person(name).is_some());
    let nickname = texts::nickname(luck);
    let password = texts::password(luck);
    guest.sign_up(&name, &nickname, &password).await
}
