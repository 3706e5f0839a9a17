//! The name of an account.

use super::InvalidField;

/// A person's unique name: 3 to 20 of `a-z 0-9 _`, the first a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName(String);

impl AccountName {
    /// Parses a name without white space around it, as it stands in a path.
    pub fn parse(name: &str) -> Result<Self, InvalidField> {
        let starts_with_letter = name.starts_with(|c: char| c.is_ascii_lowercase());
        let is_allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        if starts_with_letter && (3..=20).contains(&name.len()) && name.bytes().all(is_allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidField(
                "The name must have 3 to 20 of the characters a-z, 0-9 and _, \
                 and begin with a letter."
                    .to_owned(),
            ))
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_the_limits() {
        for good in ["abc", "a_1", "sato_haruka", "abcdefghij0123456789"] {
            assert!(AccountName::parse(good).is_ok(), "{good:?}");
        }
        for bad in [
            "",
            "ab",
            "1ab",
            "_ab",
            "Abc",
            "a-b",
            "äbc",
            "abc ",
            "abcdefghij01234567890",
            "a\0b",
        ] {
            assert!(AccountName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
