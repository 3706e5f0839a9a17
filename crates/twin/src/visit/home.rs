//! Home.

use std::fmt::{self, Display};

use http::StatusCode;
use isutori_dataset::{Comment, Entry, Visibility};

use super::{
    Visit,
    listed::{csrf_field, icon, person_link},
};
use crate::{Break, answer::Answer, refusal::Refusal};

/// How many own entries are shown.
const OWN: usize = 5;

/// How much of anything else is shown.
const LATEST: usize = 10;

/// How far back friends' entries and comments are looked for.
const WINDOW: usize = 1000;

/// A comment and what it is about.
type CommentOn<'a> = (&'a Comment, &'a Entry);

/// All that home shows.
struct Home<'a> {
    me: u64,
    my_entries: Vec<&'a Entry>,
    friends_entries: Vec<&'a Entry>,
    friends_comments: Vec<CommentOn<'a>>,
    comments_to_me: Vec<CommentOn<'a>>,
}

impl Visit<'_> {
    /// `GET /`
    pub(super) fn show_home(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let circle = self.state.friendships.circle(me, self.state.people.len());
        let home = Home {
            me,
            my_entries: self.state.entries.by(me).take(OWN).collect(),
            friends_entries: self.friends_entries(me, &circle),
            friends_comments: self.friends_comments(me, &circle),
            comments_to_me: self.comments_to(me),
        };
        let answer = self.page(StatusCode::OK, "Home", self.home(&home));
        if self.breaks(Break::KeepHomeForAll) {
            return Ok(match self.state.kept_home.replace((me, answer.clone())) {
                Some((other, kept)) if other != me => kept,
                _ => answer,
            });
        }
        Ok(answer)
    }

    fn friends_entries(&self, me: u64, circle: &[bool]) -> Vec<&Entry> {
        let strangers = self.breaks(Break::ListStrangersOnHome);
        let private = self.breaks(Break::ListPrivateOnHome);
        let belongs = |entry: &&Entry| match entry.visibility {
            Visibility::Public if strangers => entry.person_id != me,
            Visibility::Private if !private => false,
            _ => circle[entry.person_id as usize],
        };
        let window = match self.breaks(Break::NarrowWindow) {
            true => 20,
            false => WINDOW,
        };
        let newest = self.state.entries.newest().take(window);
        newest.filter(belongs).take(LATEST).collect()
    }

    fn friends_comments(&self, me: u64, circle: &[bool]) -> Vec<CommentOn<'_>> {
        let all = self.breaks(Break::ListHiddenComments);
        let sees = |entry: &Entry| match entry.visibility {
            Visibility::Public => true,
            Visibility::Friends => circle[entry.person_id as usize] || entry.person_id == me,
            Visibility::Private => entry.person_id == me,
        };
        let newest = self.state.comments.newest().take(WINDOW);
        newest
            .filter(|comment| circle[comment.person_id as usize])
            .filter_map(|comment| Some((comment, self.state.entries.get(comment.entry_id)?)))
            .filter(|(_, entry)| all || sees(entry))
            .skip(usize::from(self.breaks(Break::SkipFriendsComment)))
            .take(LATEST)
            .collect()
    }

    fn comments_to(&self, me: u64) -> Vec<CommentOn<'_>> {
        let with_entry = |comment| -> Option<CommentOn<'_>> {
            let comment: &Comment = comment;
            Some((comment, self.state.entries.get(comment.entry_id)?))
        };
        if self.breaks(Break::ListOwnComments) {
            let all = self.state.comments.newest().filter_map(with_entry);
            return all
                .filter(|(_, entry)| entry.person_id == me)
                .take(LATEST)
                .collect();
        }
        let to_me = self.state.comments.for_person(me);
        to_me.filter_map(with_entry).take(LATEST).collect()
    }

    fn friend_count(&self, person: u64) -> usize {
        match self.breaks(Break::CountFriendsBanned) {
            true => self.state.friendships.count_ever(person),
            false => self.state.friendships.count(person),
        }
    }

    fn home<'b>(&'b self, home: &'b Home<'b>) -> impl Display + 'b {
        fmt::from_fn(move |f| {
            write!(
                f,
                r#"<main>
<form id="new-entry" method="post" action="/entries" enctype="multipart/form-data">{csrf}<input name="title"><textarea name="body"></textarea><input name="photo" type="file"><select name="visibility"><option>public</option><option>friends</option><option>private</option></select><button>Publish</button></form>
<section id="friends-entries"><h2>From your friends</h2>
{friends_entries}</section>
<section id="my-entries"><h2>From you</h2>
{my_entries}</section>
<section id="profile">{icon} {me} <a href="/friends" data-count="{friends}">{friends} friends</a></section>
<section id="comments-to-me"><h2>Comments for you</h2><ul>
{comments_to_me}</ul></section>
<section id="friends-comments"><h2>Your friends say</h2><ul>
{friends_comments}</ul></section>
<section id="footprints"><h2>Footprints</h2><ul>
{footprints}</ul></section>
</main>"#,
                csrf = csrf_field(self.session.map_or(0, |session| session.csrf)),
                friends_entries = self.entry_list(&home.friends_entries),
                my_entries = self.entry_list(&home.my_entries),
                icon = icon(self.state.people.get(home.me), 64),
                me = person_link(self.state.people.get(home.me)),
                friends = self.friend_count(home.me),
                comments_to_me = self.comment_list(&home.comments_to_me),
                friends_comments = self.comment_list(&home.friends_comments),
                footprints = self.footprint_list(home.me, LATEST),
            )
        })
    }
}
