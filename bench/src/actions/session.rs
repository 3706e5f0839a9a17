//! Signing up, logging in and out.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use crate::{endpoints, guest::Guest, ledger::Record, model::PersonKey, pages::FormPage};

impl Guest {
    /// `GET /login`; gives the form's token.
    pub(crate) async fn open_login(&mut self) -> Result<String, Failure> {
        let form: FormPage = self
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
        let request = login_request(&name, &password, &csrf);
        let before = self.session_cookie();
        self.post(endpoints::POST_LOGIN, &request, |guest, location| {
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
        let request = login_request(&name, &wrong, &csrf);
        self.ask(endpoints::POST_LOGIN, &request, |_, response, _| {
            if response.status.is_redirection() {
                return Err(Failure::critical(
                    "login.password",
                    format!("{name} was let in with a wrong password"),
                ));
            }
            crate::guest::expect_status(response, StatusCode::UNAUTHORIZED)
        })
        .await
    }

    /// `GET /signup`; gives the form's token.
    pub(crate) async fn open_signup(&mut self) -> Result<String, Failure> {
        let form: FormPage = self
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
        let request = signup_request(name, nickname, password, &csrf);
        let before = self.session_cookie();
        self.post(endpoints::POST_SIGNUP, &request, |guest, location| {
            expect_location(location, "/")?;
            guest.expect_new_session(before)
        })
        .await?;
        self.account = Some(account);
        self.world.model.look().acknowledge_signup(account);
        self.world.ledger.append(&Record::Signup {
            name,
            nickname,
            password,
        });
        Ok(account)
    }

    /// `POST /logout`.
    pub(crate) async fn log_out(&mut self) -> Result<(), Failure> {
        let csrf = self.logout_csrf.clone().unwrap_or_default();
        let request = Request::form("/logout", &[("csrf", &csrf)]);
        self.post(endpoints::POST_LOGOUT, &request, |_, location| {
            expect_location(location, "/login")
        })
        .await?;
        self.account = None;
        Ok(())
    }

    /// The session cookie's value.
    pub(crate) fn session_cookie(&mut self) -> Option<String> {
        let cookie = self.browser.cookies_mut().get("suwaru_session");
        cookie.map(str::to_owned)
    }

    /// Goes on with the cookie of a session that is over, which must be worthless.
    pub(crate) async fn keep_session(&mut self, cookie: &str) -> Result<(), Failure> {
        self.browser.cookies_mut().set("suwaru_session", cookie);
        self.be_sent_to_login("/")
            .await
            .map_err(|failure| match failure.code.as_str() {
                "http.status" => Failure::critical(
                    "session.alive",
                    "a session goes on after logout or POST /initialize",
                ),
                _ => failure,
            })
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

    /// A page for members sends somebody without login to the login form.
    pub(crate) async fn be_sent_to_login(&mut self, path: &str) -> Result<(), Failure> {
        let request = Request::get(path);
        self.post(endpoints::LOGIN_FORM, &request, |_, location| {
            expect_location(location, "/login")
        })
        .await
    }
}

pub(crate) fn login_request(name: &str, password: &str, csrf: &str) -> Request {
    Request::form(
        "/login",
        &[("name", name), ("password", password), ("csrf", csrf)],
    )
}

pub(crate) fn signup_request(name: &str, nickname: &str, password: &str, csrf: &str) -> Request {
    Request::form(
        "/signup",
        &[
            ("name", name),
            ("nickname", nickname),
            ("password", password),
            ("csrf", csrf),
        ],
    )
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
