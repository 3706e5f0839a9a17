//! Every page of every role, found by following links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{browser::Browser, chromium::Chromium, eyes::look, program::Demo};

/// So many pages of a kind, such as those of runs, are looked at.
const OF_A_KIND: usize = 6;

const OF_EVERYBODY: [&str; 4] = ["/", "/screen", "/login", "/nowhere"];
const OF_MEMBERS: [&str; 5] = [
    "/",
    "/team",
    "/team/jobs/N",
    "/team/pastes",
    "/team/pastes/N",
];
const OF_STAFF: [&str; 7] = [
    "/",
    "/staff",
    "/staff/teams",
    "/staff/teams/N",
    "/staff/contest",
    "/staff/audit",
    "/team/jobs/N",
];

#[tokio::test]
async fn every_page_of_the_audience_can_be_read() {
    walk(Demo::start(), None, &["/nowhere"], &[], &OF_EVERYBODY).await;
}

#[tokio::test]
async fn every_page_of_a_team_can_be_read() {
    let forms = ["/team/token", "/team/invite"];
    let who = Some("member1");
    walk(Demo::start(), who, &["/staff"], &forms, &OF_MEMBERS).await;
}

#[tokio::test]
async fn every_page_of_the_staff_can_be_read() {
    let forms = ["/staff/worker-token", "/staff/invite"];
    walk(Demo::start(), Some("staff"), &[], &forms, &OF_STAFF).await;
}

/// Looks at all pages that links lead to, in both languages; also at pages that no link leads to,
/// and at what forms answer. At least `known` must be among them.
pub async fn walk(
    demo: impl Future<Output = Demo>,
    who: Option<&str>,
    unlinked: &[&str],
    forms: &[&str],
    known: &[&str],
) {
    let (chromium, demo) = (Chromium::start().await, demo.await);
    let browser = chromium.open("walk", &demo.url).await;
    let mut wrong = BTreeMap::new();
    for language in ["en", "ja"] {
        if let Some(name) = who {
            browser.go("/login?lang=en").await;
            browser.log_in(name, &demo.password).await;
        }
        browser.go(&format!("/?lang={language}")).await;
        let seen = follow_links(&browser, unlinked, &mut wrong).await;
        let missing: Vec<_> = known.iter().filter(|kind| !seen.contains(**kind)).collect();
        assert!(missing.is_empty(), "{missing:?} not in {seen:?}");
        for action in forms {
            browser.go(&page_with(action)).await;
            browser.submit(action).await;
            browser.find(".secret").await;
            note(&browser, action, &mut wrong).await;
        }
        if who.is_some() {
            browser.submit("/logout").await;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The page that has the form.
fn page_with(action: &str) -> String {
    match action {
        "/staff/worker-token" => "/staff".to_owned(),
        "/staff/invite" => "/staff/audit".to_owned(),
        action => action
            .rsplit_once('/')
            .map_or("/", |(page, _)| page)
            .to_owned(),
    }
}

/// Looks at the pages, and gives their kinds: their paths, with `N` for numbers.
async fn follow_links(
    browser: &Browser,
    unlinked: &[&str],
    wrong: &mut BTreeMap<String, Vec<String>>,
) -> BTreeSet<String> {
    let mut waiting: VecDeque<String> = unlinked.iter().map(|path| (*path).to_owned()).collect();
    waiting.push_back("/".to_owned());
    let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        let seen = kinds.entry(kind(&path)).or_default();
        *seen += 1;
        if *seen > OF_A_KIND {
            continue;
        }
        browser.go(&path).await;
        note(browser, &path, wrong).await;
        for link in links(browser).await {
            if known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    kinds.into_keys().collect()
}

/// The paths of other pages of ours that the open one leads to. Files, and what has a name with a
/// dot, are none.
async fn links(browser: &Browser) -> Vec<String> {
    let links = browser
        .run(
            "return [...document.querySelectorAll('a[href]')]
                .filter((link) => link.origin === location.origin)
                .map((link) => link.pathname)
                .filter((path) => !path.includes('.') && !path.includes('/files/'));",
        )
        .await;
    let links = links.as_array().cloned().unwrap_or_default();
    links
        .iter()
        .filter_map(|link| link.as_str().map(str::to_owned))
        .collect()
}

fn kind(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.parse::<u64>() {
        Ok(_) => "N",
        Err(_) => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn note(browser: &Browser, page: &str, wrong: &mut BTreeMap<String, Vec<String>>) {
    let found = look(browser).await;
    if !found.is_empty() {
        let language = browser.run("return document.documentElement.lang;").await;
        wrong.insert(format!("{page} {language}"), found);
    }
}
