//! `POST /initialize` that does not put everything back.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use http::{StatusCode, header};

use crate::{
    app::DATASET,
    mutants::{Mutant, critical, wrong},
    tamper::{Tamper, on_answer, pass, tamper},
    upstream::cookie_set,
    writes::cache,
};

pub fn mutants() -> Vec<Mutant> {
    [kept(), counted_on(), other_data()].concat()
}

/// What was there before is there still.
fn kept() -> Vec<Mutant> {
    vec![
        wrong(
            "nothing is put back",
            "person.nickname",
            cache(|request| request.posts("/initialize", "")),
        ),
        critical(
            "sessions are not ended",
            "session.alive",
            revive_the_first_session(),
        ),
        critical("entries are kept", "entry.unknown", pass())
            .after("CREATE TRIGGER keep BEFORE DELETE ON entries BEGIN SELECT RAISE(IGNORE); END"),
        wrong("people who signed up are kept", "http.status", pass())
            .after("CREATE TRIGGER keep BEFORE DELETE ON people BEGIN SELECT RAISE(IGNORE); END"),
        critical("comments are kept", "comment.unknown", pass())
            .after("CREATE TRIGGER keep BEFORE DELETE ON comments BEGIN SELECT RAISE(IGNORE); END"),
        wrong("friendships are kept", "friends.count", pass()).after(
            "CREATE TRIGGER keep BEFORE DELETE ON friendships BEGIN SELECT RAISE(IGNORE); END",
        ),
        critical("footprints are kept", "footprint.unknown", pass()).after(
            "CREATE TRIGGER keep BEFORE DELETE ON footprints BEGIN SELECT RAISE(IGNORE); END",
        ),
        critical("edited profiles are kept", "profile.altered", pass()).after(
            "CREATE TRIGGER keep BEFORE UPDATE ON people WHEN new.updated_at = old.created_at
             BEGIN SELECT RAISE(IGNORE); END",
        ),
    ]
}

/// Ids go on from the last one ever given. Counters are set after the rows are gone, and the next
/// thing that is written is a login.
fn counted_on() -> Vec<Mutant> {
    vec![
        wrong("ids of entries go on counting", "initialize.ids", pass()).after(
            "CREATE TABLE gone (id INTEGER);
             CREATE TRIGGER note AFTER DELETE ON entries BEGIN INSERT INTO gone VALUES (old.id); END;
             CREATE TRIGGER count AFTER INSERT ON login_log WHEN EXISTS (SELECT * FROM gone) BEGIN
                 UPDATE sqlite_sequence SET seq = (SELECT MAX(id) FROM gone) WHERE name = 'entries';
             END",
        ),
        wrong("ids of comments go on counting", "initialize.ids", pass()).after(
            "CREATE TABLE gone (id INTEGER);
             CREATE TRIGGER note AFTER DELETE ON comments BEGIN INSERT INTO gone VALUES (old.id); END;
             CREATE TRIGGER count AFTER INSERT ON login_log WHEN EXISTS (SELECT * FROM gone) BEGIN
                 UPDATE sqlite_sequence SET seq = (SELECT MAX(id) FROM gone) WHERE name = 'comments';
             END",
        ),
    ]
}

/// The answer names other data than the initial ones.
fn other_data() -> Vec<Mutant> {
    vec![
        critical(
            "the rows are not the initial ones",
            "initialize.data",
            rename_data(1, other_rows),
        ),
        critical(
            "the second time, the rows are not the initial ones",
            "initialize.data",
            rename_data(2, other_rows),
        ),
        critical(
            "the second time, the data has another seed",
            "initialize.data",
            rename_data(2, |data| data.replacen("-1-", "-2-", 1)),
        ),
    ]
}

/// The same label with another hash.
fn other_rows(data: &str) -> String {
    let (label, hash) = data.rsplit_once('-').unwrap();
    format!("{label}-{}", hash.chars().rev().collect::<String>())
}

/// Changes the fingerprint in the n-th answer, counted from 1.
fn rename_data(nth: usize, change: fn(&str) -> String) -> Tamper {
    let asked = AtomicUsize::new(0);
    on_answer(move |request, answer| {
        if request.posts("/initialize", "") && asked.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            let fingerprint = DATASET.fingerprint();
            let json = std::str::from_utf8(&answer.body).unwrap();
            answer.body = json.replace(&fingerprint, &change(&fingerprint)).into();
        }
    })
}

/// Lets the first session that anybody logged in with go on when it is unknown: whoever comes with
/// its cookie gets a new session of the same person.
fn revive_the_first_session() -> Tamper {
    let first: Arc<Mutex<Option<(String, u64)>>> = Arc::default();
    tamper(move |mut request, app| {
        let first = first.clone();
        async move {
            let is_login = request.posts("/login", "");
            let name = is_login.then(|| request.typed("name")).flatten();
            let known = first.lock().unwrap().clone();
            if let Some((cookie, person)) = known.filter(|(cookie, _)| *cookie == request.cookie())
                && request.path == "/"
                && app.get("/", &cookie).await.status == StatusCode::SEE_OTHER
            {
                let session = app.log_in(person).await;
                request
                    .headers
                    .insert(header::COOKIE, session.parse().unwrap());
            }
            let answer = app.send(request).await;
            if answer.status == StatusCode::SEE_OTHER
                && let Some(person) = name.and_then(|name| DATASET.person_id(name.trim()))
            {
                first
                    .lock()
                    .unwrap()
                    .get_or_insert((cookie_set(&answer), person));
            }
            answer
        }
    })
}
