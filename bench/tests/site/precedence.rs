//! Where several errors apply, another one than the first is answered.

use crate::{
    app::DATASET,
    forgeries::FORMS,
    mutants::{Mutant, wrong},
    refusals::{instead_of, is_about_nothing},
    tamper::{Answer, Request, Tamper, on_answer},
};

pub fn mutants() -> Vec<Mutant> {
    [addresses(), login_and_tokens(), things_and_fields()].concat()
}

/// `413`, then `404` and `405` of the address itself.
fn addresses() -> Vec<Mutant> {
    let long = |request: &Request| request.body.len() > 1 << 20;
    vec![
        wrong(
            "a missing address is told before a body is measured",
            "http.status",
            instead_of(413, 404, |request| request.path == "/no/such/page"),
        ),
        wrong(
            "a wrong method is told before a body is measured",
            "http.status",
            instead_of(413, 405, |request| request.path == "/recent/1"),
        ),
        wrong(
            "a login is asked for before a body is measured",
            "http.status",
            send_to_login(413),
        ),
        wrong(
            "what is no form is told before a body is measured",
            "http.status",
            instead_of(413, 415, move |request| {
                long(request) && request.is_of_type("text/plain")
            }),
        ),
        wrong(
            "a login is asked for before an address is looked up",
            "http.status",
            send_to_login(404),
        ),
        wrong(
            "a login is asked for before a method is looked at",
            "http.status",
            send_to_login(405),
        ),
        wrong(
            "what is no form is told before an address is looked up",
            "http.status",
            instead_of(404, 415, |request| request.is_of_type("application/json")),
        ),
        wrong(
            "what is no form is told before a method is looked at",
            "http.status",
            instead_of(405, 415, |request| request.is_of_type("application/json")),
        ),
    ]
}

/// Login needed, then `415`, then `403` for the token.
fn login_and_tokens() -> Vec<Mutant> {
    let members = FORMS[..5].iter().map(|(path, end)| {
        let tamper = instead_of(303, 403, |request| {
            request.posts(path, end) && request.field("csrf").is_none()
        });
        wrong(
            format!("{path}…{end} wants a token before a login"),
            "http.status",
            tamper,
        )
    });
    let sessions = ["/login", "/signup"].map(|path| {
        let tamper = instead_of(415, 403, move |request| {
            request.posts(path, path) && request.cookie().is_empty()
        });
        let breaks = format!("{path} wants a session before a form");
        wrong(breaks, "http.status", tamper)
    });
    let others = [
        wrong(
            "what is no form is told before a login is asked for",
            "http.status",
            instead_of(303, 415, |request| request.is_of_type("application/json")),
        ),
        wrong(
            "an entry is looked for before a login is asked for",
            "http.status",
            instead_of(303, 404, is_about_nothing),
        ),
        wrong(
            "an entry is looked for before its form's token",
            "http.status",
            instead_of(403, 404, is_about_nothing),
        ),
        wrong(
            "fields are looked at before the form's token",
            "http.status",
            instead_of(403, 422, |request| {
                request.typed("password").as_deref() == Some("")
            }),
        ),
        wrong(
            "a password is looked at before the form's token",
            "http.status",
            instead_of(403, 401, |request| {
                request.typed("password").as_deref() == Some("wrong")
            }),
        ),
    ];
    members.chain(sessions).chain(others).collect()
}

/// `404` and `403` of the thing, then `422`, then `409`.
fn things_and_fields() -> Vec<Mutant> {
    let is_empty = |request: &Request, field| request.typed(field).as_deref() == Some("");
    vec![
        wrong(
            "fields are looked at before the entry",
            "http.status",
            instead_of(404, 422, move |request| is_empty(request, "body")),
        ),
        wrong(
            "fields are looked at before whose profile it is",
            "http.status",
            instead_of(403, 422, move |request| is_empty(request, "nickname")),
        ),
        wrong(
            "fields are looked at before whether there is such a person",
            "http.status",
            instead_of(404, 422, move |request| is_empty(request, "nickname")),
        ),
        wrong(
            "a taken name is told before the password is looked at",
            "http.status",
            instead_of(422, 409, |request| {
                request
                    .typed("name")
                    .is_some_and(|name| name != "nobody_at_all")
            }),
        ),
        wrong(
            "a friend who does not exist is a bad field",
            "http.status",
            instead_of(404, 422, |request| request.posts("/friends", "")),
        ),
        wrong(
            "a friend whom nobody can be is a bad field",
            "http.status",
            instead_of(404, 422, |request| {
                request.posts("/friends", "") && request.typed("name").as_deref() == Some("ab")
            }),
        ),
        wrong(
            "names of friends are read in any case",
            "http.status",
            instead_of(404, 303, |request| {
                let name = request
                    .typed("name")
                    .filter(|_| request.posts("/friends", ""));
                name.is_some_and(|name| DATASET.person_id(&name.to_lowercase()).is_some())
            }),
        ),
        wrong(
            "people may be their own friends",
            "http.status",
            instead_of(422, 303, |request| {
                request.posts("/friends", "")
                    && request
                        .typed("name")
                        .is_some_and(|name| !name.contains('\0'))
            }),
        ),
    ]
}

/// Sends those without login to the form, instead of refusing what they post with that status.
fn send_to_login(status: u16) -> Tamper {
    on_answer(move |request, answer| {
        if answer.status.as_u16() == status && request.posts("/", "") && !answer.page().has("a.me")
        {
            *answer = Answer::see_other("/login");
        }
    })
}
