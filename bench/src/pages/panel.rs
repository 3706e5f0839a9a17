//! `GET /api/panel`.

use isutori_dataset::Service;
use isutori_engine::{exchange::Response, failure::Failure};
use serde::Deserialize;
use serde_json::Value;

/// What of the services somebody sees.
#[derive(Clone, Debug, Deserialize)]
pub struct Panel {
    /// One for each subscription, in their order.
    pub panel: Vec<Tile>,
}

/// What one service says.
#[derive(Clone, Debug, Deserialize)]
pub struct Tile {
    /// Which service.
    pub service: Service,
    /// About what.
    pub key: String,
    /// What it says.
    #[serde(default)]
    pub data: Option<Value>,
    /// Whether it says nothing at the moment.
    #[serde(default)]
    pub unavailable: bool,
}

impl Panel {
    /// Reads the answer.
    ///
    /// # Errors
    /// `panel.answer`, class wrong.
    pub fn read(response: &Response) -> Result<Self, Failure> {
        serde_json::from_slice(&response.body).map_err(|error| {
            Failure::wrong(
                "panel.answer",
                format!("the answer is not the JSON expected: {error}"),
            )
        })
    }
}
