//! Forms, accepted only with the CSRF token of the sender's session.

use axum::{
    RequestExt,
    extract::{FromRequest, RawForm, Request},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{domain::InvalidField, error::AppError, session::Session, state::AppState};

/// The fields of a form whose CSRF token was right.
pub struct Form<T>(pub T);

#[derive(Deserialize)]
struct CsrfField {
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = AppError;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, AppError> {
        let session: Option<Session> = request.extract_parts_with_state(state).await?;
        let RawForm(body) = request.extract().await.map_err(|_| AppError::NotAForm)?;
        let sent = serde_urlencoded::from_bytes::<CsrfField>(&body).map_err(|_| AppError::Csrf)?;
        if session.is_none_or(|session| session.csrf != sent.csrf) {
            return Err(AppError::Csrf);
        }
        parse(&body).map(Self).map_err(AppError::from)
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, InvalidField> {
    // PostgreSQL keeps no NUL in a text, so that no engine shall.
    if body.contains(&0) || body.windows(3).any(|window| window == b"%00") {
        return Err(InvalidField("A field holds a NUL character.".to_owned()));
    }
    serde_urlencoded::from_bytes(body)
        .map_err(|error| InvalidField(format!("The form is incomplete: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Fields {
        title: String,
        body: String,
    }

    #[test]
    fn a_missing_field_is_named_and_an_unknown_one_ignored() {
        let complete = parse::<Fields>(b"title=a+b&body=%E6%A4%85&csrf=x").unwrap();
        assert_eq!(
            (complete.title.as_str(), complete.body.as_str()),
            ("a b", "椅")
        );
        let error = parse::<Fields>(b"title=a").unwrap_err();
        assert!(error.0.contains("body"), "{error}");
    }

    #[test]
    fn nul_is_refused() {
        assert!(parse::<Fields>(b"title=a&body=b%00c").is_err());
        assert!(parse::<Fields>(b"title=a&body=b\0c").is_err());
    }
}
