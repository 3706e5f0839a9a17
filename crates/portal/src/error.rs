//! What the portal refuses, and how it says so.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use isutori_protocol::contest::Refusal;

/// A refusal, or trouble of the portal's own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Whoever asks cannot be let in.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// It is not for this caller.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such thing, or not for this caller.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// It makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// It does not fit with what is.
    #[error("{0}")]
    Conflict(String),
    /// Too much of it.
    #[error("too many attempts: wait a minute and try again")]
    TooMany,
    /// Nobody has set up a contest yet.
    #[error("no contest was set up yet: the staff imports a contest.toml")]
    NoContest,
    /// The database's own words: for the log alone.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Anything else that went wrong here: for the log alone.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// The status that says it.
    pub fn status(&self) -> StatusCode {
        match self {
            Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Conflict(_) | Error::NoContest => StatusCode::CONFLICT,
            Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Error::Database(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is told outside; the trouble of our own is for the log.
    pub fn sentence(&self) -> String {
        match self {
            Error::Database(_) | Error::Internal(_) => {
                tracing::error!(error = %self, "a request failed");
                "the portal could not do this; the staff can read why in its log".to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// The sentence of a refusal, kept with the response for those who answer with a page.
#[derive(Clone, Debug)]
pub(crate) struct Told(pub(crate) String);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let error = self.sentence();
        let told = Told(error.clone());
        let mut response = (self.status(), Json(Refusal { error })).into_response();
        response.extensions_mut().insert(told);
        response
    }
}
