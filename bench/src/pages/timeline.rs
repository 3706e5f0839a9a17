//! `GET /api/timeline`.

use std::borrow::Cow;

use isutori_dataset::Visibility;
use isutori_engine::{exchange::Response, failure::Failure};
use serde::{Deserialize, Deserializer, de::Error};

use super::PersonLink;

/// What was told of friends.
#[derive(Clone, Debug, Deserialize)]
pub struct Timeline {
    /// Newest first.
    pub entries: Vec<ToldEntry>,
}

/// An entry of a friend.
#[derive(Clone, Debug, Deserialize)]
pub struct ToldEntry {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonLink,
    /// The title.
    pub title: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Milliseconds since 1970.
    #[serde(deserialize_with = "milliseconds")]
    pub time: i64,
}

fn milliseconds<'d, D: Deserializer<'d>>(deserializer: D) -> Result<i64, D::Error> {
    let shown: Cow<'d, str> = Deserialize::deserialize(deserializer)?;
    let time: jiff::Timestamp = shown.parse().map_err(D::Error::custom)?;
    Ok(time.as_millisecond())
}

impl Timeline {
    /// Reads the answer.
    ///
    /// # Errors
    /// `timeline.answer`, class wrong.
    pub fn read(response: &Response) -> Result<Self, Failure> {
        let content_type = response.header(http::header::CONTENT_TYPE);
        let content_type = content_type.unwrap_or_default();
        if !content_type.starts_with("application/json") {
            return Err(Failure::wrong(
                "timeline.answer",
                format!("Content-Type is {content_type:?}, not application/json"),
            ));
        }
        serde_json::from_slice(&response.body).map_err(|error| {
            Failure::wrong(
                "timeline.answer",
                format!("the answer is not the JSON expected: {error}"),
            )
        })
    }
}
