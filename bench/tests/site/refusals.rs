//! Refusals with another status or another page than was promised.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::StatusCode;

use crate::{
    mutants::{Mutant, critical, wrong},
    page::Page,
    tamper::{Request, Tamper, on_answer, tamper},
};

pub fn mutants() -> Vec<Mutant> {
    [statuses(), hidden(), pages()].concat()
}

fn statuses() -> Vec<Mutant> {
    let statuses = [
        ("a wrong method is obeyed", 405, 200),
        ("a wrong method is taken for a missing page", 405, 404),
        ("a long body is accepted", 413, 303),
        ("a long body is said to be a bad field", 413, 422),
        ("what is no form is said to be malformed", 415, 400),
        ("what is no form is read as one without a token", 415, 403),
        ("a hidden entry is said to be forbidden", 404, 403),
        ("an unknown name at login is said to be missing", 401, 404),
    ];
    let statuses = statuses
        .map(|(breaks, from, to)| wrong(breaks, "http.status", instead_of(from, to, |_| true)));
    let methods = ["/recent/1", "/css/", "/footprints", "/diary/", "/entries/"].map(|path| {
        let tamper = instead_of(405, 404, move |request| request.posts(path, ""));
        wrong(
            format!("POST {path} is a missing page"),
            "http.status",
            tamper,
        )
    });
    let too_strict = on_answer(|request, answer| {
        if request.body.len() == 1 << 20 {
            answer.status = StatusCode::PAYLOAD_TOO_LARGE;
        }
    });
    let too_strict = wrong(
        "a body of just 1 MiB is too long",
        "http.status",
        too_strict,
    );
    statuses
        .into_iter()
        .chain(methods)
        .chain([too_strict])
        .collect()
}

/// What may not be seen is told from what is not there.
fn hidden() -> Vec<Mutant> {
    let is_hidden = |request: &Request| request.entry().is_some_and(|id| id < 1_000_000);
    let is_comment =
        |request: &Request| request.posts("/entries/", "/comments") && !is_about_nothing(request);
    let tell = |applies: fn(&Request) -> bool| {
        on_refusals(move |request, page| {
            if applies(request) {
                page.change_text("p.error", |_| "This is not for you.".to_owned());
            }
        })
    };
    vec![
        wrong(
            "hidden entries are refused in words of their own",
            "error.revealing",
            tell(is_hidden),
        ),
        wrong(
            "comments on hidden entries are refused in words of their own",
            "error.revealing",
            tell(is_comment),
        ),
        wrong(
            "comments on hidden entries are accepted",
            "http.status",
            instead_of(404, 303, is_comment),
        ),
        critical(
            "a refusal leaves a footprint",
            "footprint.unknown",
            leave_footprints(),
        ),
    ]
}

fn pages() -> Vec<Mutant> {
    let page = |breaks, code, change: fn(&mut Page)| {
        wrong(breaks, code, on_refusals(move |_, page| change(page)))
    };
    vec![
        page("an error has no role", "html.missing", |page| {
            page.change_attribute("p.error", "role", |_| "note".to_owned());
        }),
        page("there are two errors", "html.twice", |page| {
            page.append_to_main("<p class=\"error\" role=\"alert\">Sorry.</p>");
        }),
        page("an error says nothing", "error.silent", |page| {
            page.change_text("p.error", |_| " ".to_owned());
        }),
        page("an error is the program's own", "error.technical", |page| {
            page.change_text("p.error", |_| {
                "error returned from database: UNIQUE constraint failed: people.name".to_owned()
            });
        }),
        page("an error is more than a sentence", "error.long", |page| {
            page.change_text("p.error", |sentence| sentence.repeat(100));
        }),
        page(
            "error pages do not know who reads",
            "session.lost",
            |page| {
                page.remove("a.me", 0);
            },
        ),
        page(
            "error pages have no way to log out",
            "page.logout",
            |page| {
                page.remove("form[action='/logout']", 0);
            },
        ),
        page("error pages have no style sheet", "page.assets", |page| {
            page.remove("link[rel=stylesheet]", 0);
        }),
        page(
            "a failed login does not show the form again",
            "html.missing",
            |page| {
                page.remove("form#login", 0);
            },
        ),
    ]
}

/// Whether it is a comment on an entry that does not exist.
pub fn is_about_nothing(request: &Request) -> bool {
    request.posts("/entries/999999999999/", "")
}

/// Refuses with another status, or accepts what the app refuses.
pub fn instead_of(
    from: u16,
    to: u16,
    applies: impl Fn(&Request) -> bool + Send + Sync + 'static,
) -> Tamper {
    on_answer(move |request, answer| {
        if answer.status.as_u16() == from && applies(request) {
            answer.status = StatusCode::from_u16(to).unwrap();
        }
    })
}

/// Changes the pages of refusals.
fn on_refusals(change: impl Fn(&Request, &mut Page) + Send + Sync + 'static) -> Tamper {
    on_answer(move |request, answer| {
        if answer.status.is_client_error() && answer.is_page() {
            let mut page = answer.page();
            change(request, &mut page);
            answer.show(&page);
        }
    })
}

/// Takes whoever may not see an entry to its author's profile.
fn leave_footprints() -> Tamper {
    let authors: Arc<Mutex<HashMap<u64, String>>> = Arc::default();
    tamper(move |request, app| {
        let authors = authors.clone();
        async move {
            let (entry, cookie) = (request.entry(), request.cookie());
            let answer = app.send(request).await;
            let Some(entry) = entry else { return answer };
            if answer.status == StatusCode::OK {
                let author = answer.page().attribute("article a.person", "href").unwrap();
                authors.lock().unwrap().insert(entry, author);
                return answer;
            }
            let author = authors.lock().unwrap().get(&entry).cloned();
            if let Some(author) = author {
                app.get(&author, &cookie).await;
            }
            answer
        }
    })
}
