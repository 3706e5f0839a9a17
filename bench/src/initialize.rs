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

/// Says who asks. No field of it means anything to the site.
const BODY: &str = r#"{"benchmark": "isutori"}"#;
/// The code of a failure to hold the initial data.
const OTHER_DATA: &str = "initialize.data";

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

/// The fingerprint that a site with this data gives. For the large data, this
/// takes some seconds of processor time, once.
pub async fn expected_data(dataset: &Dataset) -> String {
    let dataset = dataset.clone();
    tokio::task::spawn_blocking(move || dataset.fingerprint())
        .await
        .expect("the data is made without panics")
}

/// Resets the site and makes sure that it holds the data of this fingerprint.
///
/// # Errors
/// See [`NotInitialized`].
pub async fn initialize(site: &Site, expected: &str) -> Result<Initialized, NotInitialized> {
    let mut browser = Browser::new(site.with_limits(Limits {
        time: TIME_LIMIT,
        ..Limits::default()
    }));
    let response = browser
        .send(&Request::json("/initialize", BODY))
        .await
        .map_err(|failure| match failure.code.as_str() {
            "http.connect" | "http.broken" => NotInitialized::Unreachable(failure),
            _ if failure.class == Class::System => NotInitialized::Unreachable(failure),
            _ => NotInitialized::Failed(failure),
        })?;
    let at_route = |failure: Failure| NotInitialized::Failed(failure.at("POST /initialize"));
    let answer = expect_status(&response, StatusCode::OK)
        .and_then(|()| read(&response.body))
        .map_err(at_route)?;
    if answer.data == expected {
        return Ok(answer);
    }
    let (Some(label), Some(expected_label)) = (label_of(&answer.data), label_of(expected)) else {
        let sentence = format!("data {:?} is no fingerprint", shorten(&answer.data, 80));
        return Err(at_route(Failure::wrong("initialize.answer", sentence)));
    };
    if label != expected_label {
        return Err(NotInitialized::OtherData {
            site: label.to_owned(),
            expected: expected_label.to_owned(),
        });
    }
    let sentence = format!(
        "the site holds the data {}, which should be {expected}: its rows are not the initial ones",
        answer.data
    );
    Err(at_route(Failure::critical(OTHER_DATA, sentence)))
}

/// Resets a site that was initialized before, so that whatever stops it now is
/// the site's own failure.
///
/// # Errors
/// As [`initialize`], as one failure.
pub async fn initialize_again(site: &Site, expected: &str) -> Result<Initialized, Failure> {
    initialize(site, expected)
        .await
        .map_err(|error| match error {
            NotInitialized::Unreachable(failure) | NotInitialized::Failed(failure) => failure,
            NotInitialized::OtherData { site, expected } => Failure::critical(
                OTHER_DATA,
                format!(
                    "POST /initialize: the site holds the data {site}, and held {expected} before"
                ),
            ),
        })
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
