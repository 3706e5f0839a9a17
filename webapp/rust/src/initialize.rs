//! Back to the initial data.

use axum::{Json, body::Bytes, extract::State};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use crate::{database::Database, error::AppError, settings, state::AppState};

/// What the benchmarker is told.
#[derive(Serialize)]
pub struct Initialized {
    /// The language of this implementation.
    language: &'static str,
    /// The fingerprint of the data.
    data: String,
}

/// What the benchmarker tells.
#[derive(Default, Deserialize)]
pub struct Instructions {
    /// Lets the organiser read the report from now on.
    organiser_token: Option<String>,
    /// Where the external services are.
    services: Option<String>,
    /// What one of them asks for.
    services_token: Option<String>,
}

/// `POST /initialize`
pub async fn initialize(
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Json<Initialized>, AppError> {
    let instructions: Instructions = serde_json::from_slice(&body).unwrap_or_default();
    let script = tokio::fs::read_to_string(&*state.reset_script)
        .await
        .map_err(AppError::ResetScript)?;
    let mut transaction = state.db.begin_write().await?;
    sqlx::raw_sql(AssertSqlSafe(script))
        .execute(&mut *transaction)
        .await?;
    for (name, value) in [
        (settings::ORGANISER_TOKEN, instructions.organiser_token),
        (settings::SERVICES, instructions.services),
        (settings::SERVICES_TOKEN, instructions.services_token),
    ] {
        if let Some(value) = value {
            settings::insert(&state.db, &mut transaction, name, &value).await?;
        }
    }
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
