//! `GET /people/:name`.

use isutori_engine::failure::Failure;

use super::{
    linked_person, listed::check_listed_entry, order::check_newest, pictures::check_icon, same_text,
};
use crate::{
    model::{Certainty, Look, PersonKey, View},
    pages::ProfilePage,
};

const ENTRIES: usize = 5;

/// Nickname, introduction, birthday, standing, forms and newest entries.
///
/// # Errors
/// `profile.altered`, `profile.leaked`, `entry.*` (critical), `profile.standing`,
/// `profile.form`, `list.*` (wrong).
pub fn check_profile(
    look: &mut Look<'_>,
    page: &ProfilePage,
    person: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    let friends = match view.viewer {
        None => Certainty::No,
        Some(viewer) if viewer == person => Certainty::Yes,
        Some(viewer) => look.are_friends(viewer, person, view),
    };
    check_fields(look, page, person, friends, view)?;
    check_standing(page, person, friends, view)?;
    check_icon(&page.icon, &look.name(person), 128)?;
    let mut shown = Vec::new();
    for entry in &page.entries {
        if linked_person(look, &entry.author, view)? != person {
            return Err(Failure::wrong(
                "list.foreign",
                "#entries of a profile: an entry of somebody else",
            ));
        }
        shown.push(check_listed_entry(look, entry, view)?);
    }
    check_newest(
        "#entries of a profile",
        &shown,
        ENTRIES,
        &look.diary(person, view),
    )
}

fn check_fields(
    look: &Look<'_>,
    page: &ProfilePage,
    person: PersonKey,
    friends: Certainty,
    view: &View,
) -> Result<(), Failure> {
    let name = look.name(person);
    if page.birthday.is_some() && friends == Certainty::No {
        return Err(Failure::critical(
            "profile.leaked",
            format!("the birthday of {name} is shown to no friend"),
        ));
    }
    if page.birthday.is_none() && friends == Certainty::Yes {
        return Err(Failure::wrong(
            "profile.birthday",
            format!("the birthday of {name} is not shown to a friend"),
        ));
    }
    let profiles = look.profiles(person, view);
    let fits = |profile: &&crate::model::people::Profile| {
        profile.nickname == page.nickname
            && profile.introduction == page.introduction
            && page
                .birthday
                .as_ref()
                .is_none_or(|birthday| *birthday == profile.birthday)
    };
    if profiles.iter().any(|profile| fits(&profile)) {
        return Ok(());
    }
    let Some(newest) = profiles.last() else {
        return Ok(());
    };
    let what = |field| format!("the {field} of {name}");
    same_text(
        "profile.altered",
        &what("nickname"),
        &newest.nickname,
        &page.nickname,
    )?;
    same_text(
        "profile.altered",
        &what("introduction"),
        &newest.introduction,
        &page.introduction,
    )?;
    same_text(
        "profile.altered",
        &what("birthday"),
        &newest.birthday,
        page.birthday.as_deref().unwrap_or_default(),
    )
}

fn check_standing(
    page: &ProfilePage,
    person: PersonKey,
    friends: Certainty,
    view: &View,
) -> Result<(), Failure> {
    let standing = page.standing.as_str();
    let right = match view.viewer {
        None => standing == "anonymous",
        Some(viewer) if viewer == person => standing == "self",
        Some(_) => match standing {
            "yes" => friends != Certainty::No,
            "no" => friends != Certainty::Yes,
            _ => false,
        },
    };
    if !right {
        return Err(Failure::wrong(
            "profile.standing",
            format!("data-friend is {standing:?}"),
        ));
    }
    if page.befriend_csrf.is_some() != (standing == "no") {
        return Err(Failure::wrong(
            "profile.form",
            "form#befriend belongs to those who are not friends, and only there",
        ));
    }
    for (form, token) in [
        ("edit-profile", &page.edit_csrf),
        ("change-icon", &page.icon_csrf),
    ] {
        if token.is_some() != (standing == "self") {
            return Err(Failure::wrong(
                "profile.form",
                format!("form#{form} belongs to one's own profile, and only there"),
            ));
        }
    }
    Ok(())
}
