//! Forms, accepted only with the CSRF token of the sender's session.

use axum::{
    RequestExt,
    extract::{FromRequest, Multipart, RawForm, Request},
    http::header,
};
use bytes::Bytes;
use serde::{
    Deserialize,
    de::{DeserializeOwned, value::MapDeserializer},
};

use crate::{domain::InvalidField, error::AppError, session::Session, state::AppState};

/// The fields of a form whose CSRF token was right.
pub struct Form<T>(pub T);

/// The fields and files of a form that may have files, and whose CSRF token was right. A browser
/// sends it as `multipart/form-data`; without files it may come as any other form.
pub struct UploadForm<T> {
    pub fields: T,
    files: Vec<(String, Bytes)>,
}

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

impl<T: DeserializeOwned> FromRequest<AppState> for UploadForm<T> {
    type Rejection = AppError;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, AppError> {
        if !is_multipart(&request) {
            let Form(fields) = Form::from_request(request, state).await?;
            let files = Vec::new();
            return Ok(Self { fields, files });
        }
        let session: Option<Session> = request.extract_parts_with_state(state).await?;
        let parts = request.extract().await.map_err(|_| AppError::NotAForm)?;
        let parts = Parts::read(parts).await?;
        let sent: CsrfField = parts.fields().map_err(|_| AppError::Csrf)?;
        if session.is_none_or(|session| session.csrf != sent.csrf) {
            return Err(AppError::Csrf);
        }
        if parts.texts.iter().any(|(_, text)| text.contains('\0')) {
            return Err(nul().into());
        }
        let fields = parts.fields().map_err(incomplete)?;
        let files = parts.files;
        Ok(Self { fields, files })
    }
}

impl<T> UploadForm<T> {
    /// A file that was chosen: a field left empty comes without a byte.
    pub fn file(&self, name: &str) -> Option<Bytes> {
        let mut files = self.files.iter();
        let (_, file) = files.find(|(field, _)| field == name)?;
        (!file.is_empty()).then(|| file.clone())
    }
}

/// What a form of several parts holds.
struct Parts {
    texts: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl Parts {
    async fn read(mut form: Multipart) -> Result<Self, AppError> {
        let mut parts = Self {
            texts: Vec::new(),
            files: Vec::new(),
        };
        while let Some(part) = form.next_field().await.map_err(|_| AppError::NotAForm)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let content = part.bytes().await.map_err(|_| AppError::NotAForm)?;
            match is_file {
                true => parts.files.push((name, content)),
                false => {
                    let text = String::from_utf8_lossy(&content).into_owned();
                    parts.texts.push((name, text));
                }
            }
        }
        Ok(parts)
    }

    fn fields<T: DeserializeOwned>(&self) -> Result<T, serde::de::value::Error> {
        let texts = self.texts.iter();
        T::deserialize(MapDeserializer::new(
            texts.map(|(name, text)| (name.as_str(), text.as_str())),
        ))
    }
}

fn is_multipart(request: &Request) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, InvalidField> {
    // PostgreSQL keeps no NUL in a text, so that no engine shall.
    if body.contains(&0) || body.windows(3).any(|window| window == b"%00") {
        return Err(nul());
    }
    serde_urlencoded::from_bytes(body).map_err(incomplete)
}

fn nul() -> InvalidField {
    InvalidField("A field holds a NUL character.".to_owned())
}

fn incomplete(error: serde::de::value::Error) -> InvalidField {
    InvalidField(format!("The form is incomplete: {error}."))
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
