//! Judging pages against the model.
//!
//! A check gets a page, the view it was seen by and a look at the model, and
//! answers with the first rule that the page breaks. What was leaked or
//! falsified is critical; what is missing, miscounted or out of order is wrong.

pub mod cookie;
pub mod entry;
pub mod footprints;
pub mod frame;
pub mod friends;
pub mod home;
pub mod list_page;
pub mod listed;
pub mod moment;
pub mod order;
pub mod panel;
pub mod pictures;
pub mod profile;
pub mod report;
pub(crate) mod thing;
pub mod timeline;

use isutori_engine::failure::Failure;

use self::thing::Thing;
use crate::{
    model::{Look, PersonKey, View},
    pages::PersonLink,
};

/// Compares two texts.
pub(crate) fn same_text(
    code: &str,
    what: &str,
    expected: &str,
    shown: &str,
) -> Result<(), Failure> {
    if expected == shown {
        return Ok(());
    }
    let (expected, shown) = around_difference(expected, shown);
    Err(Failure::critical(
        code,
        format!("{what} should read {expected:?} but reads {shown:?}"),
    ))
}

/// The person whom a link leads to, who must not be banned; the nickname must be right.
pub(crate) fn linked_person(
    look: &Look<'_>,
    link: &PersonLink,
    view: &View,
) -> Result<PersonKey, Failure> {
    let person = look.person(&link.name).ok_or_else(|| {
        Failure::critical("person.unknown", format!("nobody is named {:?}", link.name))
    })?;
    Thing::Person(person).check_shown(look, view)?;
    if !look.nickname_fits(person, &link.nickname, view) {
        let (name, nickname) = (&link.name, &link.nickname);
        return Err(Failure::wrong(
            "person.nickname",
            format!("{name} is shown with the nickname {nickname:?}"),
        ));
    }
    Ok(person)
}

/// A short piece of each text from shortly before the first difference on.
fn around_difference(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(10);
    let piece = |text: &str| {
        let piece: String = text.chars().skip(from).take(50).collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if text.chars().nth(from + 50).is_some() {
            "…"
        } else {
            ""
        };
        format!("{before}{piece}{after}")
    };
    (piece(a), piece(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_in_its_neighbourhood() {
        let long = "椅子".repeat(1000);
        let failure = same_text(
            "x",
            "the body",
            &format!("{long}A{long}"),
            &format!("{long}B{long}"),
        );
        let sentence = failure.expect_err("they differ").sentence;
        assert!(
            sentence.contains('A') && sentence.contains('B'),
            "{sentence}"
        );
        assert!(sentence.chars().count() < 300);
    }
}
