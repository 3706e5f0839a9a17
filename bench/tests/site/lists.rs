//! Lists that leave something out, show something else, or stand in disorder.

use http::StatusCode;

use crate::{
    alter::{add, on, remove, reverse},
    app::DATASET,
    mutants::{Mutant, critical, wrong},
    page::Page,
    tamper::{Tamper, tamper},
};

pub fn mutants() -> Vec<Mutant> {
    [pages_of_entries(), home(), people()].concat()
}

fn pages_of_entries() -> Vec<Mutant> {
    vec![
        wrong(
            "recent entries stand in the wrong order",
            "list.order",
            reverse("/recent/", "article.entry"),
        ),
        wrong(
            "an entry is missing among the recent ones",
            "list.length",
            remove("/recent/", "article.entry", 2),
        ),
        wrong(
            "an entry is skipped, and the page filled up",
            "list.missing",
            skip_an_entry(),
        ),
        wrong(
            "the total of recent entries is wrong",
            "list.total",
            add("/recent/", "span.total", "data-count", 1),
        ),
        wrong(
            "the link to older entries is missing",
            "list.links",
            remove("/recent/", "a[rel=next]", 0),
        ),
        wrong(
            "the link to newer entries is missing",
            "list.links",
            remove("/recent/", "a[rel=prev]", 0),
        ),
        wrong(
            "an entry is missing in a diary",
            "list.missing",
            remove("/diary/", "article.entry", 1),
        ),
        wrong(
            "the total of a diary is wrong",
            "list.total",
            add("/diary/", "span.total", "data-count", -1),
        ),
        wrong(
            "a diary stands in the wrong order",
            "list.order",
            reverse("/diary/", "article.entry"),
        ),
        wrong(
            "an entry is missing on a profile",
            "list.missing",
            remove("/people/", "article.entry", 0),
        ),
        critical(
            "an entry that nobody wrote is listed",
            "entry.unknown",
            on("/recent/", |page| {
                page.change_attribute("article.entry", "data-id", |_| "9999".to_owned());
                page.change_attribute("article.entry a.title", "href", |_| {
                    "/entries/9999".to_owned()
                });
            }),
        ),
    ]
}

fn home() -> Vec<Mutant> {
    let sections = [
        ("#my-entries article.entry", "list.missing"),
        ("#friends-entries article.entry", "list.missing"),
        ("#friends-comments li.comment", "list.missing"),
        ("#comments-to-me li.comment", "list.missing"),
        ("#footprints li.footprint", "footprint.missing"),
    ];
    let gaps = sections.map(|(section, code)| {
        let gap = remove("/", section, 1);
        wrong(section, code, gap)
    });
    gaps.into()
}

fn people() -> Vec<Mutant> {
    vec![
        wrong(
            "a friend is missing",
            "friends.missing",
            remove("/friends", "li.friend", 0),
        ),
        wrong(
            "friends are counted wrong",
            "friends.count",
            add("/friends", "#friends", "data-count", 1),
        ),
        wrong(
            "friends are counted wrong on home",
            "friends.count",
            add("/", "#profile a[href='/friends']", "data-count", -1),
        ),
        wrong(
            "friends stand in the wrong order",
            "list.order",
            reverse("/friends", "li.friend"),
        ),
        critical(
            "a stranger is shown as a friend",
            "friends.unknown",
            on("/friends", |page| swap_person(page, "li.friend")),
        ),
        wrong(
            "a footprint is missing",
            "footprint.missing",
            remove("/footprints", "li.footprint", 0),
        ),
        wrong(
            "footprints stand in the wrong order",
            "list.order",
            reverse("/footprints", "li.footprint"),
        ),
        critical(
            "a footprint of somebody who never came",
            "footprint.unknown",
            on("/footprints", |page| swap_person(page, "li.footprint")),
        ),
    ]
}

/// Replaces the first person of a list by somebody who is not in it.
fn swap_person(page: &mut Page, item: &str) {
    let other = (1..)
        .filter_map(|id| DATASET.person(id))
        .find(|other| !page.has(&format!("{item} a[href='/people/{}']", other.name)));
    if let Some(other) = other {
        let link = format!("{item} a.person");
        page.change_attribute(&link, "href", |_| format!("/people/{}", other.name));
        page.change_text(&link, |_| other.nickname.clone());
    }
}

/// Leaves the fourth of the newest entries out and ends with the first of the next page, as a
/// cursor that is off by one does.
fn skip_an_entry() -> Tamper {
    tamper(|request, app| async move {
        let first = request.gets("/recent/1") && request.path == "/recent/1";
        let mut answer = app.send(request).await;
        if first && answer.status == StatusCode::OK {
            let next = app.get("/recent/2", "").await.page();
            let mut page = answer.page();
            page.append_to_main("<article id=\"next\"></article>");
            page.graft("#next", &next, "article.entry");
            page.remove("article.entry", 3);
            answer.show(&page);
        }
        answer
    })
}
