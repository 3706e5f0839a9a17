//! Texts in every language of the course.

use serde::Deserialize;

/// A language of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

/// A text in every language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    en: String,
    ja: String,
}

impl Text {
    pub(crate) fn new(en: &str, ja: &str) -> Self {
        Text {
            en: en.to_owned(),
            ja: ja.to_owned(),
        }
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Japanese => &self.ja,
        }
    }
}
