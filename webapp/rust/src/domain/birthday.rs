//! Birthdays.

use jiff::civil::Date;

use super::{InvalidField, tidy};

/// Empty, or a real date as `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Birthday(String);

impl Birthday {
    /// Parses the field of a form.
    pub fn parse(raw: &str) -> Result<Self, InvalidField> {
        let birthday = tidy(raw);
        if birthday.is_empty() || is_date(&birthday) {
            Ok(Self(birthday))
        } else {
            Err(InvalidField(
                "The birthday must be empty or a date, such as 1999-12-31.".to_owned(),
            ))
        }
    }

    /// The date, or nothing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The parser of dates knows more ways to write one, so the shape is checked by writing it again.
fn is_date(text: &str) -> bool {
    text.parse::<Date>()
        .is_ok_and(|date| date.strftime("%Y-%m-%d").to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_empty_or_real_dates() {
        for good in ["", " ", "1999-12-31", "2024-02-29", "0001-01-01"] {
            assert!(Birthday::parse(good).is_ok(), "{good:?}");
        }
        for bad in [
            "2023-02-29",
            "1999-13-01",
            "1999-1-1",
            "19991231",
            "31.12.1999",
            "1999-12-31T00:00:00",
            "-000001-01-01",
            "today",
        ] {
            assert!(Birthday::parse(bad).is_err(), "{bad:?}");
        }
    }
}
