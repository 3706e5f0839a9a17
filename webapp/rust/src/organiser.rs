//! Who may do what nobody else may: the organiser of the contest.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use crate::{error::AppError, settings, state::AppState};

/// The organiser. As an extractor it refuses everybody else.
pub struct Organiser;

impl FromRequestParts<AppState> for Organiser {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let token = settings::find(&state.db, settings::ORGANISER_TOKEN).await?;
        if token.is_none() || token.as_deref() != bearer(&parts.headers) {
            return Err(AppError::OrganiserOnly);
        }
        Ok(Self)
    }
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}
