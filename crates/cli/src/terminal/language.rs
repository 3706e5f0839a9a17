//! The languages that people can be spoken to in.

use clap::ValueEnum;

/// A language.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ja => "ja",
        }
    }
}

impl From<Language> for isutori_course::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::En => isutori_course::Language::English,
            Language::Ja => isutori_course::Language::Japanese,
        }
    }
}
