//! The three sizes of the data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much data there is. All sizes share one distribution of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// Made in about a second: for tests and for a first look.
    Small,
    /// For a class on one host.
    Standard,
    /// About 4.7 GB of rows and indexes, more than a host with 4 GB of memory can cache.
    Large,
}

/// How many rows each table has. Friendships are not here, because their number follows from
/// the draws: see [`Dataset::friendship_count`](crate::Dataset::friendship_count).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows of `people`.
    pub people: u64,
    /// Rows of `entries`, a multiple of 16.
    pub entries: u64,
    /// Rows of `comments`, three times the entries.
    pub comments: u64,
    /// Rows of `footprints`, a multiple of 4.
    pub footprints: u64,
    /// Rows of `login_log`.
    pub logins: u64,
}

impl Size {
    /// All sizes, smallest first.
    pub const ALL: [Size; 3] = [Size::Small, Size::Standard, Size::Large];

    /// The name in the command line and in fingerprints.
    pub fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Standard => "standard",
            Size::Large => "large",
        }
    }

    /// How many rows each table has.
    pub fn counts(self) -> Counts {
        let (people, entries, footprints, logins) = match self {
            Size::Small => (500, 8_000, 10_000, 3_000),
            Size::Standard => (5_000, 100_000, 200_000, 50_000),
            Size::Large => (50_000, 1_000_000, 2_000_000, 500_000),
        };
        Counts {
            people,
            entries,
            comments: 3 * entries,
            footprints,
            logins,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The error of a text that names no [`Size`].
#[derive(Debug, thiserror::Error)]
#[error("there is no size {0:?}: the sizes are small, standard and large")]
pub struct UnknownSize(String);

impl FromStr for Size {
    type Err = UnknownSize;

    fn from_str(text: &str) -> Result<Size, UnknownSize> {
        Size::ALL
            .into_iter()
            .find(|size| size.name() == text)
            .ok_or_else(|| UnknownSize(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for size in Size::ALL {
            assert_eq!(
                size.to_string().parse::<Size>().expect("a size's own name"),
                size
            );
        }
        assert!("Small".parse::<Size>().is_err());
    }

    #[test]
    fn groups_and_bursts_are_whole() {
        for counts in Size::ALL.map(Size::counts) {
            assert_eq!(counts.entries % crate::entries::GROUP, 0);
            assert_eq!(
                counts.comments,
                counts.entries / crate::entries::GROUP * crate::comments::GROUP
            );
            assert_eq!(counts.footprints % crate::footprints::BURST, 0);
        }
    }
}
