//! Sessions that are mixed up or never end, and their cookies.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::{HeaderValue, StatusCode, header};

use crate::{
    forgeries::is_genuine,
    mutants::{Mutant, critical, wrong},
    tamper::{Answer, Tamper, on_answer, on_page, tamper},
    upstream::cookie_set,
};

pub fn mutants() -> Vec<Mutant> {
    [sessions(), cookies()].concat()
}

fn sessions() -> Vec<Mutant> {
    vec![
        critical(
            "a wrong password is accepted",
            "login.password",
            accept_one_letter_too_many(),
        ),
        critical(
            "whoever looks for friends gets the session of the last login",
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
            keep_the_cookie("/login"),
        ),
        wrong(
            "a session survives sign-up under its old cookie",
            "session.kept",
            keep_the_cookie("/signup"),
        ),
        wrong(
            "there is no way to log out",
            "page.logout",
            on_page(|_, page| page.remove("form[action='/logout']", 0)),
        ),
    ]
}

fn cookies() -> Vec<Mutant> {
    let spoilt = [
        ("scripts may read the cookie", "HttpOnly", "Bound"),
        (
            "other sites send the cookie along",
            "SameSite=Lax",
            "SameSite=None",
        ),
        ("the cookie is strict", "SameSite=Lax", "SameSite=Strict"),
        ("the cookie is not for all paths", "Path=/", "Path=/people"),
        ("the cookie wants https", "Path=/", "Path=/; Secure"),
    ];
    let spoilt = spoilt.map(|(breaks, attribute, other)| {
        wrong(
            breaks,
            "session.cookie",
            on_cookies(move |cookie| cookie.replace(attribute, other)),
        )
    });
    let login_alone = on_answer(|request, answer| {
        if request.posts("/login", "") {
            change_cookie(answer, |cookie| cookie.replace("; HttpOnly", ""));
        }
    });
    let without_session = on_answer(|request, answer| {
        if request.gets("/login") {
            answer.headers.remove(header::SET_COOKIE);
        }
    });
    let others = [
        wrong(
            "scripts may read the cookie after login",
            "session.cookie",
            login_alone,
        ),
        wrong(
            "a form is shown without a session",
            "session.missing",
            without_session,
        ),
        critical(
            "a login logs in whoever knows the cookie of before",
            "session.alive",
            go_on_after("/login"),
        ),
        critical(
            "a sign-up logs in whoever knows the cookie of before",
            "session.alive",
            go_on_after("/signup"),
        ),
    ];
    spoilt.into_iter().chain(others).collect()
}

fn on_cookies(change: impl Fn(&str) -> String + Send + Sync + 'static) -> Tamper {
    on_answer(move |_, answer| change_cookie(answer, &change))
}

fn change_cookie(answer: &mut Answer, change: impl Fn(&str) -> String) {
    if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
        let changed = change(cookie.to_str().unwrap());
        answer.set(header::SET_COOKIE, &changed);
    }
}

/// Takes the cookie that a browser had before for the one that it got there.
fn go_on_after(path: &'static str) -> Tamper {
    let sessions: Arc<Mutex<HashMap<String, HeaderValue>>> = Arc::default();
    tamper(move |mut request, app| {
        let sessions = sessions.clone();
        async move {
            let cookie = request.cookie();
            if let Some(session) = sessions.lock().unwrap().get(&cookie).cloned() {
                request.headers.insert(header::COOKIE, session);
            }
            let logs_in = request.posts(path, "");
            let answer = app.send(request).await;
            if logs_in && answer.status == StatusCode::SEE_OTHER {
                let session = cookie_set(&answer).parse().unwrap();
                sessions.lock().unwrap().insert(cookie, session);
            }
            answer
        }
    })
}

/// Tries a password that was refused again, without its last letter.
fn accept_one_letter_too_many() -> Tamper {
    tamper(|mut request, app| async move {
        let is_login = request.posts("/login", "");
        let answer = app.send(request.clone()).await;
        if !is_login || answer.status != StatusCode::UNAUTHORIZED {
            return answer;
        }
        // Letters and digits, which are encoded as themselves.
        let typed = request.typed("password").unwrap();
        let mut letters = typed.trim().chars();
        letters.next_back();
        request.change_field("password", |_| letters.as_str().to_owned());
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

/// Shows the friends of whoever logged in last.
fn share_the_last_session() -> Tamper {
    let last = Arc::new(Mutex::new(None));
    tamper(move |mut request, app| {
        let last = last.clone();
        async move {
            let is_login = request.posts("/login", "");
            if let Some(cookie) = last
                .lock()
                .unwrap()
                .clone()
                .filter(|_| request.gets("/friends"))
            {
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

/// Lets browsers keep the cookie that they had before.
fn keep_the_cookie(path: &'static str) -> Tamper {
    let go_on = go_on_after(path);
    tamper(move |request, app| {
        let logs_in = request.posts(path, "");
        let answer = go_on(request, app);
        async move {
            let mut answer = answer.await;
            if logs_in {
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
