//! Writing.

use isutori_engine::failure::Failure;
use rand::seq::IndexedRandom;

use super::{scenario, wander::somebody};
use crate::{guest::Guest, pictures::Gallery, texts};

scenario!(
    /// Writes an entry from home.
    WriteEntry, member 4, anonymous 0, write_entry
);
scenario!(
    /// Comments on an entry that was seen in a list.
    Comment, member 5, anonymous 0, comment
);
scenario!(
    /// Becomes somebody's friend.
    Befriend, member 2, anonymous 0, befriend
);
scenario!(
    /// Edits the own profile.
    EditProfile, member 1, anonymous 0, edit_profile
);

scenario!(
    /// Changes the own icon.
    ChangeIcon, member 1, anonymous 0, change_icon
);

async fn write_entry(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let csrf = guest.open_home(account).await?.csrf;
    guest.person.pause().await;
    let draft = texts::entry(&mut guest.person.luck);
    let id = guest.write_entry(account, draft, &csrf).await?;
    guest.open_entry(id).await.map(drop)
}

pub(super) async fn comment(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let Some(id) = guest.seen_entries.choose(&mut guest.person.luck).copied() else {
        return Ok(());
    };
    let Some(page) = guest.find_entry(id).await? else {
        return Ok(());
    };
    let csrf = page.csrf.unwrap_or_default();
    guest.person.pause().await;
    let body = texts::comment(&mut guest.person.luck);
    guest.write_comment(account, id, &body, &csrf).await?;
    guest.find_entry(id).await.map(drop)
}

pub(super) async fn befriend(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let name = somebody(guest);
    let profile = guest.find_profile(&name).await?;
    let Some(csrf) = profile.and_then(|profile| profile.befriend_csrf) else {
        return Ok(());
    };
    guest.person.pause().await;
    guest.befriend(account, &name, &csrf).await?;
    guest.find_profile(&name).await.map(drop)
}

async fn edit_profile(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let name = guest.world.model.look().name(account);
    let csrf = guest
        .open_profile(&name)
        .await?
        .edit_csrf
        .unwrap_or_default();
    guest.person.pause().await;
    let nickname = texts::nickname(&mut guest.person.luck);
    let profile = texts::profile(&mut guest.person.luck, &nickname);
    guest.edit_profile(account, &profile, &csrf).await?;
    guest.open_profile(&name).await.map(drop)
}

async fn change_icon(guest: &mut Guest) -> Result<(), Failure> {
    let Some(account) = guest.account else {
        return Ok(());
    };
    let name = guest.world.model.look().name(account);
    let csrf = guest
        .open_profile(&name)
        .await?
        .icon_csrf
        .unwrap_or_default();
    guest.person.pause().await;
    let icon = Gallery::icon(&mut guest.person.luck);
    guest.change_icon(account, icon, &csrf).await?;
    guest.open_profile(&name).await.map(drop)
}
