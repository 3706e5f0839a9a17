//! How long hosts go on.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long something goes on: `90m`, `8h`, `1h 30m`, or `never` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lifetime(Option<SignedDuration>);

impl Lifetime {
    /// So many hours.
    pub fn from_hours(hours: u32) -> Lifetime {
        Lifetime(Some(SignedDuration::from_hours(hours.into())))
    }

    /// When it is over, if ever.
    pub fn end(self, from: Timestamp) -> Option<Timestamp> {
        // What ends after the end of time never does.
        self.0.and_then(|length| from.checked_add(length).ok())
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(length) => write!(f, "{length:#}"),
            None => f.write_str("never"),
        }
    }
}

impl FromStr for Lifetime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Lifetime(None));
        }
        match text.parse() {
            Ok(length) if length >= SignedDuration::ZERO => Ok(Lifetime(Some(length))),
            _ => Err(format!(
                "{text:?} is no length of time; give hours and minutes, such as 8h or 1h 30m, or \
                 never"
            )),
        }
    }
}

impl TryFrom<String> for Lifetime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Lifetime> for String {
    fn from(lifetime: Lifetime) -> String {
        lifetime.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_read_as_they_are_written() {
        let from = Timestamp::UNIX_EPOCH;
        for (text, seconds) in [("90m", 5400), ("8h", 28_800), ("1h 30m", 5400), ("0s", 0)] {
            let lifetime: Lifetime = text.parse().expect("a lifetime");
            let end = Timestamp::from_second(seconds).ok();
            assert_eq!(lifetime.end(from), end, "{text}");
            assert_eq!(lifetime.to_string().parse(), Ok(lifetime), "{text}");
        }
        assert_eq!("never".parse::<Lifetime>().expect("none").end(from), None);
        for text in ["", "8", "-8h", "soon", "8h ago"] {
            let said = text.parse::<Lifetime>().expect_err(text);
            assert!(said.contains("such as 8h"), "{said}");
        }
    }
}
