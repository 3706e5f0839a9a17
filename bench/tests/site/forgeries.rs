//! Forms that somebody else has made up, obeyed.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use crate::{
    mutants::{Mutant, critical, wrong},
    tamper::{Request, Tamper, tamper},
    upstream::Upstream,
};

/// Every form: how the path that it is posted to begins and ends.
pub const FORMS: [(&str, &str); 7] = [
    ("/entries", "/entries"),
    ("/entries/", "/comments"),
    ("/friends", ""),
    ("/people/", ""),
    ("/logout", ""),
    ("/login", ""),
    ("/signup", ""),
];

pub fn mutants() -> Vec<Mutant> {
    let forged = FORMS.map(|(path, end)| {
        wrong(
            format!("{path}…{end} is obeyed with another token"),
            "http.status",
            obey(path, end, Forgery::OtherToken),
        )
    });
    let bare = FORMS.map(|(path, end)| {
        wrong(
            format!("{path}…{end} is obeyed without a token"),
            "http.status",
            obey(path, end, Forgery::NoToken),
        )
    });
    let secret = [
        critical(
            "a forged entry is refused but kept",
            "entry.unknown",
            obey_secretly("/entries", "/entries"),
        ),
        critical(
            "a forged comment is refused but kept",
            "comment.unknown",
            obey_secretly("/entries/", "/comments"),
        ),
        wrong(
            "a forged profile is refused but kept",
            "person.nickname",
            obey_secretly("/people/", ""),
        ),
        wrong(
            "a forged friendship is refused but kept",
            "friends.count",
            obey_secretly("/friends", ""),
        ),
        wrong(
            "a forged sign-up is refused but kept",
            "http.status",
            obey_secretly("/signup", ""),
        ),
    ];
    let old = wrong(
        "a token of before the login is good",
        "http.status",
        take_old_tokens(),
    );
    forged
        .into_iter()
        .chain(bare)
        .chain(secret)
        .chain([old])
        .collect()
}

/// What is wrong with a forged form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forgery {
    OtherToken,
    NoToken,
}

impl Forgery {
    fn of(request: &Request) -> Self {
        match request.field("csrf") {
            Some(_) => Forgery::OtherToken,
            None => Forgery::NoToken,
        }
    }
}

/// Gives forged forms the right token before the app sees them.
fn obey(path: &'static str, end: &'static str, forgery: Forgery) -> Tamper {
    tamper(move |request, app| async move {
        match request.posts(path, end) && Forgery::of(&request) == forgery {
            true => app.send(with_right_token(request, &app).await).await,
            false => app.send(request).await,
        }
    })
}

/// Lets the app do what a forged form asks for, and answers as if it had not.
fn obey_secretly(path: &'static str, end: &'static str) -> Tamper {
    tamper(move |request, app| async move {
        if request.posts(path, end) && !is_genuine(&request, &app).await {
            app.send(with_right_token(request.clone(), &app).await)
                .await;
        }
        app.send(request).await
    })
}

/// Takes every token that was ever shown to a browser without login.
fn take_old_tokens() -> Tamper {
    let shown: Arc<Mutex<HashSet<String>>> = Arc::default();
    tamper(move |request, app| {
        let shown = shown.clone();
        async move {
            let token = request.field("csrf");
            let known = token.is_some_and(|token| shown.lock().unwrap().contains(&token));
            let request = match known {
                true => with_right_token(request, &app).await,
                false => request,
            };
            let is_login = request.gets("/login");
            let answer = app.send(request).await;
            if is_login && answer.is_page() && !answer.page().has("a.me") {
                let token = answer
                    .page()
                    .attribute("form#login input[name=csrf]", "value");
                shown.lock().unwrap().extend(token);
            }
            answer
        }
    })
}

async fn with_right_token(mut request: Request, app: &Upstream) -> Request {
    let token = app.token_of(&request.cookie()).await;
    match request.field("csrf") {
        Some(_) => request.change_field("csrf", |_| token.clone()),
        None => request.add_field("csrf", &token),
    }
    request
}

/// Whether a form has the token of its sender's session.
pub async fn is_genuine(request: &Request, app: &Upstream) -> bool {
    request.field("csrf") == Some(app.token_of(&request.cookie()).await)
}
