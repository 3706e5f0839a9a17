//! Sessions that are mixed up, never end, or obey a forged form.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::{HeaderValue, StatusCode, header};

use crate::{
    mutants::{Mutant, critical, wrong},
    tamper::{Answer, Request, Tamper, on_page, tamper},
    upstream::{Upstream, cookie_set},
};

pub fn mutants() -> Vec<Mutant> {
    [sessions(), forged_forms()].concat()
}

fn sessions() -> Vec<Mutant> {
    vec![
        critical(
            "a wrong password is accepted",
            "login.password",
            accept_one_letter_too_many(),
        ),
        critical(
            "everybody gets the session of the last login",
            "session.other",
            share_the_last_session(),
        ),
        critical(
            "a session goes on after logout",
            "session.alive",
            forget_only_in_the_browser(),
        ),
        critical(
            "entries come from a cache that does not ask who reads",
            "entry.leaked",
            cache_for_everybody("/entries/"),
        ),
        wrong(
            "recent entries come from a cache that does not ask who reads",
            "session.lost",
            cache_for_everybody("/recent/"),
        ),
        wrong(
            "a session survives login under its old cookie",
            "session.kept",
            keep_the_cookie(),
        ),
        wrong(
            "there is no way to log out",
            "page.logout",
            on_page(|_, page| page.remove("form[action='/logout']", 0)),
        ),
    ]
}

fn forged_forms() -> Vec<Mutant> {
    let routes = [
        ("/entries", "/entries"),
        ("/entries/", "/comments"),
        ("/friends", ""),
        ("/people/", ""),
        ("/logout", ""),
        ("/login", ""),
        ("/signup", ""),
    ];
    let accepting =
        routes.map(|(path, end)| wrong(path, "http.status", obey_forged_forms(path, end, false)));
    let obeying = critical(
        "a forged form is refused but obeyed",
        "entry.unknown",
        obey_forged_forms("/entries", "/entries", true),
    );
    accepting.into_iter().chain([obeying]).collect()
}

/// Tries a password that was refused again, without its last letter.
fn accept_one_letter_too_many() -> Tamper {
    tamper(|mut request, app| async move {
        let is_login = request.posts("/login", "");
        let answer = app.send(request.clone()).await;
        if !is_login || answer.status != StatusCode::UNAUTHORIZED {
            return answer;
        }
        request.change_field("password", |typed| typed[..typed.len() - 1].to_owned());
        app.send(request).await
    })
}

/// Takes the cookie back at logout, and does not end the session.
fn forget_only_in_the_browser() -> Tamper {
    tamper(|request, app| async move {
        if !request.posts("/logout", "") || !is_genuine(&request, &app).await {
            return app.send(request).await;
        }
        let mut answer = Answer::see_other("/login");
        answer.set(header::SET_COOKIE, "suwaru_session=; Max-Age=0; Path=/");
        answer
    })
}

/// Opens home with the session of whoever logged in last.
fn share_the_last_session() -> Tamper {
    let last = Arc::new(Mutex::new(None));
    tamper(move |mut request, app| {
        let last = last.clone();
        async move {
            let is_login = request.posts("/login", "");
            if let Some(cookie) = last.lock().unwrap().clone().filter(|_| request.gets("/")) {
                request.headers.insert(header::COOKIE, cookie);
            }
            let answer = app.send(request).await;
            if is_login && answer.status == StatusCode::SEE_OTHER {
                *last.lock().unwrap() = cookie_set(&answer).parse().ok();
            }
            answer
        }
    })
}

/// Lets browsers keep the cookie that they had before the login.
fn keep_the_cookie() -> Tamper {
    let sessions: Arc<Mutex<HashMap<String, HeaderValue>>> = Arc::default();
    tamper(move |mut request, app| {
        let sessions = sessions.clone();
        async move {
            let cookie = request.cookie();
            if let Some(session) = sessions.lock().unwrap().get(&cookie).cloned() {
                request.headers.insert(header::COOKIE, session);
            }
            let is_login = request.posts("/login", "");
            let mut answer = app.send(request).await;
            if is_login && answer.status == StatusCode::SEE_OTHER {
                let session = cookie_set(&answer).parse().unwrap();
                sessions.lock().unwrap().insert(cookie, session);
                answer.headers.remove(header::SET_COOKIE);
            }
            answer
        }
    })
}

/// Shows everybody what the first reader saw.
fn cache_for_everybody(beginning: &'static str) -> Tamper {
    crate::writes::cache(move |request| request.gets(beginning))
}

/// Gives forms the right token before the app sees them; what the app then does is kept, and told
/// or not.
fn obey_forged_forms(path: &'static str, end: &'static str, secretly: bool) -> Tamper {
    tamper(move |request, app| async move {
        if !request.posts(path, end) {
            return app.send(request).await;
        }
        let as_sent = (secretly && !is_genuine(&request, &app).await).then(|| request.clone());
        let done = app.send(with_right_token(request, &app).await).await;
        match as_sent {
            Some(forged) => app.send(forged).await,
            None => done,
        }
    })
}

async fn with_right_token(mut request: Request, app: &Upstream) -> Request {
    let token = app.token_of(&request.cookie()).await;
    request.change_field("csrf", |_| token.clone());
    request
}

async fn is_genuine(request: &Request, app: &Upstream) -> bool {
    request.body == with_right_token(request.clone(), app).await.body
}
