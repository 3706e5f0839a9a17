//! Forms whose fields are measured, tidied or kept in another way than was promised.

use crate::{
    mutants::{Mutant, critical, wrong},
    refusals::instead_of,
    tamper::{Request, pass},
};

pub fn mutants() -> Vec<Mutant> {
    [limits(), units(), white_space(), spoilt(), kept()].concat()
}

/// How the path of a form ends (as in [`is_form`]), a field of it and how long that may be.
type Field = (&'static str, &'static str, usize);

/// All fields that people type at length.
const LONGEST: [Field; 7] = [
    ("/entries", "title", 100),
    ("/entries", "body", 20_000),
    ("/comments", "body", 1_000),
    ("/signup", "nickname", 30),
    ("/signup", "password", 100),
    ("", "nickname", 30),
    ("", "introduction", 500),
];

/// What must be refused is accepted.
fn limits() -> Vec<Mutant> {
    let too_long = LONGEST.map(|(end, field, limit)| {
        accept(end, field, move |typed| typed.chars().count() == limit + 1)
    });
    let blank = [
        ("/entries", "title"),
        ("/entries", "body"),
        ("/comments", "body"),
        ("/signup", "nickname"),
        ("", "nickname"),
    ];
    let blank = blank.map(|(end, field)| {
        accept(end, field, |typed| {
            !typed.is_empty() && typed.trim().is_empty()
        })
    });
    let others = [
        accept("/signup", "name", |name| name == "ab"),
        accept("/signup", "name", |name| name.len() == 21),
        accept("/signup", "name", |name| name.starts_with('1')),
        accept("/signup", "name", |name| name == "Abcd"),
        accept("/signup", "name", |name| name.contains(' ')),
        accept("/signup", "password", |password| password.len() == 7),
        accept("/signup", "password", |password| password.starts_with(' ')),
        accept("/entries", "visibility", str::is_empty),
        accept("/entries", "visibility", |typed| typed == "everybody"),
        accept("", "birthday", |typed| typed == "2001-02-29"),
        accept("", "birthday", |typed| typed == "2001-2-9"),
    ];
    too_long.into_iter().chain(blank).chain(others).collect()
}

/// What must be accepted is refused: at the very limits, or because other units are counted.
fn units() -> Vec<Mutant> {
    let utf_16 = LONGEST.map(|(end, field, limit)| {
        refuse(end, field, move |typed| {
            typed.trim().encode_utf16().count() > limit
        })
    });
    let ends = [
        refuse("/signup", "name", |typed| typed.trim().len() == 3),
        refuse("/signup", "name", |typed| typed.trim().len() == 20),
        refuse("/signup", "password", |typed| typed.trim().len() == 8),
        refuse("/signup", "password", |typed| {
            typed.trim().chars().count() == 100
        }),
    ];
    let line_ends = refuse("/entries", "body", |typed| {
        typed.trim().chars().count() > 20_000
    });
    utf_16.into_iter().chain(ends).chain([line_ends]).collect()
}

/// What must be accepted is refused, because white space at its ends is taken for a part of it.
fn white_space() -> Vec<Mutant> {
    let long = LONGEST.map(|(end, field, limit)| {
        refuse(end, field, move |typed| {
            typed.replace("\r\n", "\n").chars().count() > limit
        })
    });
    let short = [
        ("/signup", "name"),
        ("/login", "name"),
        ("/login", "password"),
        ("/friends", "name"),
        ("/entries", "visibility"),
        ("", "birthday"),
    ];
    let short = short.map(|(end, field)| refuse(end, field, |typed| typed.trim() != typed));
    let unknown = instead_of(409, 422, |request| {
        request
            .typed("name")
            .is_some_and(|name| name.trim() != name)
    });
    let unknown = wrong(
        "a taken name in white space is not known",
        "http.status",
        unknown,
    );
    long.into_iter().chain(short).chain([unknown]).collect()
}

/// Fields that are missing, or hold U+0000.
fn spoilt() -> Vec<Mutant> {
    let fields: [(&str, &[&str]); 6] = [
        ("/entries", &["title", "body", "visibility"]),
        ("/comments", &["body"]),
        ("/friends", &["name"]),
        ("", &["nickname", "introduction", "birthday"]),
        ("/login", &["name", "password"]),
        ("/signup", &["name", "nickname", "password"]),
    ];
    let missing = fields.into_iter().flat_map(|(end, fields)| {
        fields.iter().map(move |field| {
            let tamper = instead_of(422, 400, move |request| {
                is_form(request, end) && request.field(field).is_none()
            });
            let breaks = format!("{end} without {field} is malformed");
            wrong(breaks, "http.status", tamper)
        })
    });
    let nul = fields.into_iter().map(|(end, fields)| {
        let tamper = instead_of(422, 500, move |request| {
            has_typed(request, end, fields[0], |typed| typed.contains('\0'))
        });
        let breaks = format!("{end} breaks down at U+0000");
        wrong(breaks, "http.status", tamper)
    });
    missing.chain(nul).collect()
}

/// What was typed is kept as it was typed.
fn kept() -> Vec<Mutant> {
    vec![
        critical("white space before an entry is kept", "entry.altered", pass()).after(
            "CREATE TRIGGER keep AFTER INSERT ON entries
             BEGIN UPDATE entries SET body = '  ' || body WHERE id = new.id; END",
        ),
        critical("white space before a comment is kept", "comment.altered", pass()).after(
            "CREATE TRIGGER keep AFTER INSERT ON comments
             BEGIN UPDATE comments SET body = '  ' || body WHERE id = new.id; END",
        ),
        critical("line ends are kept as browsers send them", "entry.altered", pass()).after(
            "CREATE TRIGGER keep AFTER INSERT ON entries
             BEGIN UPDATE entries SET body = replace(body, char(10), char(13, 10)) WHERE id = new.id; END",
        ),
    ]
}

/// Accepts a form that the app refuses, when this was typed into the field.
fn accept(
    end: &'static str,
    field: &'static str,
    typed: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> Mutant {
    let tamper = instead_of(422, 303, move |request| {
        has_typed(request, end, field, &typed)
    });
    let breaks = format!("a bad {field} is accepted by {end}");
    wrong(breaks, "http.status", tamper)
}

/// Refuses a form that the app accepts, when this was typed into the field.
fn refuse(
    end: &'static str,
    field: &'static str,
    typed: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> Mutant {
    let tamper = instead_of(303, 422, move |request| {
        has_typed(request, end, field, &typed)
    });
    let breaks = format!("a good {field} is refused by {end}");
    wrong(breaks, "http.status", tamper)
}

fn has_typed(request: &Request, end: &str, field: &str, typed: impl Fn(&str) -> bool) -> bool {
    is_form(request, end) && request.typed(field).is_some_and(|value| typed(&value))
}

/// Whether it is the form whose path ends so; an end that is empty stands for one's own profile.
fn is_form(request: &Request, end: &str) -> bool {
    match end {
        "" => request.posts("/people/", ""),
        end => request.posts("/", end),
    }
}
