//! People and their profiles.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use serde::Deserialize;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    database::Database,
    domain::{AccountName, Birthday, Introduction, Nickname},
    entries::{self, Entry, ListedEntry},
    error::AppError,
    footprints,
    form::Form,
    friends::Relation,
    moment::Moment,
    page::Page,
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// How many of a person's entries the profile shows.
const NEWEST_ENTRIES: usize = 5;

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub nickname: String,
    pub password_salt: String,
    pub password_hash: String,
    pub introduction: String,
    /// `YYYY-MM-DD`, or empty.
    pub birthday: String,
    /// JSON; see [`crate::panel`].
    pub subscriptions: String,
    /// The icon's file as it was uploaded.
    pub icon: Option<Vec<u8>>,
    pub created_at: Moment,
}

impl FromRow<'_, AnyRow> for Person {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            nickname: row.try_get("nickname")?,
            password_salt: row.try_get("password_salt")?,
            password_hash: row.try_get("password_hash")?,
            introduction: row.try_get("introduction")?,
            birthday: row.try_get("birthday")?,
            subscriptions: row.try_get("subscriptions")?,
            icon: row.try_get("icon")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    }
}

/// The person with an id.
pub async fn find_by_id(db: &Database, id: i64) -> Result<Option<Person>, sqlx::Error> {
    db.query_as("SELECT * FROM current_people WHERE id = ?")
        .bind(id)
        .fetch_optional(&db.pool)
        .await
}

/// The person with an account name.
pub async fn find_by_name(db: &Database, name: &str) -> Result<Option<Person>, sqlx::Error> {
    db.query_as("SELECT * FROM current_people WHERE name = ?")
        .bind(name.to_owned())
        .fetch_optional(&db.pool)
        .await
}

/// The person whom a visitor names, in a path or a form.
pub async fn person_named(db: &Database, name: &str) -> Result<Person, AppError> {
    let name = AccountName::parse(name).map_err(|_| AppError::NotFound)?;
    find_by_name(db, name.as_str())
        .await?
        .ok_or(AppError::NotFound)
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    viewer: Viewer,
    person: Person,
    relation: Relation,
    entries: Vec<ListedEntry>,
}

/// `GET /people/:name`
pub async fn show_person(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Page<impl Template>, AppError> {
    let person = person_named(&state.db, &name).await?;
    let relation = Relation::of(&state.db, viewer.person(), person.id).await?;
    let visible: Vec<Entry> = state
        .db
        .query_as(
            "SELECT * FROM current_entries WHERE person_id = ? AND visibility <= ?
             ORDER BY created_at DESC, id DESC",
        )
        .bind(person.id)
        .bind(relation.sees_up_to().level())
        .fetch_all(&state.db.pool)
        .await?;
    let newest = visible.into_iter().take(NEWEST_ENTRIES).collect();
    let entries = entries::list_entries(&state.db, newest).await?;
    footprints::leave_footprint(&state.db, viewer.person(), person.id).await?;
    Ok(Page(PersonPage {
        viewer,
        person,
        relation,
        entries,
    }))
}

/// The form that edits a profile.
#[derive(Deserialize)]
pub struct ProfileForm {
    nickname: String,
    introduction: String,
    birthday: String,
}

/// `POST /people/:name`
pub async fn edit_profile(
    State(state): State<AppState>,
    current: CurrentPerson,
    Path(name): Path<String>,
    Form(form): Form<ProfileForm>,
) -> Result<Redirect, AppError> {
    let person = person_named(&state.db, &name).await?;
    if person.id != current.person.id {
        return Err(AppError::NotYours);
    }
    let nickname = Nickname::parse("nickname", &form.nickname)?;
    let introduction = Introduction::parse("introduction", &form.introduction)?;
    let birthday = Birthday::parse(&form.birthday)?;
    // Whether a profile was ever edited is told by these two times, so they must differ.
    let updated_at = Moment::now().max(Moment(person.created_at.0 + 1));
    state
        .db
        .query(
            "UPDATE people SET nickname = ?, introduction = ?, birthday = ?, updated_at = ?
             WHERE id = ?",
        )
        .bind(nickname.as_str().to_owned())
        .bind(introduction.as_str().to_owned())
        .bind(birthday.as_str().to_owned())
        .bind(updated_at.0)
        .bind(person.id)
        .execute(&state.db.pool)
        .await?;
    Ok(Redirect::to(&format!("/people/{}", person.name)))
}
