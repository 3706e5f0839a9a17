//! Somebody with a browser: cookies, forms, and no redirect that is followed unseen.

use isutori_portal::{
    people::{self, Role},
    state::AppState,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header, redirect};

use crate::app::Portal;

/// A browser, logged in or not.
pub struct Browser {
    client: Client,
    pub url: String,
    cookie: String,
    pub form_token: String,
}

fn client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none());
    client.build().expect("a client")
}

impl Browser {
    /// Nobody in particular, who has looked at the form for logging in.
    pub async fn nobody(portal: &Portal) -> Browser {
        let mut browser = Browser {
            client: client(),
            url: portal.url.clone(),
            cookie: String::new(),
            form_token: String::new(),
        };
        let answer = browser.get("/login").await;
        browser.cookie = cookie(&answer).expect("a cookie");
        browser.form_token = form_token(&answer.text().await.expect("a page"));
        browser
    }

    /// One of the staff.
    pub async fn staff(portal: &Portal) -> Browser {
        Browser::of(portal, Role::Staff).await
    }

    /// Somebody of a team.
    pub async fn member(portal: &Portal, team: i64) -> Browser {
        Browser::of(portal, Role::Member(team)).await
    }

    /// One of the staff who acts for a team.
    pub async fn actor(portal: &Portal, team: i64) -> Browser {
        let mut browser = Browser::staff(portal).await;
        let path = format!("/staff/teams/{team}/act");
        let answer = browser.post(&path, &[]).await;
        assert_eq!(location(&answer), "/team");
        browser.form_token = form_token(&browser.page("/team").await);
        browser
    }

    async fn of(portal: &Portal, role: Role) -> Browser {
        let person = join(&portal.state, role, "no password").await;
        let mut connection = portal.state.connection().await.expect("a connection");
        let now = portal.state.clock.now();
        let session = people::begin_session(&mut connection, person, now).await;
        let session = session.expect("a session");
        let person = people::session(&mut connection, &session, now).await;
        let person = person.expect("a session").expect("a person");
        Browser {
            client: client(),
            url: portal.url.clone(),
            cookie: format!("isutori={session}"),
            form_token: person.form_token,
        }
    }

    /// The token of its session.
    pub fn session(&self) -> &str {
        let session = self.cookie.strip_prefix("isutori=");
        session.expect("somebody is logged in")
    }

    /// Keeps what was set, as a browser does.
    pub fn accept(&mut self, answer: &Response) {
        if let Some(cookie) = cookie(answer) {
            self.cookie = cookie;
        }
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        request.header(header::COOKIE, &self.cookie)
    }

    pub async fn get(&self, path: &str) -> Response {
        let request = self.ask(Method::GET, path);
        request.send().await.expect("an answer")
    }

    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    }

    /// Sends a form with its token.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut fields = fields.to_vec();
        fields.push(("form_token", &self.form_token));
        self.post_bare(path, &fields).await
    }

    /// Sends a form as it is.
    pub async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.ask(Method::POST, path).form(fields);
        request.send().await.expect("an answer")
    }
}

/// Somebody comes in, with a name of their own. `password` is what is kept.
pub async fn join(state: &AppState, role: Role, password: &str) -> i64 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NAMES: AtomicU32 = AtomicU32::new(0);
    let name = format!("person{}", NAMES.fetch_add(1, Ordering::Relaxed));
    let mut connection = state.connection().await.expect("a connection");
    let now = state.clock.now();
    let invite = people::invite(&mut connection, role, now).await;
    let invite = invite.expect("an invite");
    people::join(&mut connection, &invite, &name, password, 1_000, now)
        .await
        .expect("a person")
}

/// Where an answer sends the browser.
pub fn location(answer: &Response) -> &str {
    let location = answer.headers().get(header::LOCATION);
    location.map_or("", |location| location.to_str().expect("a path"))
}

/// The token in the first form of a page.
pub fn form_token(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"form_token\" value=\"")
        .expect("a form");
    rest.split('"').next().expect("a token").to_owned()
}

fn cookie(answer: &Response) -> Option<String> {
    let cookie = answer.headers().get(header::SET_COOKIE)?;
    let cookie = cookie.to_str().expect("a cookie");
    assert!(
        cookie.contains("; HttpOnly; SameSite=Lax; Path=/"),
        "{cookie}"
    );
    cookie.split(';').next().map(str::to_owned)
}
