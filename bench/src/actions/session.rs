//! Signing up, logging in and out.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure, recorder::EndpointId};

use super::form::Form;
use crate::{
    checks::cookie,
    endpoints,
    guest::{Guest, expect_redirect, expect_status},
    model::PersonKey,
    pages::{ErrorPage, LoginPage, SignupPage},
};

impl Guest {
    /// `GET /login`; gives the form's token.
    pub(crate) async fn open_login(&mut self) -> Result<String, Failure> {
        let form: LoginPage = self
            .open(endpoints::LOGIN_FORM, "/login", |_, _, _| Ok(()))
            .await?;
        Ok(form.csrf)
    }

    /// `POST /login` with the right password.
    pub(crate) async fn log_in(&mut self, account: PersonKey) -> Result<(), Failure> {
        let csrf = self.open_login().await?;
        let (name, password) = {
            let look = self.world.model.look();
            (look.name(account), look.password(account))
        };
        let form = Form::login(&name, &password, &csrf);
        let before = self.session_cookie();
        self.submit(&form, |guest, location| {
            expect_location(location, "/")?;
            guest.expect_new_session(before)
        })
        .await?;
        self.account = Some(account);
        Ok(())
    }

    /// `POST /login` with a wrong password.
    pub(crate) async fn fail_to_log_in(&mut self, account: PersonKey) -> Result<(), Failure> {
        let csrf = self.open_login().await?;
        let (name, wrong) = {
            let look = self.world.model.look();
            (look.name(account), format!("{}x", look.password(account)))
        };
        let request = Form::login(&name, &wrong, &csrf).request();
        self.ask(endpoints::POST_LOGIN, &request, |guest, response, view| {
            if response.status.is_redirection() {
                return Err(Failure::critical(
                    "login.password",
                    format!("{name} was let in with a wrong password"),
                ));
            }
            expect_status(response, StatusCode::UNAUTHORIZED)?;
            guest.read_refusal::<(ErrorPage, LoginPage)>(response, &view)
        })
        .await
        .map(drop)
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
                        "a session goes on after login, logout or POST /initialize",
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

pub(crate) fn expect_location(location: &str, expected: &str) -> Result<(), Failure> {
    if location == expected {
        return Ok(());
    }
    Err(Failure::wrong(
        "http.location",
        format!("Location is {location:?}, expected {expected:?}"),
    ))
}
