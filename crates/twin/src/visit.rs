//! Answering one request: who asks, what for, and what the rules say.
//!
//! The order in which a handler asks its questions is the contract's precedence of errors: the
//! address, [`Visit::member`], [`Visit::form`], the thing, its fields.

mod accounts;
mod entries;
mod footprints;
mod frame;
mod friends;
mod home;
mod initialize;
mod listed;
mod lists;
mod moderation;
mod panel;
mod people;
mod pictures;
mod report;
mod timeline;

use std::{ops::RangeInclusive, time::Duration};

use http::Method;
use isutori_dataset::{Comment, Entry, Person, Visibility};

pub(crate) use self::timeline::NothingNew;
use crate::{
    Break, Initial,
    answer::{self, Answer, With},
    files::Files,
    form::Form,
    refusal::Refusal,
    request::{Body, Request},
    state::{Session, State},
};

/// A request that is being answered.
pub(crate) struct Visit<'a> {
    initial: &'a Initial,
    broken: &'a [Break],
    files: &'a Files,
    state: &'a mut State,
    request: &'a Request,
    session: Option<Session>,
}

impl<'a> Visit<'a> {
    /// A request and the session that it belongs to.
    pub(crate) fn new(
        initial: &'a Initial,
        broken: &'a [Break],
        files: &'a Files,
        state: &'a mut State,
        request: &'a Request,
    ) -> Self {
        let own = request.session_token();
        let own = own.and_then(|token| state.sessions.get(token));
        let is_member = own.is_some_and(|own| own.person.is_some());
        let is_shared = is_member && broken.contains(&Break::ShareLastLogin);
        let last = is_shared.then(|| state.sessions.last_login()).flatten();
        Visit {
            initial,
            broken,
            files,
            state,
            request,
            session: last.or(own),
        }
    }

    /// The answer, whatever it is.
    pub(crate) fn answer(mut self) -> Answer {
        let answer = match self.try_to_answer() {
            Ok(answer) => answer,
            Err(Refusal::LoginNeeded) => answer::redirect("/login"),
            Err(refusal) => self.refuse(&refusal),
        };
        self.disfigure(answer)
    }

    fn try_to_answer(&mut self) -> Result<Answer, Refusal> {
        if matches!(self.request.body, Body::TooLong) && !self.breaks(Break::AcceptLongBodies) {
            return Err(Refusal::TooLong);
        }
        if self.fails() {
            return Err(Refusal::Broken);
        }
        let request = self.request;
        let path = request.path();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let method = match request.method {
            Method::HEAD => &Method::GET,
            ref method => method,
        };
        match (method.as_str(), segments.as_slice()) {
            ("GET", ["signup"]) => Ok(self.show_signup()),
            ("POST", ["signup"]) => self.sign_up(),
            ("GET", ["login"]) => Ok(self.show_login()),
            ("POST", ["login"]) => self.log_in(),
            ("GET", ["recent", page]) => self.show_recent(page),
            ("GET", ["people", name]) => self.show_person(name),
            ("GET", ["diary", name]) => self.show_diary(name),
            ("GET", ["entries", id]) => self.show_entry(id),
            ("GET", ["images", id]) => self.show_photo(id),
            ("GET", ["icons", name]) => self.show_icon(name),

            ("POST", ["logout"]) => self.log_out(),
            ("GET", [""]) => self.show_home(),
            ("POST", ["people", name]) => self.edit_profile(name),
            ("GET", ["friends"]) => self.list_friends(),
            ("POST", ["friends"]) => self.befriend(),
            ("GET", ["footprints"]) => self.list_footprints(),
            ("GET", ["api", "timeline"]) => self.show_timeline(),
            ("GET", ["api", "panel"]) => self.show_panel(),
            ("POST", ["entries"]) => self.create_entry(),
            ("POST", ["icon"]) => self.change_icon(),
            ("POST", ["entries", id, "comments"]) => self.create_comment(id),

            ("POST", ["initialize"]) => Ok(self.initialize()),
            ("GET", ["report"]) => self.show_report(),
            ("POST", ["entries", id, "remove"]) => self.remove_entry(id),
            ("POST", ["people", name, "ban"]) => self.ban_person(name),
            (method, segments) => match (method, self.files.get(path)) {
                ("GET", Some(file)) if self.breaks(Break::AlterFiles) => Ok(file.altered()),
                ("GET", Some(file)) => Ok(file.answer(request)),
                _ if self.breaks(Break::ForgetMethods) => Err(Refusal::NotFound),
                (_, Some(_)) => Err(Refusal::WrongMethod("GET")),
                (_, None) => Err(other_method(segments)),
            },
        }
    }

