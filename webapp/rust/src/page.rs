//! Templates as responses.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::error::AppError;

/// A template, rendered when it is answered.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => AppError::from(error).into_response(),
        }
    }
}
