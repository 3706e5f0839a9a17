//! What friends publish is told to those who wait for it, and to nobody else.

use std::time::Duration;

use futures::future::try_join3;
use http::StatusCode;
use isutori_dataset::Visibility;
use isutori_engine::{exchange::Request, failure::Failure};
use tokio::time::sleep;

use super::cast::Cast;
use crate::{
    endpoints,
    guest::Guest,
    model::{PersonKey, entries::EntryDraft},
    texts,
};

/// So long after the others have begun to wait, something is published.
const MEANWHILE: Duration = Duration::from_millis(300);

/// While a friend and somebody who is none wait, the author writes; what the friend must know afterwards is
/// asked for by [`hear_again`].
pub(super) async fn wait_for_news(cast: &mut Cast) -> Result<u64, Failure> {
    let since = newest_known(&mut cast.friend, cast.friend_key).await?;
    let author_key = cast.author_key;
    let (_, _, ()) = try_join3(
        cast.friend.watch_timeline(cast.friend_key, since),
        watch(&mut cast.newcomer, since),
        publish(&mut cast.author, author_key),
    )
    .await?;
    cast.begin_to_spread();
    Ok(since)
}

/// Whoever is logged in waits.
async fn watch(guest: &mut Guest, since: u64) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.watch_timeline(account, since).await.map(drop),
        None => Ok(()),
    }
}

/// A private entry, of which nobody hears, one for friends and a public one.
async fn publish(guest: &mut Guest, author: PersonKey) -> Result<(), Failure> {
    sleep(MEANWHILE).await;
    for visibility in [Visibility::Private, Visibility::Friends, Visibility::Public] {
        let draft = EntryDraft {
            visibility,
            ..texts::entry(&mut guest.person.luck)
        };
        let csrf = guest.csrf();
        guest.write_entry(author, draft, &csrf).await?;
    }
    Ok(())
}

/// Whoever asks later is told the same, at once.
pub(super) async fn hear_again(cast: &mut Cast, since: u64) -> Result<(), Failure> {
    cast.until_spread().await;
    cast.friend
        .watch_timeline(cast.friend_key, since)
        .await
        .map(drop)
}

/// The timeline is for those with login, who know what they know.
pub(super) async fn refuse(cast: &mut Cast) -> Result<(), Failure> {
    for (endpoint, path) in [
        (endpoints::TIMELINE, "/api/timeline?since=1"),
        (endpoints::PANEL, "/api/panel"),
    ] {
        cast.anonymous
            .be_sent_to_login(endpoint, &Request::get(path))
            .await?;
    }
    for query in ["", "?since=x"] {
        let request = Request::get(format!("/api/timeline{query}"));
        cast.author
            .be_refused(endpoints::TIMELINE, &request, StatusCode::NOT_FOUND)
            .await?;
    }
    Ok(())
}

/// The newest entry of a friend that home shows.
async fn newest_known(guest: &mut Guest, account: PersonKey) -> Result<u64, Failure> {
    Ok(guest.open_home(account).await?.newest_of_friends())
}
