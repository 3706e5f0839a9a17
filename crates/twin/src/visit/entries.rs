//! One entry and its comments.

use std::fmt::{self, Display};

use http::StatusCode;
use isutori_dataset::{Comment, Entry, Visibility};

use super::{
    Visit,
    listed::{csrf_field, icon, person_link, visibility_name},
    lists::number,
};
use crate::{
    Break,
    answer::{self, Answer},
    form::Form,
    html::{Text, each, maybe},
    markdown::Manners,
    refusal::Refusal,
};

impl Visit<'_> {
    /// `GET /entries/:id`
    pub(super) fn show_entry(&mut self, id: &str) -> Result<Answer, Refusal> {
        if self.breaks(Break::FootprintsOfRefused)
            && let Some(entry) = self.find_entry(id)
        {
            self.leave_footprint(entry.person_id);
        }
        let entry = self.visible_entry(id)?;
        let owner = entry.person_id;
        let comments = self.state.comments.on(entry.id);
        let comments = comments.filter(|comment| !self.is_late_comment(comment));
        let mut comments: Vec<&Comment> = comments.collect();
        if self.breaks(Break::CommentsNewestFirst) {
            comments.reverse();
        }
        let answer = self.page(StatusCode::OK, &entry.title, self.entry(entry, &comments));
        if !self.breaks(Break::ForgetVisitsOfEntries) {
            self.leave_footprint(owner);
        }
        Ok(answer)
    }

    /// The entry that a path names.
    fn find_entry(&self, id: &str) -> Option<&Entry> {
        self.state.entries.get(number(id)?)
    }

    /// The entry that a path names, if the viewer may see it.
    pub(super) fn visible_entry(&self, id: &str) -> Result<&Entry, Refusal> {
        self.seen(self.find_entry(id))
    }

    /// The same of one that may have been removed.
    pub(super) fn entry_ever(&self, id: &str) -> Result<&Entry, Refusal> {
        self.seen(number(id).and_then(|id| self.state.entries.get_ever(id)))
    }

    fn seen<'e>(&self, entry: Option<&'e Entry>) -> Result<&'e Entry, Refusal> {
        let entry = entry.ok_or(Refusal::NotFound)?;
        match self.sees(entry) {
            true => Ok(entry),
            false if self.breaks(Break::RevealHiddenEntries) => Err(Refusal::Hidden),
            false if self.breaks(Break::ForbidHiddenEntries) => Err(Refusal::NotYours),
            false => Err(Refusal::NotFound),
        }
    }

    fn entry<'b>(&'b self, entry: &'b Entry, comments: &'b [&'b Comment]) -> impl Display + 'b {
        let form = self.viewer_with_csrf().map(|(_, csrf)| csrf);
        let form = form.filter(|_| !self.breaks(Break::NoCommentForm));
        let photo = self.state.pictures.has_photo(entry.id).then_some(entry.id);
        fmt::from_fn(move |f| {
            write!(
                f,
                r#"<main>
<article class="entry" data-id="{id}" data-visibility="{visibility}">
<h1 class="title">{title}</h1>
<p>{icon} {author} {time}</p>
<div class="body">{body}</div>
{photo}</article>
<section id="comments" data-count="{count}">
<ol>{comments}</ol>
{form}</section>
</main>"#,
                id = entry.id,
                visibility = visibility_name(entry.visibility),
                title = self.written(&entry.title),
                icon = icon(self.state.people.get(entry.person_id), 64),
                author = person_link(self.state.people.get(entry.person_id)),
                time = self.time(entry.created_at),
                body = self.formatted(&entry.body),
                photo = maybe(photo, |id| format!(
                    r#"<img class="photo" src="/images/{id}" alt="">"#
                )),
                count = comments.len(),
                comments = each(comments, |comment| self.comment(comment)),
                form = maybe(form, |csrf| comment_form(entry.id, *csrf)),
            )
        })
    }

    fn comment<'b>(&'b self, comment: &'b Comment) -> impl Display + 'b {
        let author = self.writer(comment.person_id, Break::WrongCommentAuthor);
        fmt::from_fn(move |f| {
            writeln!(
                f,
                r#"<li class="comment" data-id="{id}"><p>{icon} {author} {time}</p><div class="body">{body}</div></li>"#,
                id = comment.id,
                icon = icon(author, 32),
                author = person_link(author),
                time = self.time(comment.created_at),
                body = Text(&comment.body),
            )
        })
    }

    /// An entry's Markdown, formatted as the rules say.
    fn formatted(&self, source: &str) -> String {
        if self.breaks(Break::ShowMarkdown) {
            return format!("<p>{}</p>", Text(source));
        }
        let manners = Manners {
            trusts_html: self.breaks(Break::EscapeNothing),
            follows_any_link: self.breaks(Break::FollowAnyLink),
            shows_pictures: self.breaks(Break::ShowPictures),
            forgets_breaks: self.breaks(Break::ForgetBreaks),
        };
        manners.to_html(source)
    }

    /// What somebody wrote, escaped as the rules say.
    fn written(&self, text: &str) -> String {
        match () {
            () if self.breaks(Break::EscapeNothing) => text.to_owned(),
            () if self.breaks(Break::EscapeTwice) => Text(&Text(text).to_string()).to_string(),
            () => Text(text).to_string(),
        }
    }

    /// `POST /entries`
    pub(super) fn create_entry(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let form = self.upload_form()?;
        let entry = Entry {
            id: self.state.entries.next_id(),
            person_id: me,
            title: self.text(&form, "title", 1..=100)?,
            body: self.kept_body(self.text(&form, "body", 1..=20_000)?),
            visibility: self.visibility(&form)?,
            created_at: self.moment_of(Break::EntriesAnHourAgo),
        };
        let photo = self.picture_file(&form, "photo")?;
        let photo = photo.filter(|_| !self.breaks(Break::ForgetPhotos));
        let id = match self.breaks(Break::IdsFromOtherPeople) {
            true => 1,
            false => entry.id,
        };
        if !self.breaks(Break::ForgetEntries) {
            if let Some(photo) = photo {
                self.state.pictures.add_photo(entry.id, photo);
            }
            self.state.entries.add(entry);
        }
        Ok(answer::redirect(&format!("/entries/{id}")))
    }

    /// What is kept of an entry's text.
    fn kept_body(&self, body: String) -> String {
        let body = match self.breaks(Break::ForgetLineEnds) {
            true => body.replace('\n', " "),
            false => body,
        };
        match self.breaks(Break::CutLongEntries) {
            true => body.chars().take(10_000).collect(),
            false => body,
        }
    }

    fn visibility(&self, form: &Form) -> Result<Visibility, Refusal> {
        match form.visibility() {
            Ok(_) if self.breaks(Break::PublishEverything) => Ok(Visibility::Public),
            Err(_) if self.breaks(Break::AcceptAnyVisibility) => Ok(Visibility::Public),
            visibility => visibility,
        }
    }

    /// `POST /entries/:id/comments`
    pub(super) fn create_comment(&mut self, id: &str) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let form = self.form()?;
        if self.breaks(Break::FieldsBeforeEntry) {
            self.text(&form, "body", 1..=1_000)?;
        }
        let entry = match self.find_entry(id) {
            Some(entry) if self.breaks(Break::CommentOnHiddenEntries) => entry,
            None if self.breaks(Break::CommentOnRemoved) => self.entry_ever(id)?,
            _ => self.visible_entry(id)?,
        };
        let (entry, author) = (entry.id, entry.person_id);
        let comment = Comment {
            id: self.state.comments.next_id(),
            entry_id: entry,
            person_id: me,
            body: self.text(&form, "body", 1..=1_000)?,
            created_at: self.moment_of(Break::CommentsAnHourAgo),
        };
        if !self.breaks(Break::ForgetComments) {
            self.state.comments.add(comment, author);
        }
        Ok(answer::redirect(&format!("/entries/{entry}")))
    }
}

fn comment_form(entry: u64, csrf: u128) -> String {
    let csrf = csrf_field(csrf);
    format!(
        r#"<form id="comment" method="post" action="/entries/{entry}/comments">{csrf}<textarea name="body"></textarea><button>Send</button></form>"#
    )
}
