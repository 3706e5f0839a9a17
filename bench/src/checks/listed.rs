//! Entries and comments as lists show them.

use isutori_dataset::Visibility;
use isutori_engine::failure::Failure;

use super::{linked_person, moment::check_write_time, order::Shown, same_text, thing::Thing};
use crate::{
    model::{Certainty, CommentFacts, EntryFacts, Look, PersonKey, View},
    pages::{ListedComment, ListedEntry},
};

/// How much of a text a list shows.
const EXCERPT: usize = 100;

/// The beginning of a text, as the contract shortens it.
pub fn excerpt(text: &str) -> String {
    let mut excerpt: String = text
        .chars()
        .take(EXCERPT)
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();
    if text.chars().nth(EXCERPT).is_some() {
        excerpt.push('…');
    }
    excerpt.trim().to_owned()
}

/// An entry in a list exists, may be seen, and is shown as it is.
///
/// # Errors
/// `entry.unknown`, `entry.leaked`, `entry.altered` (critical),
/// `comments.count`, `entry.time` (wrong).
pub fn check_listed_entry(
    look: &mut Look<'_>,
    shown: &ListedEntry,
    view: &View,
) -> Result<Shown, Failure> {
    let id = shown.id;
    let author = linked_person(look, &shown.author, view)?;
    let facts = look
        .shown_entry(id, author, &shown.title)
        .ok_or_else(|| unknown_entry(id, &shown.title))?;
    check_visible(look, &facts, view)?;
    check_entry_head(
        look,
        &facts,
        author,
        &shown.title,
        shown.visibility,
        shown.time,
    )?;
    same_text(
        "entry.altered",
        &format!("the excerpt of entry {id}"),
        &excerpt(&facts.body),
        &shown.excerpt,
    )?;
    let (must, may) = look.comment_count(id, view);
    check_count(
        "comments.count",
        &format!("the comments of entry {id}"),
        must,
        may,
        shown.comments,
    )?;
    Ok(Shown {
        id,
        time: shown.time,
        age: facts.age,
    })
}

/// A comment in a list exists, may be seen, and is shown as it is.
///
/// # Errors
/// `comment.unknown`, `comment.altered`, `entry.leaked` (critical) and more.
pub fn check_listed_comment(
    look: &mut Look<'_>,
    shown: &ListedComment,
    view: &View,
) -> Result<(Shown, CommentFacts, EntryFacts), Failure> {
    let id = shown.id;
    let author = linked_person(look, &shown.author, view)?;
    let facts = look
        .shown_comment(id, shown.entry, author, |body| {
            excerpt(body) == shown.excerpt
        })
        .ok_or_else(|| unknown_comment(id, shown.entry, &shown.excerpt))?;
    let entry = look
        .entry(facts.entry)
        .ok_or_else(|| unknown_entry(facts.entry, &shown.entry_title))?;
    check_visible(look, &entry, view)?;
    check_comment(look, &facts, shown.entry, author, shown.time)?;
    same_text(
        "comment.altered",
        &format!("the excerpt of comment {id}"),
        &excerpt(&facts.body),
        &shown.excerpt,
    )?;
    let title = format!("the title of entry {} above comment {id}", entry.id);
    same_text("entry.altered", &title, &entry.title, &shown.entry_title)?;
    Ok((
        Shown {
            id,
            time: shown.time,
            age: facts.age,
        },
        facts,
        entry,
    ))
}

/// The entry may be seen in this view.
pub(super) fn check_visible(
    look: &Look<'_>,
    entry: &EntryFacts,
    view: &View,
) -> Result<(), Failure> {
    Thing::Entry(entry.id).check_shown(look, view)?;
    if look.may_see(entry.author, entry.visibility, view) != Certainty::No {
        return Ok(());
    }
    let viewer = view
        .viewer
        .map_or("somebody without login".to_owned(), |viewer| {
            look.name(viewer)
        });
    let (id, kind, author) = (entry.id, name_of(entry.visibility), look.name(entry.author));
    Err(Failure::critical(
        "entry.leaked",
        format!("{kind} entry {id} of {author} is shown to {viewer}"),
    ))
}

