//! Texts of limited length, and their excerpts.

use super::InvalidField;

/// A text of `MIN` to `MAX` characters, tidied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// What others call a person.
pub type Nickname = Text<1, 30>;
/// What a person proves to be themselves with.
pub type Password = Text<8, 100>;
/// What a person says about themselves.
pub type Introduction = Text<0, 500>;
/// The title of an entry.
pub type Title = Text<1, 100>;
/// The body of an entry.
pub type EntryBody = Text<1, 20_000>;
/// The body of a comment.
pub type CommentBody = Text<1, 1_000>;

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// `field` is the field's name in the sentence that tells what is wrong.
    pub fn parse(field: &str, raw: &str) -> Result<Self, InvalidField> {
        let text = tidy(raw);
        if (MIN..=MAX).contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err(InvalidField(format!(
                "The {field} must have {MIN} to {MAX} characters."
            )))
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Line ends become LF, and white space at the ends goes.
pub fn tidy(raw: &str) -> String {
    raw.trim().replace("\r\n", "\n").replace('\r', "\n")
}

/// How many characters of a text a list shows.
const EXCERPT_LENGTH: usize = 100;

/// The beginning of a text on one line, with `…` if there is more.
pub fn excerpt(text: &str) -> String {
    let mut excerpt: String = text
        .chars()
        .take(EXCERPT_LENGTH)
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();
    if text.chars().count() > EXCERPT_LENGTH {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_after_tidying() {
        assert_eq!(
            Nickname::parse("nickname", "  椅子 \r\n").unwrap().as_str(),
            "椅子"
        );
        assert!(Nickname::parse("nickname", &"椅".repeat(30)).is_ok());
        assert!(Nickname::parse("nickname", &"椅".repeat(31)).is_err());
        assert!(Nickname::parse("nickname", " \u{3000}\t").is_err());
        assert!(Introduction::parse("introduction", "").is_ok());
        assert!(Title::parse("title", &format!("{}\r\n", "a\r\n".repeat(50))).is_ok());
    }

    #[test]
    fn line_ends_become_lf() {
        assert_eq!(tidy("\r\na\r\n\r\nb\rc\nd\r\n"), "a\n\nb\nc\nd");
    }

    #[test]
    fn an_excerpt_is_one_line_of_a_hundred_characters() {
        assert_eq!(excerpt("one\ntwo"), "one two");
        assert_eq!(excerpt(&"座".repeat(100)), "座".repeat(100));
        assert_eq!(excerpt(&"座".repeat(101)), format!("{}…", "座".repeat(100)));
    }
}
