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

async fn read_home(guest: &mut Guest) -> Result<(), Failure> {
    match guest.account {
        Some(account) => guest.open_home(account).await.map(drop),
        None => Ok(()),
    }
}

async fn read_entry(guest: &mut Guest) -> Result<(), Failure> {
    match guest.seen_entries.choose(&mut guest.person.luck).copied() {
        Some(id) => guest.open_entry(id).await.map(drop),
        None => guest.open_recent(1).await.map(drop),
    }
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
