//! Comments on entries.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use serde::Deserialize;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    database::Database,
    domain::{self, CommentBody},
    entries::{self, Entry},
    error::AppError,
    form::Form,
    moment::Moment,
    people::{self, Person},
    state::AppState,
    viewer::CurrentPerson,
};

/// A row of `comments`.
#[derive(Debug, Clone)]
pub struct Comment {
    pub id: i64,
    pub entry_id: i64,
    pub person_id: i64,
    pub body: String,
    pub created_at: Moment,
}

impl FromRow<'_, AnyRow> for Comment {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            entry_id: row.try_get("entry_id")?,
            person_id: row.try_get("person_id")?,
            body: row.try_get("body")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    }
}

/// A comment below its entry.
pub struct WrittenComment {
    pub comment: Comment,
    pub author: Person,
}

/// A comment in a list, away from its entry.
pub struct ListedComment {
    pub comment: Comment,
    pub author: Person,
    pub entry: Entry,
}

impl ListedComment {
    /// What a list shows of the comment.
    pub fn excerpt(&self) -> String {
        domain::excerpt(&self.comment.body)
    }
}

/// How many comments an entry has.
pub async fn count_comments(db: &Database, entry_id: i64) -> Result<i64, sqlx::Error> {
    db.query_number("SELECT COUNT(*) FROM current_comments WHERE entry_id = ?")
        .bind(entry_id)
        .fetch_one(&db.pool)
        .await
}

/// All comments on an entry, oldest first.
pub async fn comments_on(db: &Database, entry_id: i64) -> Result<Vec<WrittenComment>, sqlx::Error> {
    let comments: Vec<Comment> = db
        .query_as("SELECT * FROM current_comments WHERE entry_id = ? ORDER BY created_at, id")
        .bind(entry_id)
        .fetch_all(&db.pool)
        .await?;
    let mut written = Vec::with_capacity(comments.len());
    for comment in comments {
        let author = people::find_by_id(db, comment.person_id).await?;
        written.extend(author.map(|author| WrittenComment { comment, author }));
    }
    Ok(written)
}

/// The form below an entry.
#[derive(Deserialize)]
pub struct CommentForm {
    body: String,
}

/// `POST /entries/:id/comments`
pub async fn create_comment(
    State(state): State<AppState>,
    current: CurrentPerson,
    Path(id): Path<String>,
    Form(form): Form<CommentForm>,
) -> Result<Redirect, AppError> {
    let entry = entries::entry_of_path(&state.db, Some(&current.person), &id).await?;
    let body = CommentBody::parse("comment", &form.body)?;
    state
        .db
        .query("INSERT INTO comments (entry_id, person_id, body, created_at) VALUES (?, ?, ?, ?)")
        .bind(entry.id)
        .bind(current.person.id)
        .bind(body.as_str().to_owned())
        .bind(Moment::now().0)
        .execute(&state.db.pool)
        .await?;
    Ok(Redirect::to(&format!("/entries/{}", entry.id)))
}
