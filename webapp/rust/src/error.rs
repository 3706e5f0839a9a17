//! All that can go wrong while a request is answered.
//!
//! A person reads one sentence; the cause of a fault of our own goes to the log alone. The page
//! around the sentence is drawn by [`crate::error_page`].

use std::{io, sync::Arc};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{domain::InvalidField, session::SessionError};

/// Why a request is not answered as it hoped for.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("Please log in first.")]
    LoginNeeded,
    #[error("This form is no longer valid. Please open its page again and send it once more.")]
    Csrf,
    #[error("This is not yours to change.")]
    NotYours,
    #[error("This is for the organiser.")]
    OrganiserOnly,
    /// There is no such thing, or the viewer may not see it: the two must look the same.
    #[error("There is nothing here, or nothing that you may see.")]
    NotFound,
    #[error("This name is taken already.")]
    NameTaken,
    #[error("The name or the password is wrong.")]
    WrongCredentials,
    #[error("This account is locked, because its password was wrong too often.")]
    Locked,
    #[error("Too many logins from your address have failed.")]
    Banned,
    #[error(transparent)]
    InvalidField(#[from] InvalidField),
    #[error("This is too much to be sent at once.")]
    BodyTooLong,
    #[error("The request broke off.")]
    BodyCutOff,
    #[error("This is not a form.")]
    NotAForm,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("cannot hash a password: {0}")]
    Password(#[source] io::Error),
    #[error("cannot read the reset script: {0}")]
    ResetScript(#[source] io::Error),
    #[error("cannot show a picture: {0}")]
    Picture(#[from] image::ImageError),
    #[error("the thread that looks at a picture ended")]
    PictureThread,
    #[error("cannot render the page: {0}")]
    Template(#[from] askama::Error),
}

impl AppError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::LoginNeeded => StatusCode::SEE_OTHER,
            Self::Csrf | Self::NotYours | Self::Banned | Self::OrganiserOnly => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound | Self::Database(sqlx::Error::RowNotFound) => StatusCode::NOT_FOUND,
            Self::NameTaken => StatusCode::CONFLICT,
            Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Locked => StatusCode::LOCKED,
            Self::InvalidField(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BodyTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyCutOff => StatusCode::BAD_REQUEST,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Database(_)
            | Self::Session(_)
            | Self::Password(_)
            | Self::ResetScript(_)
            | Self::Picture(_)
            | Self::PictureThread
            | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentence for the person, and what the log should know in addition.
    fn notice(&self) -> ErrorNotice {
        match self.status() {
            StatusCode::INTERNAL_SERVER_ERROR => ErrorNotice {
                sentence: "Something went wrong on our side. Please try again.".to_owned(),
                cause: Some(self.to_string().into()),
            },
            StatusCode::NOT_FOUND => ErrorNotice::new(Self::NotFound.to_string()),
            _ => ErrorNotice::new(self.to_string()),
        }
    }
}

/// Travels with an error's response to where the page is drawn.
#[derive(Debug, Clone)]
pub struct ErrorNotice {
    /// What the person reads.
    pub sentence: String,
    /// What only the log is told.
    pub cause: Option<Arc<str>>,
}

impl ErrorNotice {
    /// A notice of which the log need not know.
    pub fn new(sentence: String) -> Self {
        Self {
            sentence,
            cause: None,
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        if let Self::LoginNeeded = self {
            return Redirect::to("/login").into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self.notice());
        response
    }
}
