//! Back to the initial data.

use axum::{Json, extract::State};
use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::{database::Database, error::AppError, state::AppState};

/// What the benchmarker is told.
#[derive(Serialize)]
pub struct Initialized {
    /// The language of this implementation.
    language: &'static str,
    /// The fingerprint of the data.
    data: String,
}

/// `POST /initialize`
pub async fn initialize(State(state): State<AppState>) -> Result<Json<Initialized>, AppError> {
    let script = tokio::fs::read_to_string(&*state.reset_script)
        .await
        .map_err(AppError::ResetScript)?;
    let mut transaction = state.db.begin_write().await?;
    sqlx::raw_sql(AssertSqlSafe(script))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    state.sessions.clear().await?;
    Ok(Json(Initialized {
        language: "rust",
        data: fingerprint(&state.db).await?,
    }))
}

/// What the loader of the initial data noted about it.
pub async fn fingerprint(db: &Database) -> Result<String, sqlx::Error> {
    let (fingerprint,): (String,) = db
        .query_as("SELECT fingerprint FROM dataset")
        .fetch_one(&db.pool)
        .await?;
    Ok(fingerprint)
}
