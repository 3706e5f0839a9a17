//! Answers that are wrong as such: statuses, redirects, markup, static files, `/initialize`.

use http::{StatusCode, header};

use crate::{
    mutants::{Mutant, wrong},
    tamper::{Answer, Request, Tamper, instead, on_answer, on_page},
};

pub fn mutants() -> Vec<Mutant> {
    [
        routes(),
        statuses(),
        headers_and_markup(),
        forms(),
        initialize(),
    ]
    .concat()
}

fn routes() -> Vec<Mutant> {
    let pages = [
        "/recent/",
        "/people/",
        "/diary/",
        "/entries/",
        "/friends",
        "/footprints",
        "/signup",
        "/login",
        "/css/",
        "/js/",
        "/img/",
    ];
    let pages = pages.map(|path| wrong(path, "http.status", fail(move |r| r.gets(path))));
    let home = wrong("/", "http.status", fail(|r| r.gets("/") && r.path == "/"));
    let forms = [
        ("/signup", ""),
        ("/login", ""),
        ("/logout", ""),
        ("/entries", "/entries"),
        ("/entries/", "/comments"),
        ("/friends", ""),
        ("/people/", ""),
        ("/initialize", ""),
    ];
    let forms =
        forms.map(|(path, end)| wrong(path, "http.status", fail(move |r| r.posts(path, end))));
    pages.into_iter().chain([home]).chain(forms).collect()
}

fn statuses() -> Vec<Mutant> {
    let statuses = [
        ("a person who does not exist has a page", 404, 200),
        ("a taken name is not told from a bad one", 409, 422),
        ("fields that break their limits are accepted", 422, 303),
        ("a wrong password is answered with a page", 401, 200),
        ("a form of another session is not forbidden", 403, 400),
        ("a redirect keeps the method", 303, 307),
    ];
    let statuses = statuses.map(|(breaks, from, to)| {
        let tamper = on_answer(move |request, answer| {
            // A hidden entry with another status would be a leak, which is another mutant.
            if answer.status.as_u16() == from && request.entry().is_none() {
                answer.status = StatusCode::from_u16(to).unwrap();
            }
        });
        wrong(breaks, "http.status", tamper)
    });
    statuses.into()
}

fn headers_and_markup() -> Vec<Mutant> {
    let location = |elsewhere: &'static str| {
        on_answer(move |_, answer| {
            if answer.status == StatusCode::SEE_OTHER {
                answer.set(header::LOCATION, elsewhere);
            }
        })
    };
    vec![
        wrong(
            "redirects lead to another host",
            "http.location",
            location("http://chairs.example/login"),
        ),
        wrong(
            "redirects lead to another host by the same protocol",
            "http.location",
            location("//chairs.example/login"),
        ),
        wrong("all redirects lead home", "http.location", location("/")),
        wrong(
            "pages for members are shown to everybody",
            "http.status",
            instead(|request| {
                let forbidden = request.gets("/friends") && request.cookie().is_empty();
                forbidden.then(|| Answer::new(StatusCode::OK, "<main>nobody</main>"))
            }),
        ),
        wrong(
            "a page is cut off",
            "list.length",
            on_bodies("/recent/", |body| body[..body.len() / 2].to_vec()),
        ),
        wrong(
            "a page is not UTF-8",
            "html.not-utf8",
            on_bodies("/recent/", |body| [body, b"\xff"].concat()),
        ),
        wrong(
            "a page is no HTML",
            "html.type",
            on_answer(|_, answer| answer.set(header::CONTENT_TYPE, "text/plain")),
        ),
        wrong(
            "a page does not say that it is UTF-8",
            "html.type",
            on_answer(|_, answer| answer.set(header::CONTENT_TYPE, "text/html")),
        ),
        wrong(
            "pages link no style sheet",
            "page.assets",
            on_page(|_, page| page.remove("link[rel=stylesheet]", 0)),
        ),
        wrong(
            "a style sheet is altered",
            "static.altered",
            on_bodies("/css/", |body| [body, b"\n"].concat()),
        ),
    ]
}

fn forms() -> Vec<Mutant> {
    let forms = [
        ("/", "form#new-entry"),
        ("/login", "form#login"),
        ("/signup", "form#signup"),
        ("/login", "input[name=csrf]"),
    ];
    let gone = forms.map(|(path, form)| {
        let tamper = on_page(move |request, page| {
            if request.path == path {
                page.remove(form, 0);
            }
        });
        wrong(form, "html.missing", tamper)
    });
    gone.into()
}

fn initialize() -> Vec<Mutant> {
    let answers = [
        ("it is garbage", "garbage"),
        ("it is empty", ""),
        ("it is JSON of another kind", "[1, 2]"),
        ("no data is named", r#"{"language": "rust"}"#),
        (
            "the language is a number",
            r#"{"language": 1, "data": "small-1-v1-0123456789abcdef"}"#,
        ),
        (
            "the language is empty",
            r#"{"language": "", "data": "small-1-v1-0123456789abcdef"}"#,
        ),
        (
            "the data is no fingerprint",
            r#"{"language": "rust", "data": "mine"}"#,
        ),
    ];
    let answers = answers.map(|(breaks, json)| {
        let answer = move |request: &Request| {
            let initialize = request.posts("/initialize", "");
            initialize.then(|| Answer::new(StatusCode::OK, json))
        };
        wrong(breaks, "initialize.answer", instead(answer))
    });
    let strict = instead(|request| {
        let unknown = request.posts("/initialize", "") && request.body != "{}";
        let page = "<main><p class=\"error\" role=\"alert\">What is this?</p></main>";
        unknown.then(|| Answer::new(StatusCode::UNPROCESSABLE_ENTITY, page))
    });
    let strict = wrong(
        "it refuses fields that it does not know",
        "http.status",
        strict,
    );
    answers.into_iter().chain([strict]).collect()
}

/// Answers some requests with `500`.
pub fn fail(which: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Tamper {
    instead(move |request| {
        let page = "<main><p class=\"error\" role=\"alert\">Sorry.</p></main>";
        which(request).then(|| Answer::new(StatusCode::INTERNAL_SERVER_ERROR, page))
    })
}

fn on_bodies(beginning: &'static str, change: fn(&[u8]) -> Vec<u8>) -> Tamper {
    on_answer(move |request, answer| {
        if request.gets(beginning) {
            answer.body = change(&answer.body).into();
        }
    })
}
