//! What the organiser takes away. It is kept apart from what it is about, so that the initial data
//! can be put back; the views `current_…` leave it out.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use crate::{
    database, entries, error::AppError, organiser::Organiser, people::person_named, state::AppState,
};

/// `POST /entries/:id/remove`
pub async fn remove_entry(
    State(state): State<AppState>,
    _: Organiser,
    Path(id): Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let entry = entries::find_by_id(&state.db, id).await?;
    let entry = entry.ok_or(AppError::NotFound)?;
    state
        .db
        .query("INSERT INTO removed_entries (id) VALUES (?)")
        .bind(entry.id)
        .execute(&state.db.pool)
        .await
        .map_err(unless_gone)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /people/:name/ban`
pub async fn ban_person(
    State(state): State<AppState>,
    _: Organiser,
    Path(name): Path<String>,
) -> Result<StatusCode, AppError> {
    let person = person_named(&state.db, &name).await?;
    let mut transaction = state.db.begin_write().await?;
    state
        .db
        .query("INSERT INTO banned_people (id) VALUES (?)")
        .bind(person.id)
        .execute(&mut *transaction)
        .await
        .map_err(unless_gone)?;
    state
        .db
        .query(
            "INSERT INTO removed_entries (id)
             SELECT id FROM current_entries WHERE person_id = ?",
        )
        .bind(person.id)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was taken away twice at once is not there the second time.
fn unless_gone(error: sqlx::Error) -> AppError {
    if database::is_unique_violation(&error) {
        AppError::NotFound
    } else {
        error.into()
    }
}
