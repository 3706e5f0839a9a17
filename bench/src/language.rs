//! The languages that contestants are spoken to in.

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Both of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// The words of this language.
    pub fn of<'a>(self, english: &'a str, japanese: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Japanese => japanese,
        }
    }
}
