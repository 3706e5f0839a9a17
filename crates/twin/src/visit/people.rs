//! Profiles.

use std::fmt::{self, Display};

use http::StatusCode;
use isutori_dataset::{Entry, Person};

use super::{
    Visit,
    listed::{csrf_field, icon},
};
use crate::{
    Break,
    answer::{self, Answer},
    html::{Text, maybe},
    refusal::Refusal,
    state::Profile,
};

/// How many entries a profile shows.
const NEWEST: usize = 5;

/// What somebody is to the viewer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Oneself,
    Friend,
    Stranger,
    /// The viewer is nobody.
    Anonymous,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Standing::Oneself => "self",
            Standing::Friend => "yes",
            Standing::Stranger => "no",
            Standing::Anonymous => "anonymous",
        }
    }
}

impl Visit<'_> {
    /// `GET /people/:name`
    pub(super) fn show_person(&mut self, name: &str) -> Result<Answer, Refusal> {
        let owner = self.person_named(name)?;
        let answer = {
            let person = self.state.people.get(owner);
            let all = self.breaks(Break::ListHiddenOnProfiles);
            let entries = self.state.entries.by(owner);
            let entries = entries.filter(|entry| all || self.sees(entry));
            let entries = entries.filter(|entry| !self.is_late_entry(entry));
            let entries: Vec<&Entry> = entries.take(NEWEST).collect();
            self.page(
                StatusCode::OK,
                &person.nickname,
                self.profile(person, &entries),
            )
        };
        if !self.breaks(Break::ForgetVisitsOfProfiles) {
            self.leave_footprint(owner);
        }
        Ok(answer)
    }

    fn profile<'b>(&'b self, person: &'b Person, entries: &'b [&'b Entry]) -> impl Display + 'b {
        let standing = self.standing(person.id);
        let csrf = self.session.map_or(0, |session| session.csrf);
        let birthday = self.sees_birthday(person.id).then_some(&*person.birthday);
        let befriend = (standing == Standing::Stranger).then(|| befriend_form(person, csrf));
        let edit = (standing == Standing::Oneself).then(|| edit_form(person, csrf));
        fmt::from_fn(move |f| {
            write!(
                f,
                r#"<main data-friend="{standing}">
{icon}<h1 id="nickname">{nickname}</h1>
<p id="introduction">{introduction}</p>
{birthday}{befriend}{edit}
<section id="entries"><h2>Newest entries <a href="/diary/{name}">diary</a></h2>
{entries}</section>
</main>"#,
                standing = standing.name(),
                icon = icon(person, 128),
                nickname = Text(&person.nickname),
                introduction = Text(&person.introduction),
                birthday = maybe(birthday, |day| format!(
                    r#"<p>Birthday <span id="birthday">{day}</span></p>"#
                )),
                befriend = maybe(befriend.as_ref(), |form| form.to_string()),
                edit = maybe(edit.as_ref(), |form| form.to_string()),
                name = person.name,
                entries = self.entry_list(entries),
            )
        })
    }

    fn standing(&self, person: u64) -> Standing {
        match self.viewer() {
            None => Standing::Anonymous,
            Some(viewer) if viewer == person => Standing::Oneself,
            Some(_) if self.breaks(Break::FriendsAreStrangers) => Standing::Stranger,
            Some(viewer) if self.state.friendships.are_friends(viewer, person) => Standing::Friend,
            Some(_) => Standing::Stranger,
        }
    }

    fn sees_birthday(&self, person: u64) -> bool {
        let sees = |viewer: u64| {
            let are_friends = || self.state.friendships.are_friends(viewer, person);
            viewer == person || (!self.breaks(Break::HideBirthdays) && are_friends())
        };
        self.breaks(Break::ShowBirthdays) || self.viewer().is_some_and(sees)
    }

    /// `POST /people/:name`
    pub(super) fn edit_profile(&mut self, name: &str) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let form = self.form()?;
        let owner = self.person_named(name)?;
        if owner != me && !self.breaks(Break::EditOthers) {
            return Err(Refusal::NotYours);
        }
        let profile = Profile {
            nickname: self.text(&form, "nickname", 1..=30)?,
            introduction: self.text(&form, "introduction", 0..=500)?,
            birthday: match self.breaks(Break::AcceptAnyBirthday) {
                true => form.field("birthday")?.to_owned(),
                false => form.birthday()?,
            },
        };
        if !self.breaks(Break::ForgetProfiles) {
            self.state.people.edit(owner, profile);
        }
        Ok(answer::redirect(&format!("/people/{name}")))
    }
}

fn befriend_form(person: &Person, csrf: u128) -> String {
    format!(
        r#"<form id="befriend" method="post" action="/friends">{}<input type="hidden" name="name" value="{}"><button>Become friends</button></form>"#,
        csrf_field(csrf),
        person.name,
    )
}

fn edit_form(person: &Person, csrf: u128) -> String {
    let token = csrf_field(csrf);
    format!(
        r#"<form id="edit-profile" method="post" action="/people/{}">{}<input name="nickname" value="{}"><textarea name="introduction">{}</textarea><input name="birthday" type="date" value="{}"><button>Save</button></form>
<form id="change-icon" method="post" action="/icon" enctype="multipart/form-data">{token}<input name="icon" type="file"><button>Change</button></form>"#,
        person.name,
        token,
        Text(&person.nickname),
        Text(&person.introduction),
        person.birthday,
    )
}