    /// Whether this rule is broken.
    fn breaks(&self, rule: Break) -> bool {
        self.broken.contains(&rule)
    }

    /// The time for a new row, unless it is dated an hour ago by this break.
    fn moment_of(&self, backdated: Break) -> i64 {
        match self.breaks(backdated) {
            true => self.state.now() - 3_600_000,
            false => self.state.now(),
        }
    }

    /// Whether a comment is too new to be shown, by one of these breaks.
    fn is_late_comment(&self, comment: &Comment) -> bool {
        let is_own = self.viewer() == Some(comment.person_id);
        self.is_younger(comment.created_at, |broken| match broken {
            Break::LateComments(age) if !is_own => Some(*age),
            Break::LateOwnComments(age) if is_own => Some(*age),
            _ => None,
        })
    }

    /// Whether an entry is too new to be listed for others, by this break.
    fn is_late_entry(&self, entry: &Entry) -> bool {
        let is_own = self.viewer() == Some(entry.person_id);
        self.is_younger(entry.created_at, |broken| match broken {
            Break::LateEntries(age) if !is_own => Some(*age),
            _ => None,
        })
    }

    /// Whether something was written less than so long ago as a break says.
    fn is_younger(&self, created_at: i64, age: impl Fn(&Break) -> Option<Duration>) -> bool {
        let age = self.broken.iter().find_map(age);
        age.is_some_and(|age| created_at + age.as_millis() as i64 > self.state.now())
    }

    /// Whether it is this request's turn to go wrong.
    fn fails(&self) -> bool {
        let (path, asked) = (self.request.path(), self.state.asked);
        self.broken.iter().any(|broken| match broken {
            Break::Fail(beginning, nth) => {
                path.starts_with(beginning) && asked.is_multiple_of(*nth)
            }
            _ => false,
        })
    }

    /// Who is logged in, if anybody.
    fn viewer(&self) -> Option<u64> {
        self.session?.person
    }

    /// The person who is logged in, if anybody, with the token for forms.
    fn viewer_with_csrf(&self) -> Option<(&Person, u128)> {
        let session = self.session?;
        Some((self.state.people.get(session.person?), session.csrf))
    }

    /// Who is logged in, where somebody must be.
    fn member(&self) -> Result<u64, Refusal> {
        match self.viewer() {
            None if self.breaks(Break::NoLoginNeeded) => Ok(1),
            None if self.breaks(Break::CsrfBeforeLogin) && self.request.method == Method::POST => {
                self.form().and(Err(Refusal::LoginNeeded))
            }
            viewer => viewer.ok_or(Refusal::LoginNeeded),
        }
    }

    /// The form, which must be of the sender's session and without files.
    fn form(&self) -> Result<Form, Refusal> {
        self.read_form(None)
    }

    /// The form, which must be of the sender's session and may have files.
    fn upload_form(&self) -> Result<Form, Refusal> {
        self.read_form(self.request.boundary())
    }

