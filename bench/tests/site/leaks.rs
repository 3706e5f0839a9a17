//! What is shown to those who must not see it.

use http::StatusCode;
use isutori_dataset::Visibility::{self, Friends, Private};

use crate::{
    app::DATASET,
    mutants::{Mutant, critical},
    page::Page,
    tamper::{Answer, Request, Tamper, on_page, tamper},
    upstream::Upstream,
};

pub fn mutants() -> Vec<Mutant> {
    vec![
        critical(
            "a private entry is shown without login",
            "entry.leaked",
            show_hidden_entries(Private, false),
        ),
        critical(
            "a private entry is shown to other members",
            "entry.leaked",
            show_hidden_entries(Private, true),
        ),
        critical(
            "a friends-only entry is shown without login",
            "entry.leaked",
            show_hidden_entries(Friends, false),
        ),
        critical(
            "a friends-only entry is shown to strangers",
            "entry.leaked",
            show_hidden_entries(Friends, true),
        ),
        critical(
            "diaries show hidden entries to everybody",
            "entry.leaked",
            show_all_as_their_owner("/diary/", "main"),
        ),
        critical(
            "profiles show hidden entries to everybody",
            "entry.leaked",
            show_all_as_their_owner("/people/", "#entries"),
        ),
        critical(
            "a birthday is shown to everybody",
            "profile.leaked",
            show_birthdays(),
        ),
    ]
}

/// Shows hidden initial entries of one kind: to members, or to those without login.
fn show_hidden_entries(kind: Visibility, to_members: bool) -> Tamper {
    tamper(move |request, app| async move {
        let answer = app.send(request.clone()).await;
        let is_member = answer.is_page() && answer.page().has("a.me");
        let hidden = request.entry().and_then(|id| DATASET.entry_header(id));
        match hidden {
            Some(entry)
                if answer.status == StatusCode::NOT_FOUND
                    && entry.visibility == kind
                    && is_member == to_members =>
            {
                let path = request.path;
                with_main(answer, &app.get_as(entry.person_id, &path).await.page())
            }
            _ => answer,
        }
    })
}

/// An answer with the main part of another page.
fn with_main(mut answer: Answer, other: &Page) -> Answer {
    let mut page = answer.page();
    page.graft("main", other, "main");
    answer.status = StatusCode::OK;
    answer.show(&page);
    answer
}

/// Shows a part of the pages of initial people as they themselves see it.
pub fn show_all_as_their_owner(beginning: &'static str, part: &'static str) -> Tamper {
    tamper(move |request, app| show_part_as_owner(request, app, beginning, part))
}

async fn show_part_as_owner(
    request: Request,
    app: Upstream,
    beginning: &'static str,
    part: &'static str,
) -> Answer {
    let path = request.path.clone();
    let owner = owner_of(&request, beginning);
    let mut answer = app.send(request).await;
    if let Some(owner) = owner.filter(|_| answer.status == StatusCode::OK) {
        let theirs = app.get_as(owner, &path).await.page();
        let mut page = answer.page();
        page.graft(part, &theirs, part);
        answer.show(&page);
    }
    answer
}

/// The initial person whose page below `beginning` is asked for.
fn owner_of(request: &Request, beginning: &str) -> Option<u64> {
    let rest = request
        .gets(beginning)
        .then(|| &request.path[beginning.len()..])?;
    DATASET.person_id(rest.split('?').next()?)
}

fn show_birthdays() -> Tamper {
    on_page(|request, page| {
        let owner = owner_of(request, "/people/").and_then(|owner| DATASET.person(owner));
        if let Some(owner) = owner.filter(|_| !page.has("#birthday")) {
            let birthday = owner.birthday;
            page.append_to_main(&format!("<span id=\"birthday\">{birthday}</span>"));
        }
    })
}
