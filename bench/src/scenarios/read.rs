//! Reading.

use isutori_engine::failure::Failure;
use rand::{RngExt, seq::IndexedRandom};

use super::scenario;
use crate::{checks::list_page::PAGE, guest::Guest};

scenario!(
    /// Opens home.
    ReadHome, member 10, anonymous 0, read_home
);
scenario!(
    /// Opens an entry that was seen in a list.
    ReadEntry, member 10, anonymous 10, read_entry
);
scenario!(
    /// Leafs through the recent entries.
    ReadRecent, member 6, anonymous 10, read_recent
);

scenario!(
    /// Opens home and waits for what friends publish.
    WatchTimeline, member 2, anonymous 0, watch_timeline
);

scenario!(
    /// Looks at what the services say.
    LookAtPanel, member 3, anonymous 0, look_at_panel
);

/// How many times somebody waits for news before turning to something else.
const WAITS: usize = 2;

/// So many of those who choose an entry or a person choose what was written a
/// moment ago by somebody else, if there is something.
pub(crate) const HEARING_NEWS: f64 = 1.0 / 3.0;

/// Whether the guest would hear of something new. It is drawn either way, as is what
/// the guest would choose otherwise, so that what others write changes no draw.
pub(super) fn hears_news(guest: &mut Guest) -> bool {
    guest.person.luck.random_bool(HEARING_NEWS)
}

async fn read_home(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.open_home(account).await.map(drop),
        None => Ok(()),
    }
}

async fn read_entry(guest: &mut Guest) -> Result<(), Failure> {
    let drawn = guest.seen_entries.choose(&mut guest.person.luck).copied();
    let news = hears_news(guest)
        .then(|| guest.world.model.look().take_entry_news(guest.account))
        .flatten();
    match news.or(drawn) {
        Some(id) => guest.find_entry(id).await.map(drop),
        None => guest.open_recent(1).await.map(drop),
    }
}

async fn look_at_panel(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.open_panel(account).await,
        None => Ok(()),
    }
}

async fn watch_timeline(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let mut known = guest.open_home(account).await?.newest_of_friends();
    for _ in 0..WAITS {
        if known == 0 || guest.person.mood.is_leaving() {
            break;
        }
        let told = guest.watch_timeline(account, known).await?;
        let Some(newest) = told.iter().map(|entry| entry.id).max() else {
            continue;
        };
        known = newest;
        guest.find_entry(newest).await?;
    }
    Ok(())
}

async fn read_recent(guest: &mut Guest) -> Result<(), Failure> {
    let first = guest.open_recent(1).await?;
    // Most stop soon; a few open a page from long ago.
    let last = (first.total / PAGE).max(1);
    let deeper = match guest.person.luck.random_range(0..10) {
        0..5 => return Ok(()),
        5..9 => 2,
        _ => guest.person.luck.random_range(1..=last),
    };
    if first.has_older {
        guest.person.pause().await;
        guest.open_recent(deeper).await?;
    }
    Ok(())
}
