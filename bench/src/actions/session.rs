//! Signing up, logging in and out.

use http::StatusCode;
use isutori_engine::{
    exchange::{Request, Response},
    failure::Failure,
    recorder::EndpointId,
};

use super::form::Form;
use crate::{
    checks::cookie,
    endpoints,
    guest::{Guest, expect_redirect, expect_status},
    model::{
        PersonKey,
        logins::{FAILURES_OF_ADDRESS, Gate},
    },
    pages::{ErrorPage, LoginPage, SignupPage},
    texts,
};

impl Guest {
    /// `GET /login`; gives the form's token.
    pub(crate) async fn open_login(&mut self) -> Result<String, Failure> {
        let form: LoginPage = self
            .open(endpoints::LOGIN_FORM, "/login", |_, _, _| Ok(()))
            .await?;
        Ok(form.csrf)
    }

    /// `POST /login` with the right password. Says whether it was let in, which it must be
    /// unless the person is or may be locked, or the address banned.
    pub(crate) async fn log_in(&mut self, account: PersonKey) -> Result<bool, Failure> {
        let csrf = self.open_login().await?;
        let (name, password) = {
            let look = self.world.model.look();
            (look.name(account), look.password(account))
        };
        let attempt = Attempt {
            form: Form::login(&name, &password, &csrf),
            person: Some(account),
            key: Key::Right,
        };
        let is_in = self.attempt(attempt).await?;
        if is_in {
            self.account = Some(account);
        }
        Ok(is_in)
    }

    /// `POST /login` with a wrong password.
    pub(crate) async fn fail_to_log_in(&mut self, account: PersonKey) -> Result<(), Failure> {
        let csrf = self.open_login().await?;
        let (name, wrong) = {
            let look = self.world.model.look();
            (look.name(account), format!("{}x", look.password(account)))
        };
        let attempt = Attempt {
            form: Form::login(&name, &wrong, &csrf),
            person: Some(account),
            key: Key::Wrong,
        };
        self.attempt(attempt).await.map(drop)
    }

    /// Tries so many names that nobody has, as fast as the site answers.
    pub(crate) async fn try_names(&mut self, times: u32) -> Result<(), Failure> {
        let csrf = self.open_login().await?;
        let world = self.world.clone();
        for _ in 0..times {
            let is_taken = |name: &str| world.model.look().person(name).is_some();
            let name = texts::account_name(&mut self.person.luck, is_taken);
            self.try_name(&name, &csrf).await?;
        }
        Ok(())
    }

    /// `POST /login` with a name that nobody has.
    pub(crate) async fn try_name(&mut self, name: &str, csrf: &str) -> Result<(), Failure> {
        let attempt = Attempt {
            form: Form::login(name, "open sesame", csrf),
            person: None,
            key: Key::Wrong,
        };
        self.attempt(attempt).await.map(drop)
    }

    /// `POST /login` as somebody who is banned: with a name that nobody has.
    pub(crate) async fn try_banned(&mut self, banned: PersonKey) -> Result<(), Failure> {
        let csrf = self.open_login().await?;
        let (name, password) = {
            let look = self.world.model.look();
            (look.name(banned), look.password(banned))
        };
        let attempt = Attempt {
            form: Form::login(&name, &password, &csrf),
            person: None,
            key: Key::OfBanned,
        };
        self.attempt(attempt).await.map(drop)
    }

    /// Says whether it was let in.
    async fn attempt(&mut self, attempt: Attempt) -> Result<bool, Failure> {
        let Attempt { form, person, .. } = &attempt;
        let (world, address) = (self.world.clone(), self.address);
        let request = self.filled_in(form);
        let before = self.session_cookie();
        let gate = world.model.look().begin_login(*person, address);
        let mut counts = None;
        let endpoint = attempt.endpoint(gate);
        let outcome = self.ask(endpoint, &request, |guest, response, view| {
            counts = how_it_counts(response.status);
            guest.read_clock(response);
            if response.status.is_redirection() {
                attempt.expect_open(gate)?;
                expect_location(&expect_redirect(guest, response)?, "/")?;
                guest.expect_new_session(before)?;
                return Ok(true);
            }
            attempt.expect_refusal(response, gate)?;
            guest.read_refusal::<(ErrorPage, LoginPage)>(response, &view)?;
            Ok(false)
        });
        let outcome = outcome.await;
        world.model.look().end_login(*person, address, counts);
        outcome
    }

    /// `GET /signup`; gives the form's token.
    pub(crate) async fn open_signup(&mut self) -> Result<String, Failure> {
        let form: SignupPage = self
            .open(endpoints::SIGNUP_FORM, "/signup", |_, _, _| Ok(()))
            .await?;
        Ok(form.csrf)
    }

    /// `POST /signup` as a new person, who is logged in afterwards.
    pub(crate) async fn sign_up(
        &mut self,
        name: &str,
        nickname: &str,
        password: &str,
    ) -> Result<PersonKey, Failure> {
        let csrf = self.open_signup().await?;
        let account = self
            .world
            .model
            .look()
            .begin_signup(name, nickname, password);
        let form = Form::signup(name, nickname, password, &csrf);
        let before = self.session_cookie();
        self.submit(&form, |guest, location| {
            expect_location(location, "/")?;
            guest.expect_new_session(before)
        })
        .await?;
        self.account = Some(account);
        self.world.model.look().acknowledge_signup(account);
        Ok(account)
    }

