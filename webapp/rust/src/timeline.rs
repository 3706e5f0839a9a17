//! The timeline: what friends publish, told to whoever waits for it.

use std::time::{Duration, Instant};

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};

use crate::{
    database::Database,
    domain::Visibility,
    entries::Entry,
    error::AppError,
    friends,
    people::{self, Person},
    state::AppState,
    viewer::CurrentPerson,
};

/// How long somebody waits when there is nothing new.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often the database is asked meanwhile.
const INTERVAL: Duration = Duration::from_millis(500);

/// How many entries are told at once.
const MOST: usize = 50;

/// What the viewer knows already.
#[derive(Deserialize)]
pub struct TimelineQuery {
    since: Option<String>,
}

/// Entries of friends, newest first.
#[derive(Serialize)]
pub struct Timeline {
    entries: Vec<ToldEntry>,
}

#[derive(Serialize)]
struct ToldEntry {
    id: i64,
    author: Author,
    title: String,
    visibility: String,
    time: String,
}

#[derive(Serialize)]
struct Author {
    name: String,
    nickname: String,
}

/// `GET /api/timeline?since=ID`
pub async fn show_timeline(
    State(state): State<AppState>,
    current: CurrentPerson,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Timeline>, AppError> {
    let since = query.since.and_then(|since| since.parse().ok());
    let since: i64 = since.ok_or(AppError::NotFound)?;
    let came = Instant::now();
    loop {
        let entries = newer_entries(&state.db, &current.person, since).await?;
        if !entries.is_empty() || came.elapsed() >= PATIENCE {
            return Ok(Json(Timeline { entries }));
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn newer_entries(
    db: &Database,
    me: &Person,
    since: i64,
) -> Result<Vec<ToldEntry>, sqlx::Error> {
    let newer: Vec<Entry> = db
        .query_as("SELECT * FROM current_entries WHERE id > ? ORDER BY created_at DESC, id DESC")
        .bind(since)
        .fetch_all(&db.pool)
        .await?;
    let mut told = Vec::new();
    for entry in newer {
        if entry.visibility == Visibility::Private
            || !friends::are_friends(db, me.id, entry.person_id).await?
        {
            continue;
        }
        let Some(author) = people::find_by_id(db, entry.person_id).await? else {
            continue;
        };
        told.push(ToldEntry {
            id: entry.id,
            author: Author {
                name: author.name,
                nickname: author.nickname,
            },
            title: entry.title,
            visibility: entry.visibility.to_string(),
            time: entry.created_at.to_string(),
        });
        if told.len() == MOST {
            break;
        }
    }
    Ok(told)
}
