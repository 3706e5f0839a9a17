//! Everybody's public entries, page by page.

use askama::Template;
use axum::extract::{Path, State};

use crate::{
    database::Database,
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
    let paging = Paging::new(page, count_public_entries(&state.db).await?)?;
    let entries = public_entries(&state.db, page).await?;
    let entries = entries::list_entries(&state.db, entries).await?;
    Ok(Page(RecentPage {
        viewer,
        entries,
        paging,
    }))
}

async fn count_public_entries(db: &Database) -> Result<i64, sqlx::Error> {
    // MariaDB 10.11 forgets the index when it runs this as a prepared statement again.
    db.query_number("SELECT COUNT(*) FROM current_entries WHERE visibility = ?")
        .persistent(false)
        .bind(Visibility::Public.level())
        .fetch_one(&db.pool)
        .await
}

/// Only the ids are searched for, because a body may be long and many entries are skipped.
async fn public_entries(db: &Database, page: PageNumber) -> Result<Vec<Entry>, sqlx::Error> {
    let ids: Vec<(i64,)> = db
        .query_as(
            "SELECT id FROM current_entries WHERE visibility = ?
             ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
        )
        .bind(Visibility::Public.level())
        .bind(PAGE_SIZE)
        .bind(page.offset())
        .fetch_all(&db.pool)
        .await?;
    let mut entries = Vec::with_capacity(ids.len());
    for (id,) in ids {
        entries.extend(entries::find_by_id(db, id).await?);
    }
    Ok(entries)
}
