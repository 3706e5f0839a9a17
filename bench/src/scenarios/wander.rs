//! Looking at people, and at what is locked.

use http::StatusCode;
use isutori_dataset::{Dataset, Visibility};
use isutori_engine::failure::Failure;
use rand::{RngExt, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{read::hears_news, scenario};
use crate::{
    actions::form::Form,
    endpoints,
    guest::Guest,
    model::{Certainty, PersonKey, View},
    texts,
};

scenario!(
    /// Opens a profile and the diary behind it.
    VisitSomebody, member 8, anonymous 8, visit_somebody
);
scenario!(
    /// Opens the list of friends.
    LookAtFriends, member 2, anonymous 0, look_at_friends
);
scenario!(
    /// Opens the footprints.
    LookAtFootprints, member 3, anonymous 0, look_at_footprints
);
scenario!(
    /// Tries what is not allowed: a hidden entry, a forged form.
    TryTheLock, member 2, anonymous 2, try_the_lock
);

async fn visit_somebody(guest: &mut Guest) -> Result<(), Failure> {
    let drawn = somebody(guest);
    let name = match hears_news(guest) {
        true => somebody_new(guest).unwrap_or(drawn),
        false => drawn,
    };
    if guest.find_profile(&name).await?.is_none() {
        return Ok(());
    }
    guest.person.pause().await;
    let diary = guest.find_diary(&name, 1).await?;
    let has_older = diary.is_some_and(|diary| diary.has_older);
    if has_older && guest.person.luck.random_bool(0.3) {
        guest.person.pause().await;
        guest.find_diary(&name, 2).await?;
    }
    Ok(())
}

/// Mostly somebody seen lately, else anybody.
pub(super) fn somebody(guest: &mut Guest) -> String {
    if guest.person.luck.random_bool(0.8)
        && let Some(name) = guest.seen_people.choose(&mut guest.person.luck)
    {
        return name.clone();
    }
    let people = guest.world.model.dataset().counts().people;
    let anybody = PersonKey(guest.person.luck.random_range(1..=people));
    guest.world.model.look().name(anybody)
}

/// Somebody who wrote something a moment ago that the guest must see by now.
fn somebody_new(guest: &Guest) -> Option<String> {
    let mut look = guest.world.model.look();
    let person = look.take_person_news(guest.account)?;
    Some(look.name(person))
}

async fn look_at_friends(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.open_friends(account).await.map(drop),
        None => Ok(()),
    }
}

async fn look_at_footprints(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.open_footprints(account).await.map(drop),
        None => Ok(()),
    }
}

async fn try_the_lock(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(_) if guest.person.luck.random_bool(0.3) => forge_a_form(guest).await,
        _ if guest.person.luck.random_bool(0.3) => match hidden_photo(guest) {
            Some(id) => guest.be_denied_photo(id).await,
            None => Ok(()),
        },
        _ => match hidden_entry(guest) {
            Some(id) => guest.be_denied_entry(id).await,
            None => Ok(()),
        },
    }
}

/// An initial entry that the guest may not see, if a few draws find one.
pub(crate) fn hidden_entry(guest: &mut Guest) -> Option<u64> {
    let entries = guest.world.model.dataset().counts().entries;
    hidden(guest, |luck, _| Some(luck.random_range(1..=entries)))
}

/// The same of an entry with a photo.
fn hidden_photo(guest: &mut Guest) -> Option<u64> {
    hidden(guest, |luck, dataset| {
        let rank = luck.random_range(0..dataset.photos());
        dataset.photo(rank).map(|(id, _)| id)
    })
}

fn hidden(
    guest: &mut Guest,
    draw: impl Fn(&mut ChaCha8Rng, &Dataset) -> Option<u64>,
) -> Option<u64> {
    let now = View::now(guest.account);
    // Far enough in the future that a friendship under way cannot open it meanwhile.
    let view = View {
        finished: now.finished + std::time::Duration::from_secs(3600),
        ..now
    };
    for _ in 0..50 {
        let id = draw(&mut guest.person.luck, guest.world.model.dataset())?;
        let look = guest.world.model.look();
        let Some((author, visibility)) = look.entry_owner(id) else {
            continue;
        };
        // A friendship may be asked for while the request is under way: then only private is certain.
        let certain = visibility == Visibility::Private || guest.account.is_none();
        if certain && look.may_see(author, visibility, &view) == Certainty::No {
            return Some(id);
        }
    }
    None
}

/// A form with another session's token changes nothing.
async fn forge_a_form(guest: &mut Guest) -> Result<(), Failure> {
    let draft = texts::entry(&mut guest.person.luck);
    let forged = format!("{:032x}", guest.person.luck.random::<u128>());
    let request = Form::entry(&guest.world.gallery, &draft, &forged).request();
    guest
        .be_refused(endpoints::POST_ENTRY, &request, StatusCode::FORBIDDEN)
        .await
}