    fn read_form(&self, boundary: Option<&str>) -> Result<Form, Refusal> {
        let is_form = self.request.is_form() || self.breaks(Break::AcceptAnyType);
        let form = match &self.request.body {
            Body::TooLong => return Err(Refusal::TooLong),
            Body::Whole(_) if self.session.is_none() && self.breaks(Break::SessionBeforeType) => {
                return Err(Refusal::Csrf);
            }
            Body::Whole(body) if boundary.is_some() => {
                let parts = boundary.and_then(|boundary| Form::parse_parts(body, boundary));
                let form = parts.ok_or(Refusal::NotAForm)?;
                match self.breaks(Break::KeepWhiteSpace) {
                    true => form,
                    false => form.tidied(),
                }
            }
            Body::Whole(_) if !is_form => return Err(Refusal::NotAForm),
            Body::Whole(body) if self.breaks(Break::KeepWhiteSpace) => Form::parse(body),
            Body::Whole(body) => Form::parse(body).tidied(),
        };
        let sent = form.get("csrf");
        let sent = sent.and_then(|token| u128::from_str_radix(token, 16).ok());
        let is_right = match (sent, self.session) {
            _ if self.breaks(Break::NoCsrf) => true,
            (Some(sent), _) if self.breaks(Break::CsrfOfAnySession) => {
                self.state.sessions.has_csrf(sent)
            }
            (Some(sent), Some(session)) => sent == session.csrf,
            _ => false,
        };
        match is_right {
            true if self.breaks(Break::AcceptNul) => Ok(form.without_nul()),
            true => Ok(form),
            false => Err(Refusal::Csrf),
        }
    }

    /// A field of so many characters.
    fn text(
        &self,
        form: &Form,
        name: &'static str,
        limits: RangeInclusive<usize>,
    ) -> Result<String, Refusal> {
        if self.breaks(Break::CountBytes) && form.field(name)?.len() > *limits.end() {
            return Err(Refusal::field(name, "has too many bytes"));
        }
        let least = match self.breaks(Break::AcceptEmptyFields) {
            true => 0,
            false => *limits.start(),
        };
        let most = match self.breaks(Break::AcceptLongFields) {
            true => usize::MAX,
            false => *limits.end(),
        };
        form.text(name, least..=most)
    }

    /// The person whom a path names.
    fn person_named(&self, name: &str) -> Result<u64, Refusal> {
        self.state.people.id(name).ok_or(Refusal::NotFound)
    }

    /// Whether the viewer may see an entry.
    fn sees(&self, entry: &Entry) -> bool {
        let viewer = self.viewer();
        let is_own = viewer == Some(entry.person_id);
        match entry.visibility {
            Visibility::Private if self.breaks(Break::ShowPrivateEntries) => true,
            Visibility::Friends if is_own => true,
            Visibility::Friends if self.breaks(Break::HideFromFriends) => false,
            Visibility::Friends if viewer.is_some() => {
                self.breaks(Break::ShowFriendsEntriesToMembers) || self.state.sees(viewer, entry)
            }
            Visibility::Friends => self.breaks(Break::ShowFriendsEntriesToAnonymous),
            _ => self.state.sees(viewer, entry),
        }
    }

    /// A page that says why not.
    fn refuse(&self, refusal: &Refusal) -> Answer {
        let answer = self.error_page(refusal);
        match refusal {
            Refusal::WrongMethod(allowed) => answer.with_text(http::header::ALLOW, allowed),
            _ => answer,
        }
    }
}

/// What is wrong with an address that does not answer to this method.
fn other_method(segments: &[&str]) -> Refusal {
    match segments {
        ["signup" | "login" | "friends"] | ["people", _] => Refusal::WrongMethod("GET, POST"),
        ["" | "footprints" | "report"]
        | ["api", "timeline" | "panel"]
        | ["recent" | "diary" | "entries" | "images" | "icons", _] => Refusal::WrongMethod("GET"),
        ["logout" | "entries" | "icon" | "initialize"]
        | ["entries", _, "comments" | "remove"]
        | ["people", _, "ban"] => Refusal::WrongMethod("POST"),
        _ => Refusal::NotFound,
    }
}
