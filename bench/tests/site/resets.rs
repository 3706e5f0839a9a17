//! `POST /initialize` that does not put everything back.

use std::sync::{Arc, Mutex};

use http::{StatusCode, header};

use crate::{
    app::DATASET,
    mutants::{Mutant, critical, wrong},
    tamper::{Tamper, pass, tamper},
    upstream::cookie_set,
    writes::cache,
};

pub fn mutants() -> Vec<Mutant> {
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
        wrong("comments are kept", "http.status", pass())
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
