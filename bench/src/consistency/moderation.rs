//! What the organiser takes away is gone with the answer, for everybody.

use http::StatusCode;
use isutori_dataset::Visibility;
use isutori_engine::{exchange::Request, failure::Failure};

use super::{
    addresses::{MISSING_ENTRY, NOBODY},
    cast::Cast,
    pictures::Pictured,
    walk::{Written, initial_entry},
};
use crate::{
    actions::form::Form, checks::thing::Thing, endpoints, guest::Guest, model::PersonKey, texts,
};

/// Nobody but the organiser takes anything away, and nobody what is not there.
pub(super) async fn refuse(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let things = [Thing::Entry(written.public), Thing::Person(cast.author_key)];
    for guest in [&mut cast.anonymous, &mut cast.author, &mut cast.impostor] {
        for thing in things {
            guest.be_refused_moderation(thing).await?;
        }
        // Not even that something is not there is told to them.
        guest
            .be_refused_moderation(Thing::Entry(MISSING_ENTRY))
            .await?;
    }
    let guest = &mut cast.organiser;
    guest
        .find_nothing_to_take_away(Thing::Entry(MISSING_ENTRY))
        .await?;
    for (endpoint, path) in [
        (endpoints::REMOVAL, "/entries/x/remove".to_owned()),
        (endpoints::BAN, format!("/people/{NOBODY}/ban")),
    ] {
        let request = Request::form(path, &[]);
        guest
            .be_refused(endpoint, &request, StatusCode::NOT_FOUND)
            .await?;
    }
    cast.author.open_entry(written.public).await.map(drop)
}

/// A new entry with a photo, and an initial one, which is given back.
pub(super) async fn remove_entries(cast: &mut Cast, pictured: &Pictured) -> Result<u64, Failure> {
    let author = cast.author_name();
    let fresh = pictured.public();
    let initial = initial_entry(&cast.author, cast.author_key, Visibility::Private);
    let initial = initial.unwrap_or(1);
    for id in [fresh, initial] {
        cast.organiser.take_away(Thing::Entry(id)).await?;
        cast.author.be_denied_entry(id).await?;
        cast.author.be_denied_photo(id).await?;
        let form = Form::comment(id, "fine", &cast.author.csrf());
        cast.author
            .be_refused(form.endpoint, &form.request(), StatusCode::NOT_FOUND)
            .await?;
        cast.organiser
            .find_nothing_to_take_away(Thing::Entry(id))
            .await?;
    }
    let hosts = cast.anonymous.world.hosts.clone();
    for host in hosts.all() {
        let guest = &mut cast.anonymous;
        guest.turn_to(host);
        guest.be_denied_entry(fresh).await?;
        guest.be_denied_photo(fresh).await?;
        guest.open_recent(1).await?;
        guest.open_diary(&author, 1).await?;
        guest.open_profile(&author).await?;
    }
    cast.author.open_diary(&author, 1).await?;
    cast.author.open_home(cast.author_key).await?;
    cast.friend.open_home(cast.friend_key).await?;
    Ok(initial)
}

/// The stranger, who has become a friend of the author's, has come by and has something to say.
///
/// Pages of recent entries are not looked at afterwards: from where initial entries are gone, the
/// model knows not how all pages move up.
pub(super) async fn ban(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let banned = cast.stranger_key;
    let name = cast.stranger.world.model.look().name(banned);
    speak_up(&mut cast.stranger, banned, written.public).await?;
    let session = cast.stranger.session_cookie();

    cast.organiser.take_away(Thing::Person(banned)).await?;

    let entry = initial_entry(&cast.anonymous, banned, Visibility::Public);
    let hosts = cast.anonymous.world.hosts.clone();
    for host in hosts.all() {
        let guest = &mut cast.anonymous;
        guest.turn_to(host);
        for (endpoint, path) in [
            (endpoints::PROFILE, format!("/people/{name}")),
            (endpoints::DIARY, format!("/diary/{name}")),
            (endpoints::ICON, format!("/icons/{name}?size=64")),
        ] {
            guest.be_denied_person(endpoint, &path, banned).await?;
        }
        if let Some(id) = entry {
            guest.be_denied_entry(id).await?;
        }
    }
    miss(cast, written).await?;
    let guest = &mut cast.author;
    let friend = Form::friend(&name, &guest.csrf());
    guest
        .be_refused(friend.endpoint, &friend.request(), StatusCode::NOT_FOUND)
        .await?;
    if let Some(session) = session {
        cast.thief.keep_session(&session).await?;
    }
    come_back(&mut cast.newcomer, banned).await?;
    cast.organiser
        .find_nothing_to_take_away(Thing::Person(banned))
        .await
}

async fn speak_up(guest: &mut Guest, account: PersonKey, entry: u64) -> Result<(), Failure> {
    guest.log_in(account).await?;
    let csrf = guest.open_entry(entry).await?.csrf.unwrap_or_default();
    let body = texts::comment(&mut guest.person.luck);
    guest.write_comment(account, entry, &body, &csrf).await?;
    guest.open_entry(entry).await.map(drop)
}

/// On none of the author's pages is anything left of whoever is banned.
async fn miss(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.author;
    guest.open_entry(written.public).await?;
    guest.open_diary(&author, 1).await?;
    guest.open_friends(cast.author_key).await?;
    guest.open_footprints(cast.author_key).await?;
    guest.open_home(cast.author_key).await?;
    cast.friend.open_home(cast.friend_key).await.map(drop)
}

/// Whoever is banned cannot log in, and nobody else can take the name.
async fn come_back(guest: &mut Guest, banned: PersonKey) -> Result<(), Failure> {
    guest.log_out().await?;
    guest.try_banned(banned).await?;
    let csrf = guest.open_signup().await?;
    let name = guest.world.model.look().name(banned);
    let form = Form::signup(&name, "again", "password", &csrf);
    guest
        .be_refused(form.endpoint, &form.request(), StatusCode::CONFLICT)
        .await
}
