//! Friends.

use std::fmt;

use http::StatusCode;
use isutori_dataset::Friend;

use super::{Visit, listed::person_link};
use crate::{
    Break,
    answer::{self, Answer},
    html::each,
    refusal::Refusal,
};

impl Visit<'_> {
    /// `GET /friends`
    pub(super) fn list_friends(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let mut friends: Vec<&Friend> = self.state.friendships.of(me).collect();
        if self.breaks(Break::FriendsOldestFirst) {
            friends.reverse();
        }
        let main = fmt::from_fn(|f| {
            write!(
                f,
                r#"<main><section id="friends" data-count="{count}"><h1>Friends</h1><ul>
{friends}</ul></section></main>"#,
                count = friends.len(),
                friends = each(&friends, |friend| self.friend(friend)),
            )
        });
        Ok(self.page(StatusCode::OK, "Friends", main))
    }

    fn friend<'b>(&'b self, friend: &'b Friend) -> impl fmt::Display + 'b {
        fmt::from_fn(move |f| {
            let person = person_link(self.state.people.get(friend.person_id));
            let since = self.time(friend.since);
            writeln!(f, r#"<li class="friend">{person} {since}</li>"#)
        })
    }

    /// `POST /friends`
    pub(super) fn befriend(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let form = self.form()?;
        if self.breaks(Break::MeasureNamesOfFriends) {
            form.account_name()?;
        }
        let name = form.field("name")?;
        let other = self.person_named(name)?;
        if other == me && !self.breaks(Break::BefriendOneself) {
            return Err(Refusal::field("name", "is your own"));
        }
        let is_new = !self.state.friendships.are_friends(me, other);
        if (is_new || self.breaks(Break::RepeatFriendships))
            && !self.breaks(Break::ForgetFriendships)
        {
            let now = self.moment_of(Break::FriendshipsAnHourAgo);
            self.state.friendships.add_one_way(me, other, now);
            if !self.breaks(Break::OneWayFriendships) {
                self.state.friendships.add_one_way(other, me, now);
            }
        }
        Ok(answer::redirect(&format!("/people/{name}")))
    }
}
