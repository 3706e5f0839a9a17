//! Writes that are acknowledged and lost, changed, or shown too late.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::StatusCode;

use crate::{
    mutants::{Mutant, critical, wrong},
    tamper::{Answer, Request, Tamper, instead, pass, tamper},
};

pub fn mutants() -> Vec<Mutant> {
    [lost(), altered_or_late(), dated()].concat()
}

fn lost() -> Vec<Mutant> {
    vec![
        critical(
            "an entry is acknowledged under the id of another one",
            "entry.id",
            lose("/entries", "/entries", |_| "/entries/1".to_owned()),
        ),
        wrong("an entry is acknowledged and lost", "http.status", pass()).after(
            "CREATE TRIGGER lose AFTER INSERT ON entries
             BEGIN DELETE FROM entries WHERE id = new.id; END",
        ),
        wrong(
            "a comment is acknowledged and lost",
            "comment.missing",
            pass(),
        )
        .after("CREATE TRIGGER lose BEFORE INSERT ON comments BEGIN SELECT RAISE(IGNORE); END"),
        wrong(
            "a friendship is acknowledged and lost",
            "profile.birthday",
            pass(),
        )
        .after("CREATE TRIGGER lose BEFORE INSERT ON friendships BEGIN SELECT RAISE(IGNORE); END"),
        wrong(
            "an edited profile is acknowledged and lost",
            "person.nickname",
            pass(),
        )
        .after(
            "CREATE TRIGGER lose BEFORE UPDATE OF nickname ON people
             BEGIN SELECT RAISE(IGNORE); END",
        ),
        wrong("an icon is acknowledged and lost", "picture.stale", pass()).after(
            "CREATE TRIGGER lose BEFORE UPDATE OF icon ON people BEGIN SELECT RAISE(IGNORE); END",
        ),
        wrong("a photo is acknowledged and lost", "entry.photo", pass()).after(
            "CREATE TRIGGER lose AFTER INSERT ON entries
             BEGIN UPDATE entries SET photo = NULL WHERE id = new.id; END",
        ),
        wrong("a sign-up is acknowledged and lost", "http.status", pass()).after(
            "CREATE TRIGGER lose AFTER INSERT ON people
             BEGIN DELETE FROM people WHERE id = new.id; END",
        ),
    ]
}

fn altered_or_late() -> Vec<Mutant> {
    vec![
        critical(
            "a private entry is kept as a public one",
            "entry.altered",
            on_form("/entries", "/entries", "visibility", |kind| {
                kind.replace("private", "public")
            }),
        ),
        critical(
            "only the first line of an entry is kept",
            "entry.altered",
            on_form("/entries", "/entries", "body", |body| {
                body.split("%0D%0A").next().unwrap_or_default().to_owned()
            }),
        ),
        critical("an introduction is not kept", "profile.altered", pass()).after(
            "CREATE TRIGGER lose AFTER UPDATE OF introduction ON people
             BEGIN UPDATE people SET introduction = '' WHERE id = new.id; END",
        ),
        wrong(
            "the longest entry is refused, because bytes are counted",
            "http.status",
            refuse_longer_than("/entries", 60_000),
        ),
        wrong(
            "the longest comment is refused, because bytes are counted",
            "http.status",
            refuse_longer_than("/comments", 3_000),
        ),
        wrong(
            "visitors without login see old recent entries",
            "list.total",
            cache(|request| request.gets("/recent/1") && request.cookie().is_empty()),
        ),
        wrong(
            "visitors without login see old diaries",
            "list.missing",
            cache(|request| request.gets("/diary/") && request.cookie().is_empty()),
        ),
    ]
}

/// What is written has another time than that of its writing.
fn dated() -> Vec<Mutant> {
    vec![
        wrong("entries are dated an hour ago", "entry.time", pass()).after(
            "CREATE TRIGGER date AFTER INSERT ON entries
             BEGIN UPDATE entries SET created_at = created_at - 3600000 WHERE id = new.id; END",
        ),
        wrong("entries are dated ten seconds ahead", "entry.time", pass()).after(
            "CREATE TRIGGER date AFTER INSERT ON entries
             BEGIN UPDATE entries SET created_at = created_at + 10000 WHERE id = new.id; END",
        ),
        wrong("comments are dated an hour ago", "comment.time", pass()).after(
            "CREATE TRIGGER date AFTER INSERT ON comments
             BEGIN UPDATE comments SET created_at = created_at - 3600000 WHERE id = new.id; END",
        ),
        wrong("friendships are dated an hour ago", "friends.time", pass()).after(
            "CREATE TRIGGER date AFTER INSERT ON friendships
             BEGIN UPDATE friendships SET created_at = created_at - 3600000 WHERE id = new.id; END",
        ),
    ]
}

/// Acknowledges comments and forgets them.
pub fn lose_comments() -> Tamper {
    lose("/entries/", "/comments", |request| {
        request.path.trim_end_matches("/comments").to_owned()
    })
}

/// Answers as before what it has answered with `200` once.
pub fn cache(applies: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Tamper {
    let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
    tamper(move |request, app| {
        let answers = applies(&request).then(|| answers.clone());
        async move {
            let Some(answers) = answers else {
                return app.send(request).await;
            };
            let path = request.path.clone();
            if let Some(before) = answers.lock().unwrap().get(&path).cloned() {
                return before;
            }
            let answer = app.send(request).await;
            if answer.status == StatusCode::OK {
                answers.lock().unwrap().insert(path, answer.clone());
            }
            answer
        }
    })
}

/// Acknowledges a form with a redirect and forgets it.
fn lose(
    beginning: &'static str,
    end: &'static str,
    location: impl Fn(&Request) -> String + Send + Sync + 'static,
) -> Tamper {
    instead(move |request| {
        request
            .posts(beginning, end)
            .then(|| Answer::see_other(&location(request)))
    })
}

/// Refuses a form that has more bytes, as if a field broke its limit.
fn refuse_longer_than(end: &'static str, bytes: usize) -> Tamper {
    instead(move |request| {
        let refused = request.posts("/entries", end) && request.body.len() > bytes;
        refused.then(|| Answer::new(StatusCode::UNPROCESSABLE_ENTITY, ""))
    })
}

/// Changes a field before the app gets it.
fn on_form(
    beginning: &'static str,
    end: &'static str,
    field: &'static str,
    change: impl Fn(&str) -> String + Send + Sync + Copy + 'static,
) -> Tamper {
    tamper(move |mut request, app| async move {
        if request.posts(beginning, end) {
            request.change_field(field, change);
        }
        app.send(request).await
    })
}
