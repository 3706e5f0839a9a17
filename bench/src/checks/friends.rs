//! `GET /friends`.

use std::collections::{HashMap, HashSet};

use isutori_engine::failure::Failure;

use super::{home::check_friend_count, linked_person, moment::check_write_time};
use crate::{
    model::{Age, Certainty, Look, PersonKey, View},
    pages::FriendsPage,
};

/// All friends and nobody else, newest friendship first.
///
/// # Errors
/// `friends.unknown` (critical), `friends.missing`, `friends.count`,
/// `friends.time`, `list.order` (wrong).
pub fn check_friends(
    look: &Look<'_>,
    page: &FriendsPage,
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    check_friend_count(look, viewer, page.count, view)?;
    if page.friends.windows(2).any(|pair| pair[0].1 < pair[1].1) {
        return Err(Failure::wrong(
            "list.order",
            "#friends: not newest friendship first",
        ));
    }
    let since = initial_times(look, viewer);
    let mut shown = HashSet::new();
    for (link, time) in &page.friends {
        let friend = linked_person(look, link, view)?;
        let name = &link.name;
        if look.are_friends(viewer, friend, view) == Certainty::No {
            return Err(Failure::critical(
                "friends.unknown",
                format!("#friends: {name} is not a friend"),
            ));
        }
        if since.get(&friend).is_some_and(|since| since != time) {
            return Err(Failure::wrong(
                "friends.time",
                format!("#friends: {name} is a friend since another time"),
            ));
        }
        if let Some(write) = look.fresh_friendship(viewer, friend) {
            let what = format!("the friendship with {name}");
            check_write_time(look, "friends.time", &what, Age::Fresh(write), *time)?;
        }
        if !shown.insert(friend) {
            return Err(Failure::wrong(
                "friends.twice",
                format!("#friends: {name} stands twice"),
            ));
        }
    }
    let friends = look.friends_of(viewer, view);
    let missing = friends
        .iter()
        .find(|(friend, c)| *c == Certainty::Yes && !shown.contains(friend));
    match missing {
        None => Ok(()),
        Some((friend, _)) => {
            let name = look.name(*friend);
            Err(Failure::wrong(
                "friends.missing",
                format!("#friends: {name} is missing"),
            ))
        }
    }
}

fn initial_times(look: &Look<'_>, viewer: PersonKey) -> HashMap<PersonKey, i64> {
    if viewer.0 > look.dataset.counts().people {
        return HashMap::new();
    }
    let friends = look.dataset.friends_of(viewer.0).into_iter();
    friends
        .map(|friend| (PersonKey(friend.person_id), friend.since))
        .collect()
}
