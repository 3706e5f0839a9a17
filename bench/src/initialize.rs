//! `POST /initialize`.

use std::time::Duration;

use http::StatusCode;
use isutori_dataset::Dataset;
use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    exchange::Request,
    failure::{Class, Failure, shorten},
};
use serde::Deserialize;

use crate::guest::expect_status;

/// How long it may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What the site says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Initialized {
    /// The implementation's language.
    pub language: String,
    /// The fingerprint of the data that it holds.
    pub data: String,
}

/// Why a site could not be initialized.
#[derive(Debug)]
pub enum NotInitialized {
    /// Nobody speaks HTTP there: the run cannot begin.
    Unreachable(Failure),
    /// The site holds other data than the run was told.
    OtherData {
        /// The fingerprint that the site gave.
        site: String,
        /// What it should begin with.
        expected: String,
    },
    /// The site answers, but wrongly.
    Failed(Failure),
}

/// Resets the site and makes sure that it holds this data.
///
/// # Errors
/// See [`NotInitialized`].
pub async fn initialize(site: &Site, dataset: &Dataset) -> Result<Initialized, NotInitialized> {
    let mut browser = Browser::new(site.with_limits(Limits {
        time: TIME_LIMIT,
        ..Limits::default()
    }));
    let response = browser
        .send(&Request::json("/initialize", "{}"))
        .await
        .map_err(|failure| match failure.code.as_str() {
            "http.connect" | "http.broken" => NotInitialized::Unreachable(failure),
            _ if failure.class == Class::System => NotInitialized::Unreachable(failure),
            _ => NotInitialized::Failed(failure),
        })?;
    let answer = expect_status(&response, StatusCode::OK).and_then(|()| read(&response.body));
    let answer =
        answer.map_err(|failure| NotInitialized::Failed(failure.at("POST /initialize")))?;
    match label_of(&answer.data) {
        None => {
            let sentence = format!("data {:?} is no fingerprint", shorten(&answer.data, 80));
            Err(NotInitialized::Failed(Failure::wrong(
                "initialize.answer",
                sentence,
            )))
        }
        Some(label) if label != dataset.label() => Err(NotInitialized::OtherData {
            site: label.to_owned(),
            expected: dataset.label(),
        }),
        Some(_) => Ok(answer),
    }
}

/// The label (size, seed, generator) that a fingerprint begins with.
fn label_of(fingerprint: &str) -> Option<&str> {
    let (label, hash) = fingerprint.rsplit_once('-')?;
    let well_formed = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (well_formed && label.len() < 60 && label.split('-').count() == 3).then_some(label)
}

fn read(body: &[u8]) -> Result<Initialized, Failure> {
    let answer: Initialized = serde_json::from_slice(body).map_err(|error| {
        Failure::wrong(
            "initialize.answer",
            format!("the answer is not the JSON expected: {error}"),
        )
    })?;
    if answer.language.is_empty() || answer.language.chars().count() > 40 {
        return Err(Failure::wrong(
            "initialize.answer",
            "language must have 1 to 40 characters",
        ));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_told_from_nonsense() {
        assert_eq!(label_of("small-1-v1-0123456789abcdef"), Some("small-1-v1"));
        for nonsense in [
            "",
            "small-1-v1",
            "small-1-v1-xyz",
            "0123456789abcdef",
            "a-b-0123456789abcdef",
        ] {
            assert_eq!(label_of(nonsense), None, "{nonsense}");
        }
    }
}
