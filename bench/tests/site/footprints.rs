//! Footprints that are not left, or show another time than that of the last visit.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use crate::{
    mutants::{Mutant, wrong},
    page::Page,
    tamper::{Request, Tamper, on_page, pass},
};

pub fn mutants() -> Vec<Mutant> {
    let kinds = [
        ("profiles leave no footprints", "/people/"),
        ("diaries leave no footprints", "/diary/"),
        ("entries leave no footprints", "/entries/"),
    ];
    let kinds = kinds.map(|(breaks, kind)| wrong(breaks, "footprint.missing", forget_visits(kind)));
    let others = [
        wrong(
            "footprints are not left",
            "footprint.missing",
            on_page(|_, page| hide_footprints(page, |_| true)),
        ),
        wrong(
            "the first visit of a day is shown",
            "footprint.time",
            pass(),
        )
        .after(
            "CREATE TRIGGER keep BEFORE INSERT ON footprints WHEN EXISTS (
                 SELECT * FROM footprints WHERE owner_id = new.owner_id
                 AND visitor_id = new.visitor_id
                 AND created_at / 86400000 = new.created_at / 86400000)
             BEGIN SELECT RAISE(IGNORE); END",
        ),
        wrong("footprints are dated an hour ago", "footprint.time", pass()).after(
            "CREATE TRIGGER date AFTER INSERT ON footprints
             BEGIN UPDATE footprints SET created_at = created_at - 3600000 WHERE id = new.id; END",
        ),
    ];
    kinds.into_iter().chain(others).collect()
}

/// Hides the footprints of today whose visitors have come to one kind of page alone.
fn forget_visits(kind: &'static str) -> Tamper {
    let others: Arc<Mutex<HashSet<(String, String)>>> = Arc::default();
    on_page(move |request, page| {
        let Some(viewer) = page.attribute("a.me", "href") else {
            return;
        };
        let mut others = others.lock().unwrap();
        if let Some(owner) = owner_of(request, page).filter(|_| !request.gets(kind)) {
            others.insert((viewer.clone(), owner));
        }
        hide_footprints(page, |visitor| {
            !others.contains(&(visitor.to_owned(), viewer.clone()))
        });
    })
}

/// The path of the profile of whoever is looked at.
fn owner_of(request: &Request, page: &Page) -> Option<String> {
    if request.gets("/people/") {
        return Some(request.path.clone());
    }
    if let Some(name) = request.path.strip_prefix("/diary/") {
        return Some(format!("/people/{}", name.split('?').next()?));
    }
    request.entry()?;
    page.attribute("article.entry a.person", "href")
}

/// Hides those footprints of today whose visitors, by the paths of their profiles, are meant.
fn hide_footprints(page: &mut Page, is_meant: impl Fn(&str) -> bool) {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let fresh = format!("li.footprint[data-day='{today}']");
    let visitors = page.attributes(&format!("{fresh} a.person"), "href");
    for (place, visitor) in visitors.iter().enumerate().rev() {
        if is_meant(visitor) {
            page.remove(&fresh, place);
        }
    }
}
