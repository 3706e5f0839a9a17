//! Who sees an entry.

use std::fmt;

use super::{InvalidField, tidy};

/// Who sees an entry. The order goes from everybody to nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    Public = 0,
    Friends = 1,
    Private = 2,
}

impl Visibility {
    /// Parses the form's field.
    pub fn parse(raw: &str) -> Result<Self, InvalidField> {
        match tidy(raw).as_str() {
            "public" => Ok(Self::Public),
            "friends" => Ok(Self::Friends),
            "private" => Ok(Self::Private),
            _ => Err(InvalidField(
                "The visibility must be public, friends or private.".to_owned(),
            )),
        }
    }

    /// The number that the database keeps.
    pub fn level(self) -> i16 {
        self as i16
    }

    /// The opposite of [`Self::level`].
    pub fn from_level(level: i16) -> Option<Self> {
        [Self::Public, Self::Friends, Self::Private]
            .into_iter()
            .find(|visibility| visibility.level() == level)
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Friends => "friends",
            Self::Private => "private",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visibility_survives_the_form_and_the_database() {
        for visibility in [Visibility::Public, Visibility::Friends, Visibility::Private] {
            assert_eq!(Visibility::parse(&visibility.to_string()), Ok(visibility));
            assert_eq!(Visibility::from_level(visibility.level()), Some(visibility));
        }
        assert!(Visibility::parse("Public").is_err());
        assert_eq!(Visibility::from_level(3), None);
    }
}
