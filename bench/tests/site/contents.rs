//! What is falsified: texts, authors, times, numbers.

use crate::{
    alter::{add, attribute, on, remove, reverse, text},
    app::DATASET,
    mutants::{Mutant, critical, wrong},
    page::Page,
    tamper::{Tamper, on_answer},
};

pub fn mutants() -> Vec<Mutant> {
    [entries(), comments(), profiles()].concat()
}

fn entries() -> Vec<Mutant> {
    vec![
        critical(
            "an entry is ascribed to somebody else",
            "entry.author",
            ascribe("/entries/", "article.entry a.person"),
        ),
        critical(
            "an entry in a list is ascribed to somebody else",
            "entry.author",
            ascribe("/recent/", "article.entry a.person"),
        ),
        critical(
            "one character of an entry is altered",
            "entry.altered",
            text("/entries/", "article div.body", swap_a_letter),
        ),
        critical(
            "the end of an entry is cut off",
            "entry.altered",
            text("/entries/", "article div.body", cut_last),
        ),
        critical(
            "a title is altered in lists",
            "entry.altered",
            text("/recent/", "article.entry a.title", swap_a_letter),
        ),
        critical(
            "a title is escaped twice",
            "entry.altered",
            text("/entries/", "h1.title", escape),
        ),
        critical("HTML is not escaped", "entry.altered", unescape()),
        critical(
            "an excerpt is too short",
            "entry.altered",
            text("/recent/", "p.excerpt", cut_last),
        ),
        critical(
            "a private entry is said to be public",
            "entry.altered",
            attribute("/entries/", "article.entry", "data-visibility", |_| {
                "public".to_owned()
            }),
        ),
        critical(
            "another entry is shown",
            "entry.unknown",
            add("/entries/", "article.entry", "data-id", 1),
        ),
        wrong(
            "the time of an entry is off",
            "entry.time",
            attribute("/entries/", "article time", "datetime", shift),
        ),
    ]
}

fn comments() -> Vec<Mutant> {
    vec![
        wrong("a comment is dropped", "comment.missing", drop_comments()),
        wrong(
            "a comment is dropped but counted",
            "comments.count",
            remove("/entries/", "li.comment", 0),
        ),
        wrong(
            "comments are counted wrong on their entry",
            "comments.count",
            add("/entries/", "#comments", "data-count", 1),
        ),
        wrong(
            "comments are counted wrong in lists",
            "comments.count",
            add("/recent/", "span.comments", "data-count", -1),
        ),
        wrong(
            "comments stand in the wrong order",
            "list.order",
            reverse("/entries/", "li.comment"),
        ),
        critical(
            "a comment is ascribed to somebody else",
            "comment.author",
            ascribe("/entries/", "li.comment a.person"),
        ),
        critical(
            "one character of a comment is altered",
            "comment.altered",
            text("/entries/", "li.comment div.body", swap_a_letter),
        ),
        critical(
            "a comment is shown on another entry",
            "comment.entry",
            attribute("/entries/", "li.comment", "data-id", |_| "1".to_owned()),
        ),
        critical(
            "one character of a comment on home is altered",
            "comment.altered",
            text("/", "li.comment p.excerpt", swap_a_letter),
        ),
        critical(
            "a comment on home is ascribed to somebody else",
            "comment.author",
            ascribe("/", "#friends-comments li.comment a.person"),
        ),
        wrong(
            "the time of a comment is off",
            "comment.time",
            attribute("/entries/", "li.comment time", "datetime", shift),
        ),
    ]
}

fn profiles() -> Vec<Mutant> {
    vec![
        critical(
            "an introduction is cut off",
            "profile.altered",
            text("/people/", "#introduction", cut_last),
        ),
        critical(
            "a nickname is altered on the profile",
            "profile.altered",
            text("/people/", "#nickname", cut_last),
        ),
        wrong(
            "a nickname is altered in links",
            "person.nickname",
            text("/recent/", "a.person", cut_last),
        ),
        wrong(
            "a birthday is hidden from friends",
            "profile.birthday",
            remove("/people/", "#birthday", 0),
        ),
        critical(
            "a birthday is wrong",
            "profile.altered",
            text("/people/", "#birthday", |_| "1970-01-01".to_owned()),
        ),
        wrong(
            "friends are shown as strangers",
            "profile.standing",
            attribute("/people/", "main", "data-friend", |standing| {
                standing.replace("yes", "no")
            }),
        ),
        wrong(
            "strangers cannot become friends",
            "profile.form",
            remove("/people/", "form#befriend", 0),
        ),
        wrong(
            "the own profile cannot be edited",
            "profile.form",
            remove("/people/", "form#edit-profile", 0),
        ),
        wrong(
            "comments cannot be written",
            "entry.form",
            remove("/entries/", "form#comment", 0),
        ),
    ]
}

/// Drops the last comment of every entry, and counts as if it had never been.
pub fn drop_comments() -> Tamper {
    on("/entries/", |page| {
        let comments = page.count("li.comment");
        if comments > 0 {
            page.remove("li.comment", comments - 1);
            page.add("#comments", "data-count", -1);
        }
    })
}

/// Makes a link to somebody lead to somebody else, whose nickname it shows.
fn ascribe(beginning: &'static str, link: &'static str) -> Tamper {
    on(beginning, move |page| ascribe_link(page, link))
}

fn ascribe_link(page: &mut Page, link: &str) {
    let before = page.attribute(link, "href");
    let other = (1..=2)
        .filter_map(|id| DATASET.person(id))
        .find(|other| before != Some(format!("/people/{}", other.name)));
    if let Some(other) = other {
        page.change_attribute(link, "href", |_| format!("/people/{}", other.name));
        page.change_text(link, |_| other.nickname.clone());
    }
}

/// Changes one character in the middle of a text.
fn swap_a_letter(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let changed = |(place, letter)| match (place == middle, letter) {
        (true, '椅') => '子',
        (true, _) => '椅',
        (false, letter) => letter,
    };
    text.chars().enumerate().map(changed).collect()
}

fn cut_last(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    text.pop();
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// One millisecond later.
fn shift(time: &str) -> String {
    let time: jiff::Timestamp = time.parse().unwrap();
    let later = time.as_millisecond() + 1;
    let later = jiff::Timestamp::from_millisecond(later).unwrap();
    later.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Lets HTML that people wrote be HTML.
fn unescape() -> Tamper {
    on_answer(|request, answer| {
        if request.gets("/entries/") && answer.is_page() {
            let html = answer.page().html().replace("&lt;", "<");
            answer.body = html.into();
        }
    })
}

#[test]
fn alterations_alter() {
    assert_eq!(swap_a_letter("椅子"), "椅椅");
    assert_eq!(swap_a_letter("abc"), "a椅c");
    assert_eq!(
        shift("2026-03-31T23:59:59.999Z"),
        "2026-04-01T00:00:00.000Z"
    );
}
