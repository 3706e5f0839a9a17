//! `GET /`.

use isutori_engine::failure::Failure;

use super::{
    footprints::check_footprints,
    linked_person,
    listed::{check_count, check_listed_comment, check_listed_entry},
    order::{Shown, check_newest},
    pictures::check_icon,
};
use crate::{
    model::{Certainty, CommentFacts, EntryFacts, Look, PersonKey, View},
    pages::{HomePage, ListedComment, ListedEntry},
};

const OWN_ENTRIES: usize = 5;
const LATEST: usize = 10;

/// Every section of home.
///
/// # Errors
/// The first rule broken.
pub fn check_home(
    look: &mut Look<'_>,
    page: &HomePage,
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    if linked_person(look, &page.owner, view)? != viewer {
        let (viewer, other) = (look.name(viewer), &page.owner.name);
        return Err(Failure::critical(
            "session.other",
            format!("{viewer} sees the home of {other}"),
        ));
    }
    check_icon(&page.icon, &page.owner.name, 64)?;
    check_friend_count(look, viewer, page.friends, view)?;
    check_my_entries(look, &page.my_entries, viewer, view)?;
    check_friends_entries(look, &page.friends_entries, viewer, view)?;
    check_friends_comments(look, &page.friends_comments, viewer, view)?;
    check_comments_to_me(look, &page.comments_to_me, viewer, view)?;
    check_footprints(
        look,
        "#footprints of home",
        &page.footprints,
        LATEST,
        viewer,
        view,
    )
}

/// The number of friends that is shown to a person.
pub(super) fn check_friend_count(
    look: &Look<'_>,
    person: PersonKey,
    shown: u64,
    view: &View,
) -> Result<(), Failure> {
    let friends = look.friends_of(person, view);
    let certain = friends
        .iter()
        .filter(|(_, certainty)| *certainty == Certainty::Yes)
        .count() as u64;
    check_count(
        "friends.count",
        "friends",
        certain,
        friends.len() as u64,
        shown,
    )
}

fn check_my_entries(
    look: &mut Look<'_>,
    entries: &[ListedEntry],
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    let place = "#my-entries of home";
    let shown = check_entries(look, entries, view, |_, author| match author == viewer {
        true => Ok(()),
        false => Err(Failure::wrong(
            "list.foreign",
            format!("{place}: an entry of somebody else"),
        )),
    })?;
    check_newest(place, &shown, OWN_ENTRIES, &look.diary(viewer, view))
}

fn check_friends_entries(
    look: &mut Look<'_>,
    entries: &[ListedEntry],
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    let place = "#friends-entries of home";
    let shown = check_entries(look, entries, view, |look, author| {
        match look.are_friends(viewer, author, view) {
            Certainty::No => Err(not_a_friend(place, &look.name(author))),
            _ => Ok(()),
        }
    })?;
    check_newest(
        place,
        &shown,
        LATEST,
        &look.friends_entries(viewer, LATEST, view),
    )
}

fn check_friends_comments(
    look: &mut Look<'_>,
    comments: &[ListedComment],
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    let place = "#friends-comments of home";
    let shown = check_comments(look, comments, view, |look, comment, _| {
        match look.are_friends(viewer, comment.author, view) {
            Certainty::No => Err(not_a_friend(place, &look.name(comment.author))),
            _ => Ok(()),
        }
    })?;
    check_newest(place, &shown, LATEST, &look.friends_comments(viewer, view))
}

fn check_comments_to_me(
    look: &mut Look<'_>,
    comments: &[ListedComment],
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    let place = "#comments-to-me of home";
    let shown = check_comments(look, comments, view, |_, comment, entry| {
        if entry.author == viewer && comment.author != viewer {
            return Ok(());
        }
        let id = comment.id;
        Err(Failure::wrong(
            "list.foreign",
            format!("{place}: comment {id} is not by somebody else on an own entry"),
        ))
    })?;
    check_newest(place, &shown, LATEST, &look.comments_to(viewer, view))
}

fn check_entries(
    look: &mut Look<'_>,
    entries: &[ListedEntry],
    view: &View,
    belongs: impl Fn(&Look<'_>, PersonKey) -> Result<(), Failure>,
) -> Result<Vec<Shown>, Failure> {
    let mut shown = Vec::new();
    for entry in entries {
        shown.push(check_listed_entry(look, entry, view)?);
        belongs(look, linked_person(look, &entry.author, view)?)?;
    }
    Ok(shown)
}

fn check_comments(
    look: &mut Look<'_>,
    comments: &[ListedComment],
    view: &View,
    belongs: impl Fn(&Look<'_>, &CommentFacts, &EntryFacts) -> Result<(), Failure>,
) -> Result<Vec<Shown>, Failure> {
    let mut shown = Vec::new();
    for comment in comments {
        let (this, facts, entry) = check_listed_comment(look, comment, view)?;
        belongs(look, &facts, &entry)?;
        shown.push(this);
    }
    Ok(shown)
}

fn not_a_friend(place: &str, name: &str) -> Failure {
    Failure::wrong("list.foreign", format!("{place}: {name} is not a friend"))
}