/// Author, title, visibility and time of an entry.
pub(super) fn check_entry_head(
    look: &mut Look<'_>,
    facts: &EntryFacts,
    author: PersonKey,
    title: &str,
    visibility: Visibility,
    time: i64,
) -> Result<(), Failure> {
    let id = facts.id;
    if facts.author != author {
        let (right, wrong) = (look.name(facts.author), look.name(author));
        return Err(Failure::critical(
            "entry.author",
            format!("entry {id} is by {right}, not by {wrong}"),
        ));
    }
    same_text(
        "entry.altered",
        &format!("the title of entry {id}"),
        &facts.title,
        title,
    )?;
    if facts.visibility != visibility {
        let (right, wrong) = (name_of(facts.visibility), name_of(visibility));
        return Err(Failure::critical(
            "entry.altered",
            format!("entry {id} is {right}, not {wrong}"),
        ));
    }
    let what = format!("entry {id}");
    check_time("entry.time", &what, facts.created_at, time)?;
    check_write_time(look, "entry.time", &what, facts.age, time)?;
    look.learn_entry_time(id, time);
    Ok(())
}

/// Entry, author and time of a comment.
pub(super) fn check_comment(
    look: &mut Look<'_>,
    facts: &CommentFacts,
    entry: u64,
    author: PersonKey,
    time: i64,
) -> Result<(), Failure> {
    let id = facts.id;
    if facts.entry != entry {
        let right = facts.entry;
        return Err(Failure::critical(
            "comment.entry",
            format!("comment {id} is about entry {right}, not {entry}"),
        ));
    }
    if facts.author != author {
        let (right, wrong) = (look.name(facts.author), look.name(author));
        return Err(Failure::critical(
            "comment.author",
            format!("comment {id} is by {right}, not by {wrong}"),
        ));
    }
    let what = format!("comment {id}");
    check_time("comment.time", &what, facts.created_at, time)?;
    check_write_time(look, "comment.time", &what, facts.age, time)?;
    look.learn_comment_time(id, time);
    Ok(())
}

/// A number that is shown lies between what must and what may be counted.
pub(super) fn check_count(
    code: &str,
    what: &str,
    must: u64,
    may: u64,
    shown: u64,
) -> Result<(), Failure> {
    if (must..=may).contains(&shown) {
        return Ok(());
    }
    let expected = if must == may {
        must.to_string()
    } else {
        format!("{must} to {may}")
    };
    Err(Failure::wrong(
        code,
        format!("{what}: {shown} are counted, expected {expected}"),
    ))
}

fn check_time(code: &str, what: &str, expected: Option<i64>, shown: i64) -> Result<(), Failure> {
    match expected {
        Some(expected) if expected != shown => {
            let by = shown - expected;
            Err(Failure::wrong(
                code,
                format!("the time of {what} is off by {by} ms"),
            ))
        }
        _ => Ok(()),
    }
}

pub(super) fn unknown_entry(id: u64, title: &str) -> Failure {
    Failure::critical(
        "entry.unknown",
        format!("entry {id} ({title:?}) was never written"),
    )
}

pub(super) fn unknown_comment(id: u64, entry: u64, text: &str) -> Failure {
    Failure::critical(
        "comment.unknown",
        format!("comment {id} on entry {entry} ({text:?}) was never written"),
    )
}

fn name_of(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Friends => "friends-only",
        Visibility::Private => "private",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_count_characters_and_fold_lines() {
        assert_eq!(excerpt("a\n\nb"), "a  b");
        assert_eq!(excerpt(&"椅".repeat(100)), "椅".repeat(100));
        assert_eq!(excerpt(&"椅".repeat(101)), format!("{}…", "椅".repeat(100)));
    }
}