    /// `POST /logout`.
    pub(crate) async fn log_out(&mut self) -> Result<(), Failure> {
        let form = Form::logout(&self.csrf());
        self.submit(&form, |_, location| expect_location(location, "/login"))
            .await?;
        self.account = None;
        Ok(())
    }

    /// The session cookie's value.
    pub(crate) fn session_cookie(&mut self) -> Option<String> {
        let cookie = self.browser.cookies_mut().get(cookie::SESSION);
        cookie.map(str::to_owned)
    }

    /// Goes on with the cookie of a session that is over, which must be worthless at
    /// every host.
    pub(crate) async fn keep_session(&mut self, cookie: &str) -> Result<(), Failure> {
        for host in self.world.clone().hosts.all() {
            self.turn_to(host);
            self.browser.cookies_mut().set(cookie::SESSION, cookie);
            let home = Request::get("/");
            let refused = self.ask(endpoints::HOME, &home, |guest, response, _| {
                if response.status.is_success() {
                    return Err(Failure::critical(
                        "session.alive",
                        "a session goes on after login, logout, a ban or POST /initialize",
                    ));
                }
                expect_location(&expect_redirect(guest, response)?, "/login")
            });
            refused.await?;
        }
        Ok(())
    }

    /// Login and sign-up replace the session: whoever knew the old cookie knows nothing.
    fn expect_new_session(&mut self, before: Option<String>) -> Result<(), Failure> {
        let now = self.session_cookie();
        match now.is_some() && now != before {
            true => Ok(()),
            false => Err(Failure::wrong(
                "session.kept",
                "the cookie suwaru_session was not replaced",
            )),
        }
    }

    /// What is for members sends somebody without login to the login form.
    pub(crate) async fn be_sent_to_login(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
    ) -> Result<(), Failure> {
        self.be_redirected(endpoint, request, |_, location| {
            expect_location(location, "/login")
        })
        .await
    }
}

/// An attempt to log in.
struct Attempt {
    form: Form,
    /// As whom; nobody if no person has that name.
    person: Option<PersonKey>,
    key: Key,
}

/// What somebody tries to get in with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Right,
    Wrong,
    /// A password that was right once.
    OfBanned,
}

impl Attempt {
    /// What it is counted as: to be refused is worth less than to be let in.
    fn endpoint(&self, gate: Gate) -> EndpointId {
        match self.key == Key::Right && matches!(gate, Gate::Open | Gate::Unsure) {
            true => self.form.endpoint,
            false => endpoints::REFUSED_LOGIN,
        }
    }

    /// Whoever was let in had the right password, and nothing in the way.
    fn expect_open(&self, gate: Gate) -> Result<(), Failure> {
        let name = self.form.value("name");
        let (code, why) = match gate {
            _ if self.key == Key::Wrong => ("login.password", "with a wrong password"),
            _ if self.key == Key::OfBanned => ("person.banned", "although the person is banned"),
            Gate::Locked => ("login.locked", "although the account is locked"),
            Gate::Banned => ("login.banned", "from an address that is banned"),
            Gate::Open | Gate::Unsure => return Ok(()),
        };
        Err(Failure::critical(code, format!("{name} was let in {why}")))
    }

    fn expect_refusal(&self, response: &Response, gate: Gate) -> Result<(), Failure> {
        let is_banned = response.status == StatusCode::FORBIDDEN;
        if is_banned && matches!(gate, Gate::Open | Gate::Locked) {
            let sentence = format!(
                "403 Forbidden, but the address has not failed {FAILURES_OF_ADDRESS} times in a row; \
                 if the site counts another one, it does not take X-Forwarded-For from the \
                 benchmarker (TRUSTED_PROXIES)"
            );
            return Err(Failure::wrong("login.address", sentence));
        }
        let wrong = match self.key {
            Key::Right => StatusCode::SEE_OTHER,
            Key::Wrong | Key::OfBanned => StatusCode::UNAUTHORIZED,
        };
        let expected = match gate {
            Gate::Open => wrong,
            Gate::Locked => StatusCode::LOCKED,
            Gate::Banned => StatusCode::FORBIDDEN,
            Gate::Unsure => match response.status {
                possible @ (StatusCode::LOCKED | StatusCode::FORBIDDEN) => possible,
                _ => wrong,
            },
        };
        expect_status(response, expected)
    }
}

/// Whether an answer says that somebody was let in; nothing if it says neither.
fn how_it_counts(status: StatusCode) -> Option<bool> {
    match status {
        StatusCode::SEE_OTHER => Some(true),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::LOCKED => Some(false),
        _ => None,
    }
}

pub(crate) fn expect_location(location: &str, expected: &str) -> Result<(), Failure> {
    if location == expected {
        return Ok(());
    }
    Err(Failure::wrong(
        "http.location",
        format!("Location is {location:?}, expected {expected:?}"),
    ))
}
