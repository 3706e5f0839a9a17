//! Sign-up, login and logout.

use http::{StatusCode, header};

use super::{Visit, listed::csrf_field};
use crate::{
    Break,
    answer::{self, Answer, With},
    form::Form,
    html::Text,
    refusal::Refusal,
    request::session_cookie,
    state::Session,
};

/// A form for those who are not logged in: its path, heading and fields.
struct Door {
    name: &'static str,
    title: &'static str,
    fields: &'static [&'static str],
}

const SIGNUP: Door = Door {
    name: "signup",
    title: "Sign up",
    fields: &["name", "nickname", "password"],
};

const LOGIN: Door = Door {
    name: "login",
    title: "Log in",
    fields: &["name", "password"],
};

impl Visit<'_> {
    /// `GET /signup`
    pub(super) fn show_signup(&mut self) -> Answer {
        self.show_door(&SIGNUP)
    }

    /// `GET /login`
    pub(super) fn show_login(&mut self) -> Answer {
        self.show_door(&LOGIN)
    }

    /// `POST /signup`
    pub(super) fn sign_up(&mut self) -> Result<Answer, Refusal> {
        let form = self.form()?;
        match self.create_person(&form) {
            Ok(person) => Ok(self.enter(person)),
            Err(refusal) => Ok(self.door(&SIGNUP, &form, Some(&refusal))),
        }
    }

    /// Gives nobody where sign-ups are forgotten.
    fn create_person(&mut self, form: &Form) -> Result<Option<u64>, Refusal> {
        let name = match self.breaks(Break::AcceptAnyName) {
            true => form.field("name")?.to_owned(),
            false => form.account_name()?,
        };
        let is_taken = match self.breaks(Break::FreeNamesOfBanned) {
            true => self.state.people.id(&name).is_some(),
            false => self.state.people.id_ever(&name).is_some(),
        };
        if is_taken && self.breaks(Break::NamesBeforePasswords) {
            return Err(Refusal::NameTaken);
        }
        if self.breaks(Break::RefuseShortNames) {
            form.text("name", 4..=20)?;
        }
        let least = match self.breaks(Break::RefuseShortPasswords) {
            true => 9,
            false => 8,
        };
        let nickname = self.text(form, "nickname", 1..=30)?;
        let password = self.text(form, "password", least..=100)?;
        if is_taken && !self.breaks(Break::AcceptTakenNames) {
            return Err(Refusal::NameTaken);
        }
        if self.breaks(Break::ForgetSignups) {
            return Ok(None);
        }
        let now = self.state.now();
        let people = &mut self.state.people;
        Ok(Some(people.sign_up(name, nickname, password, now)))
    }

    /// `POST /login`
    pub(super) fn log_in(&mut self) -> Result<Answer, Refusal> {
        let form = self.form()?;
        let (name, password) = match (form.field("name"), form.field("password")) {
            (Ok(name), Ok(password)) => (name, password),
            (Err(refusal), _) | (_, Err(refusal)) => {
                return Ok(self.door(&LOGIN, &form, Some(&refusal)));
            }
        };
        let person = match self.breaks(Break::LetBannedIn) {
            true => self.state.people.id_ever(name),
            false => self.state.people.id(name),
        };
        let address = self.sender();
        let attempt = self.check_attempt(person, &address, password);
        let forgives = attempt.is_ok() && !self.breaks(Break::NeverForgive);
        if attempt.is_err() || forgives {
            self.note_attempt(person, &address, attempt.is_ok());
        }
        match attempt {
            Ok(person) => Ok(self.enter(Some(person))),
            Err(refusal) => Ok(self.door(&LOGIN, &form, Some(&refusal))),
        }
    }

    /// From where the viewer comes.
    fn sender(&self) -> String {
        let sender = match () {
            () if self.breaks(Break::OneAddressForAll) => "127.0.0.1",
            () if self.breaks(Break::BelieveInPretence) => self.request.pretended_sender(),
            () => self.request.sender(),
        };
        sender.to_owned()
    }

    fn note_attempt(&mut self, person: Option<u64>, address: &str, succeeded: bool) {
        let is_known = person.is_some() || !self.breaks(Break::ForgetUnknownNames);
        if is_known {
            self.state.logins.note(person, address, succeeded);
        }
    }

    fn check_attempt(
        &self,
        person: Option<u64>,
        address: &str,
        password: &str,
    ) -> Result<u64, Refusal> {
        let logins = &self.state.logins;
        if logins.is_banned(address) && !self.breaks(Break::NeverBan) {
            return Err(Refusal::Banned);
        }
        let person = person.ok_or(Refusal::WrongCredentials)?;
        if logins.is_locked(person) && !self.breaks(Break::NeverLock) {
            return Err(match self.breaks(Break::HideLocks) {
                true => Refusal::WrongCredentials,
                false => Refusal::Locked,
            });
        }
        let is_right = self.state.people.get(person).password == password;
        match is_right || self.breaks(Break::AnyPassword) {
            true => Ok(person),
            false => Err(Refusal::WrongCredentials),
        }
    }

    /// `POST /logout`
    pub(super) fn log_out(&mut self) -> Result<Answer, Refusal> {
        self.member()?;
        self.form()?;
        if let Some(session) = self
            .session
            .filter(|_| !self.breaks(Break::KeepSessionAfterLogout))
        {
            self.state.sessions.end(session.token);
        }
        Ok(answer::redirect("/login").with_text(header::SET_COOKIE, &session_cookie(None)))
    }

    /// Replaces the session by one of this person and leads home.
    fn enter(&mut self, person: Option<u64>) -> Answer {
        match self.session {
            Some(session) if self.breaks(Break::KeepTokenAtLogin) => {
                self.state.sessions.put(Session { person, ..session });
                answer::redirect("/")
            }
            before => {
                if let Some(before) = before {
                    self.state.sessions.end(before.token);
                }
                let session = self.state.sessions.begin(person);
                answer::redirect("/").with_text(header::SET_COOKIE, &self.cookie(session))
            }
        }
    }

    /// Shows a form, with a new session where there is none.
    fn show_door(&mut self, door: &Door) -> Answer {
        let empty = Form::parse(b"");
        if self.session.is_some() {
            return self.door(door, &empty, None);
        }
        let session = self.state.sessions.begin(None);
        self.session = Some(session);
        let answer = self.door(door, &empty, None);
        match self.breaks(Break::FormWithoutSession) {
            true => answer,
            false => answer.with_text(header::SET_COOKIE, &self.cookie(session)),
        }
    }

    fn cookie(&self, session: Session) -> String {
        let cookie = session_cookie(Some(session.token));
        match self.breaks(Break::OpenCookie) {
            true => cookie.replace("HttpOnly; ", ""),
            false => cookie,
        }
    }

    /// The form with what was typed, and why it was refused.
    fn door(&self, door: &Door, typed: &Form, refusal: Option<&Refusal>) -> Answer {
        let status = match self.breaks(Break::ErrorsAreFine) {
            true => StatusCode::OK,
            false => refusal.map_or(StatusCode::OK, Refusal::status),
        };
        let Door { name, title, .. } = door;
        let sentence = refusal.map_or_else(String::new, |refusal| self.sentence(refusal));
        let csrf = csrf_field(self.session.map_or(0, |session| session.csrf));
        let fields = door.fields.iter().map(|field| match *field {
            "password" => r#"<input name="password" type="password">"#.to_owned(),
            field => {
                let value = Text(typed.get(field).unwrap_or_default());
                format!(r#"<input name="{field}" value="{value}">"#)
            }
        });
        let fields: String = fields.collect();
        let form = format!(
            r#"<main><h1>{title}</h1>{sentence}<form id="{name}" method="post" action="/{name}">{csrf}{fields}<button>{title}</button></form></main>"#
        );
        self.page(status, title, form)
    }
}
