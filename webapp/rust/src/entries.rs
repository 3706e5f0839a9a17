//! Entries, which fill the diaries.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use serde::Deserialize;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    comments::{self, WrittenComment},
    database::Database,
    domain::{self, EntryBody, Title, Visibility},
    error::AppError,
    footprints,
    form::UploadForm,
    friends::Relation,
    markdown,
    moment::Moment,
    page::Page,
    people::{self, Person},
    pictures::PictureFile,
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// A row of `entries`.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub person_id: i64,
    pub title: String,
    pub body: String,
    pub visibility: Visibility,
    /// The photo's file as it was uploaded.
    pub photo: Option<Vec<u8>>,
    pub created_at: Moment,
}

impl FromRow<'_, AnyRow> for Entry {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let level: i16 = row.try_get("visibility")?;
        Ok(Self {
            id: row.try_get("id")?,
            person_id: row.try_get("person_id")?,
            title: row.try_get("title")?,
            body: row.try_get("body")?,
            visibility: Visibility::from_level(level)
                .ok_or_else(|| sqlx::Error::Decode(format!("{level} is no visibility").into()))?,
            photo: row.try_get("photo")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    }
}

/// An entry with what a list shows of it.
pub struct ListedEntry {
    pub entry: Entry,
    pub author: Person,
    pub comment_count: i64,
}

impl ListedEntry {
    /// What a list shows of the body.
    pub fn excerpt(&self) -> String {
        domain::excerpt(&self.entry.body)
    }
}

/// Adds to entries what a list shows of them. Whose author was banned this moment is left out.
pub async fn list_entries(
    db: &Database,
    entries: Vec<Entry>,
) -> Result<Vec<ListedEntry>, sqlx::Error> {
    let mut listed = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(author) = people::find_by_id(db, entry.person_id).await? else {
            continue;
        };
        listed.push(ListedEntry {
            author,
            comment_count: comments::count_comments(db, entry.id).await?,
            entry,
        });
    }
    Ok(listed)
}

/// The entry with an id, whoever may see it.
pub async fn find_by_id(db: &Database, id: i64) -> Result<Option<Entry>, sqlx::Error> {
    db.query_as("SELECT * FROM current_entries WHERE id = ?")
        .bind(id)
        .fetch_optional(&db.pool)
        .await
}

/// Whether a viewer may see an entry.
pub async fn can_see(
    db: &Database,
    viewer: Option<&Person>,
    entry: &Entry,
) -> Result<bool, sqlx::Error> {
    let relation = Relation::of(db, viewer, entry.person_id).await?;
    Ok(entry.visibility <= relation.sees_up_to())
}

/// The entry that a path names. One that the viewer may not see does not exist for the viewer.
pub async fn entry_of_path(
    db: &Database,
    viewer: Option<&Person>,
    id: &str,
) -> Result<Entry, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let entry = find_by_id(db, id).await?.ok_or(AppError::NotFound)?;
    if can_see(db, viewer, &entry).await? {
        Ok(entry)
    } else {
        Err(AppError::NotFound)
    }
}

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    viewer: Viewer,
    entry: Entry,
    author: Person,
    /// The entry's text as HTML.
    body: String,
    comments: Vec<WrittenComment>,
}

/// `GET /entries/:id`
pub async fn show_entry(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Page<impl Template>, AppError> {
    let entry = entry_of_path(&state.db, viewer.person(), &id).await?;
    let author = people::find_by_id(&state.db, entry.person_id).await?;
    let author = author.ok_or(AppError::NotFound)?;
    let comments = comments::comments_on(&state.db, entry.id).await?;
    footprints::leave_footprint(&state.db, viewer.person(), author.id).await?;
    Ok(Page(EntryPage {
        viewer,
        body: markdown::to_html(&entry.body),
        entry,
        author,
        comments,
    }))
}

/// The form for a new entry.
#[derive(Deserialize)]
pub struct EntryForm {
    title: String,
    body: String,
    visibility: String,
}

/// `POST /entries`
pub async fn create_entry(
    State(state): State<AppState>,
    current: CurrentPerson,
    form: UploadForm<EntryForm>,
) -> Result<Redirect, AppError> {
    let photo = form.file("photo");
    let form = form.fields;
    let title = Title::parse("title", &form.title)?;
    let body = EntryBody::parse("text", &form.body)?;
    let visibility = Visibility::parse(&form.visibility)?;
    let photo = match photo {
        Some(file) => Some(PictureFile::parse("photo", file).await?.into_bytes()),
        None => None,
    };
    let insert = state
        .db
        .insert(
            "INSERT INTO entries (person_id, title, body, visibility, photo, created_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(current.person.id)
        .bind(title.as_str().to_owned())
        .bind(body.as_str().to_owned())
        .bind(visibility.level())
        .bind(photo)
        .bind(Moment::now().0);
    let id = state.db.inserted_id(insert).await?;
    Ok(Redirect::to(&format!("/entries/{id}")))
}
