//! Everybody's public entries, page by page.

use askama::Template;
use axum::extract::{Path, State};

use crate::{
    domain::Visibility,
    entries::{self, Entry, ListedEntry},
    error::AppError,
    page::Page,
    paging::{PAGE_SIZE, PageNumber, Paging},
    state::AppState,
    viewer::Viewer,
};

#[derive(Template)]
#[template(path = "recent.html")]
struct RecentPage {
    viewer: Viewer,
    entries: Vec<ListedEntry>,
    paging: Paging,
}

/// `GET /recent/:page`
pub async fn show_recent(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(page): Path<String>,
) -> Result<Page<impl Template>, AppError> {
    let page = PageNumber::parse(&page)?;
    let total = state
        .db
        .query_number("SELECT COUNT(*) FROM entries WHERE visibility = ?")
        .bind(Visibility::Public.level())
        .fetch_one(&state.db.pool)
        .await?;
    let paging = Paging::new(page, total)?;
    let entries: Vec<Entry> = state
        .db
        .query_as(
            "SELECT * FROM entries WHERE visibility = ?
             ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
        )
        .bind(Visibility::Public.level())
        .bind(PAGE_SIZE)
        .bind(page.offset())
        .fetch_all(&state.db.pool)
        .await?;
    let entries = entries::list_entries(&state.db, entries).await?;
    Ok(Page(RecentPage {
        viewer,
        entries,
        paging,
    }))
}
