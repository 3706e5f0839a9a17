//! The handle on one set of initial data.

use std::sync::{Arc, OnceLock};

use crate::draws::{Domain, Draws};
use crate::entries::Entries;
use crate::footprints::Footprints;
use crate::friendships::Friendships;
use crate::logins::Logins;
use crate::people::People;
use crate::pictures::Album;
use crate::size::{Counts, Size};

/// The version of the generator, part of every fingerprint. Raise it with every change that
/// alters any row or table, so that data of different versions is never taken for the same.
pub const GENERATOR_VERSION: u32 = 4;

/// The error of a text that names no data that can be made here.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} names no data that this generator makes, whose version is {GENERATOR_VERSION}")]
pub struct UnknownLabel(String);

/// Suwaru's initial data of one seed and size.
///
/// Cheap to clone and to share between threads. Ids count from 1. The number of people bounds
/// the memory it holds; every answer is computed when it is asked for.
#[derive(Debug, Clone)]
pub struct Dataset {
    pub(crate) tables: Arc<Tables>,
}

/// What the rows of each table are computed from.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) counts: Counts,
    pub(crate) people: People,
    pub(crate) entries: Entries,
    pub(crate) friendships: Friendships,
    pub(crate) footprints: Footprints,
    pub(crate) logins: Logins,
    pub(crate) album: Album,
    pub(crate) friendship_count: OnceLock<u64>,
    pub(crate) fingerprint: OnceLock<String>,
}

impl Dataset {
    /// The data of `seed` in the size `size`.
    pub fn new(seed: u64, size: Size) -> Dataset {
        let counts = size.counts();
        let people = People::new(seed, counts.people);
        let tables = Tables {
            seed,
            size,
            counts,
            entries: Entries::new(seed, counts.entries, &people),
            friendships: Friendships::new(seed, counts.people),
            footprints: Footprints::new(seed, counts.footprints, &people),
            logins: Logins::new(seed, counts),
            album: Album::new(seed),
            people,
            friendship_count: OnceLock::new(),
            fingerprint: OnceLock::new(),
        };
        Dataset {
            tables: Arc::new(tables),
        }
    }

    /// The seed that the data is made from.
    pub fn seed(&self) -> u64 {
        self.tables.seed
    }

    /// The size of the data.
    pub fn size(&self) -> Size {
        self.tables.size
    }

    /// How many rows each table has.
    pub fn counts(&self) -> Counts {
        self.tables.counts
    }

    /// How many rows all tables have together, friendships included.
    pub fn row_count(&self) -> u64 {
        let counts = self.counts();
        counts.people
            + counts.entries
            + counts.comments
            + counts.footprints
            + counts.logins
            + self.friendship_count()
    }

    /// What the data is made from, for example `small-1-v4`: size, seed, generator's version.
    pub fn label(&self) -> String {
        format!("{}-{}-v{GENERATOR_VERSION}", self.size(), self.seed())
    }

    /// The data of a label, as [`Dataset::label`] gives it.
    ///
    /// # Errors
    /// When it is no label, or one of another generator's data.
    pub fn of_label(label: &str) -> Result<Dataset, UnknownLabel> {
        let unknown = || UnknownLabel(label.to_owned());
        let mut parts = label.splitn(3, '-');
        let mut part = || parts.next().ok_or_else(unknown);
        let size = part()?.parse().map_err(|_| unknown())?;
        let seed = part()?.parse().map_err(|_| unknown())?;
        match part()? == format!("v{GENERATOR_VERSION}") {
            true => Ok(Dataset::new(seed, size)),
            false => Err(unknown()),
        }
    }

    /// The draws of row `id` in `domain`.
    pub(crate) fn draws(&self, domain: Domain, id: u64) -> Draws {
        Draws::new(self.tables.seed, domain as u64, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_back() {
        let label = Dataset::new(7, Size::Small).label();
        let dataset = Dataset::of_label(&label).expect("its own label");
        assert_eq!(dataset.label(), label);
        for unknown in [
            "",
            "small-7",
            "small-7-v0",
            "small-x-v4",
            "huge-7-v4",
            "small-7-v4-0",
        ] {
            assert!(Dataset::of_label(unknown).is_err(), "{unknown}");
        }
    }
}
