//! What stands in lists, the same on every page.

use std::fmt::{self, Display};

use isutori_dataset::{Comment, Entry, Person, Visibility};

use super::Visit;
use crate::{
    Break,
    html::{Day, Excerpt, Text, Time, each},
    state::Footprint,
};

/// A link to somebody.
pub(super) fn icon(person: &Person, side: u32) -> impl Display {
    fmt::from_fn(move |f| {
        write!(
            f,
            r#"<img class="icon" src="/icons/{}?size={side}" alt="">"#,
            person.name
        )
    })
}

/// A link to a person.
pub(super) fn person_link(person: &Person) -> impl Display {
    fmt::from_fn(|f| {
        let nickname = Text(&person.nickname);
        write!(
            f,
            r#"<a class="person" href="/people/{}">{nickname}</a>"#,
            person.name
        )
    })
}

/// A visibility as forms and pages say it.
pub(super) fn visibility_name(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Friends => "friends",
        Visibility::Private => "private",
    }
}

/// The hidden field of every form.
pub(super) fn csrf_field(csrf: u128) -> String {
    format!(r#"<input type="hidden" name="csrf" value="{csrf:032x}">"#)
}

impl Visit<'_> {
    /// Entries, one after the other.
    pub(super) fn entry_list<'b>(&'b self, entries: &'b [&'b Entry]) -> impl Display + 'b {
        each(entries, |entry| self.listed_entry(entry))
    }

    fn listed_entry<'b>(&'b self, entry: &'b Entry) -> impl Display + 'b {
        let author = self.writer(entry.person_id, Break::WrongAuthor);
        fmt::from_fn(move |f| {
            write!(
                f,
                r#"<article class="entry" data-id="{id}" data-visibility="{visibility}">
<h3><a class="title" href="/entries/{id}">{title}</a></h3>
<p>{author} {time} <span class="comments" data-count="{comments}">{comments}</span></p>
<p class="excerpt">{excerpt}</p>
</article>
"#,
                id = entry.id,
                visibility = visibility_name(entry.visibility),
                title = Text(&entry.title),
                author = person_link(author),
                time = self.time(entry.created_at),
                comments = self.comment_count(entry),
                excerpt = self.excerpt(&entry.body),
            )
        })
    }

    /// Comments away from their entries.
    pub(super) fn comment_list<'b>(
        &'b self,
        comments: &'b [(&'b Comment, &'b Entry)],
    ) -> impl Display + 'b {
        each(comments, move |(comment, entry)| {
            fmt::from_fn(move |f| {
                write!(
                    f,
                    r#"<li class="comment" data-id="{id}">
<p class="excerpt">{excerpt}</p>
<p>{author} on <a class="title" href="/entries/{entry}">{title}</a> {time}</p>
</li>
"#,
                    id = comment.id,
                    excerpt = self.excerpt(&comment.body),
                    author = person_link(self.state.people.get(comment.person_id)),
                    entry = entry.id,
                    title = Text(&entry.title),
                    time = self.time(comment.created_at),
                )
            })
        })
    }

    /// The newest footprints left at somebody.
    pub(super) fn footprint_list(&self, owner: u64, limit: usize) -> impl Display {
        let shift = match self.breaks(Break::DaysOfTokyo) {
            true => 9 * 3_600_000,
            false => 0,
        };
        let footprints = self.state.footprints.at(owner).take(limit).copied();
        let footprints: Vec<Footprint> = footprints.collect();
        fmt::from_fn(move |f| {
            for Footprint { visitor, time } in &footprints {
                let day = Day(time + shift);
                let visitor = person_link(self.state.people.get(*visitor));
                let time = self.time(*time);
                writeln!(
                    f,
                    r#"<li class="footprint" data-day="{day}">{visitor} {time}</li>"#
                )?;
            }
            Ok(())
        })
    }

    /// When something was written.
    pub(super) fn time(&self, time: i64) -> Time {
        match self.breaks(Break::WholeSeconds) {
            true => Time(time - time % 1000),
            false => Time(time),
        }
    }

    /// The person with this id, or somebody else where that rule is broken.
    pub(super) fn writer(&self, id: u64, rule: Break) -> &Person {
        self.state.people.get(match self.breaks(rule) {
            true => id % self.state.people.len() as u64 + 1,
            false => id,
        })
    }

    fn comment_count(&self, entry: &Entry) -> usize {
        match self.breaks(Break::MiscountComments) {
            true => self.state.comments.initial_count(entry.id),
            false if self.breaks(Break::CountCommentsOfBanned) => {
                self.state.comments.count_ever(entry.id)
            }
            false => self.state.comments.count(entry.id),
        }
    }

    fn excerpt<'b>(&self, text: &'b str) -> impl Display + 'b {
        let has_ellipsis = !self.breaks(Break::NoEllipsis);
        Excerpt { text, has_ellipsis }
    }
}
