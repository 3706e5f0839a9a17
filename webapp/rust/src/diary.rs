//! A person's diary: all entries that the viewer may see, page by page.

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use crate::{
    entries::{self, Entry, ListedEntry},
    error::AppError,
    footprints,
    friends::Relation,
    page::Page,
    paging::{PAGE_SIZE, PageNumber, Paging},
    people::{self, Person},
    state::AppState,
    viewer::Viewer,
};

/// Which page of the diary is asked for.
#[derive(Deserialize)]
pub struct DiaryQuery {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "diary.html")]
struct DiaryPage {
    viewer: Viewer,
    owner: Person,
    entries: Vec<ListedEntry>,
    paging: Paging,
}

/// `GET /diary/:name?page=N`
pub async fn show_diary(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(name): Path<String>,
    Query(query): Query<DiaryQuery>,
) -> Result<Page<impl Template>, AppError> {
    let owner = people::person_named(&state.db, &name).await?;
    let page = match query.page {
        Some(raw) => PageNumber::parse(&raw)?,
        None => PageNumber::FIRST,
    };
    let relation = Relation::of(&state.db, viewer.person(), owner.id).await?;
    let level = relation.sees_up_to().level();
    let total = state
        .db
        .query_number(
            "SELECT COUNT(*) FROM current_entries WHERE person_id = ? AND visibility <= ?",
        )
        .bind(owner.id)
        .bind(level)
        .fetch_one(&state.db.pool)
        .await?;
    let paging = Paging::new(page, total)?;
    let entries: Vec<Entry> = state
        .db
        .query_as(
            "SELECT * FROM current_entries WHERE person_id = ? AND visibility <= ?
             ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
        )
        .bind(owner.id)
        .bind(level)
        .bind(PAGE_SIZE)
        .bind(page.offset())
        .fetch_all(&state.db.pool)
        .await?;
    let entries = entries::list_entries(&state.db, entries).await?;
    footprints::leave_footprint(&state.db, viewer.person(), owner.id).await?;
    Ok(Page(DiaryPage {
        viewer,
        owner,
        entries,
        paging,
    }))
}
