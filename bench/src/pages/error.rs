//! Pages that say why not.

use isutori_engine::{
    document::Element,
    failure::{Failure, shorten},
};

use super::Page;

/// A page that says why not.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// The sentence; never empty, and nothing but a sentence.
    pub sentence: String,
}

/// How many characters a sentence may have.
const LONGEST: usize = 300;

/// What a program says to its makers, in lower case: panics, stack traces, SQL and the words of
/// databases.
const TECHNICAL: [&str; 22] = [
    "panicked at",
    "stack backtrace",
    "traceback (most recent call last)",
    "goroutine ",
    "nil pointer",
    "null pointer",
    "undefined is not",
    "exception:",
    ".rs:",
    ".go:",
    "\tat ",
    "sqlx",
    "sqlstate",
    "sqlite",
    "mysql",
    "postgres",
    "constraint failed",
    "violates unique",
    "duplicate entry",
    "select * from",
    "insert into",
    "returned from database",
];

impl Page for ErrorPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        let sentence = root.one("p.error[role=alert]")?.text();
        expect_readable(&sentence)?;
        Ok(ErrorPage {
            sentence: sentence.into_owned(),
        })
    }
}

/// A sentence is there, is not long, and is meant for people.
fn expect_readable(sentence: &str) -> Result<(), Failure> {
    if sentence.is_empty() {
        return Err(Failure::wrong(
            "error.silent",
            "the error page says nothing",
        ));
    }
    let length = sentence.chars().count();
    if length > LONGEST {
        return Err(Failure::wrong(
            "error.long",
            format!("the error page says {length} characters, at most {LONGEST} are a sentence"),
        ));
    }
    let lower = sentence.to_lowercase();
    match TECHNICAL.iter().find(|word| lower.contains(**word)) {
        None => Ok(()),
        Some(word) => {
            let said = shorten(sentence, 100);
            let why = format!("the error page says {said:?}: {word:?} is nothing for visitors");
            Err(Failure::wrong("error.technical", why))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(sentence: &str) -> Option<String> {
        let failure = expect_readable(sentence).err()?;
        Some(failure.code.to_string())
    }

    #[test]
    fn only_sentences_for_people_are_readable() {
        for fine in ["Please select a chair.", "この椅子はありません。"] {
            assert_eq!(code(fine), None, "{fine}");
        }
        for technical in [
            "thread 'main' panicked at src/main.rs:1:2",
            "error returned from database: UNIQUE constraint failed: people.name",
            "SELECT * FROM people",
            "Error: SQLSTATE[23000]",
        ] {
            assert_eq!(code(technical).as_deref(), Some("error.technical"));
        }
        assert_eq!(code("").as_deref(), Some("error.silent"));
        assert_eq!(code(&"椅".repeat(300)), None);
        assert_eq!(code(&"椅".repeat(301)).as_deref(), Some("error.long"));
    }
}
