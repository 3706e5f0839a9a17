//! What a form says. There are fields only where the form's token was right.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{error::Error, state::AppState};

/// The name of the field with the session's token.
pub(crate) const FORM_TOKEN: &str = "form_token";

/// So many fields are told of, and so many characters of each.
const MOST_TOLD: usize = 50;
const LONGEST_TOLD: usize = 500;

/// The fields of a form in their order.
#[derive(Clone, Debug)]
pub(crate) struct Fields(Arc<Vec<(String, String)>>);

impl Fields {
    /// Reads a body as browsers send it.
    pub(crate) fn read(body: &[u8]) -> Fields {
        // PostgreSQL has no NUL in its texts, and nobody can type one.
        let clean = |text: &str| text.replace('\0', "\u{fffd}");
        let pairs = form_urlencoded::parse(body);
        let pairs = pairs.map(|(name, value)| (clean(&name), clean(&value)));
        Fields(Arc::new(pairs.collect()))
    }

    /// A field as it is; nothing when it is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        fields
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// A field without spaces around it, empty when it is absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// The same, when it is not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Every field of that name, as of boxes that were ticked.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let fields = self.0.iter().filter(|(field, _)| field == name);
        fields.map(|(_, value)| value.clone()).collect()
    }

    /// All that was typed, a field a line, none of which is long.
    pub(crate) fn told(&self) -> String {
        let fields = self.0.iter().filter(|(name, _)| name != FORM_TOKEN);
        let lines = fields.map(|(name, value)| {
            let short: String = value.chars().take(LONGEST_TOLD).collect();
            format!("{name} = {short:?}")
        });
        lines.take(MOST_TOLD).collect::<Vec<_>>().join("\n")
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A number.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn number(&self, name: &str) -> Result<i64, Error> {
        let text = self.text(name);
        text.parse()
            .map_err(|_| Error::Invalid(format!("{name}: {text:?} is no number")))
    }
}

impl FromRequestParts<AppState> for Fields {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Error> {
        let fields = parts.extensions.get::<Fields>();
        fields
            .cloned()
            .ok_or(Error::Forbidden("this needs a form with its token"))
    }
}
