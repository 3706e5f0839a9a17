//! `GET /entries/:id`.

use std::collections::HashSet;

use isutori_engine::failure::Failure;

use super::{
    linked_person,
    listed::{check_comment, check_entry_head, check_visible, unknown_comment, unknown_entry},
    pictures::{check_icon, check_photo},
    same_text,
};
use crate::{
    markdown,
    model::{Certainty, Look, View},
    pages::EntryPage,
};

/// The entry with every comment, oldest first.
///
/// # Errors
/// `entry.*`, `comment.*` (critical or wrong), `list.order`, `comments.count` (wrong).
pub fn check_entry(
    look: &mut Look<'_>,
    page: &EntryPage,
    id: u64,
    view: &View,
) -> Result<(), Failure> {
    if page.id != id {
        let shown = page.id;
        return Err(Failure::critical(
            "entry.unknown",
            format!("entry {shown} is shown in the place of entry {id}"),
        ));
    }
    let author = linked_person(look, &page.author, view)?;
    let facts = look
        .shown_entry(id, author, &page.title)
        .ok_or_else(|| unknown_entry(id, &page.title))?;
    check_visible(look, &facts, view)?;
    check_entry_head(
        look,
        &facts,
        author,
        &page.title,
        page.visibility,
        page.time,
    )?;
    same_text(
        "entry.altered",
        &format!("the body of entry {id}"),
        &markdown::expected(&facts.body),
        &page.body,
    )?;
    check_icon(&page.icon, &page.author.name, 64)?;
    check_photo(page.photo.as_ref(), id, facts.photo.is_some())?;
    if page.csrf.is_some() != view.viewer.is_some() {
        return Err(Failure::wrong(
            "entry.form",
            "form#comment belongs to those who are logged in, and only to them",
        ));
    }
    check_comments(look, page, view)
}

fn check_comments(look: &mut Look<'_>, page: &EntryPage, view: &View) -> Result<(), Failure> {
    let entry = page.id;
    let mut shown = HashSet::new();
    for comment in &page.comments {
        let id = comment.id;
        let author = linked_person(look, &comment.author, view)?;
        let facts = look
            .shown_comment(id, entry, author, |body| body == comment.body)
            .ok_or_else(|| unknown_comment(id, entry, &comment.body))?;
        check_comment(look, &facts, entry, author, comment.time)?;
        check_icon(&comment.icon, &comment.author.name, 32)?;
        same_text(
            "comment.altered",
            &format!("comment {id}"),
            &facts.body,
            &comment.body,
        )?;
        shown.insert(id);
    }
    if page
        .comments
        .windows(2)
        .any(|pair| (pair[0].time, pair[0].id) >= (pair[1].time, pair[1].id))
    {
        return Err(Failure::wrong(
            "list.order",
            format!("the comments of entry {entry} are not oldest first"),
        ));
    }
    if page.comment_count != page.comments.len() as u64 {
        let (said, there) = (page.comment_count, page.comments.len());
        return Err(Failure::wrong(
            "comments.count",
            format!("entry {entry} shows {there} comments but counts {said}"),
        ));
    }
    let expected = look.comments_on(entry, view).into_iter();
    let mut certain = expected.filter(|item| item.certainty == Certainty::Yes);
    match certain.find(|item| !item.id.is_some_and(|id| shown.contains(&id))) {
        None => Ok(()),
        Some(item) => {
            let which = item.id.map_or("an acknowledged comment".to_owned(), |id| {
                format!("comment {id}")
            });
            Err(Failure::wrong(
                "comment.missing",
                format!("{which} is missing on entry {entry}"),
            ))
        }
    }
}
