//! Hashing the rows of a database, the same on every engine.

use super::engine::{Engine, Task};
use super::error::LoadError;
use crate::fingerprint::RowHasher;
use crate::rows::TABLES;

/// Makes the fingerprint anew from the stored rows.
pub(super) struct Rehash;

impl Task for Rehash {
    const CREATES: bool = false;

    type Output = String;

    async fn run<E: Engine>(self, engine: &mut E) -> Result<String, LoadError> {
        let present = engine.present_tables().await?;
        let Some(stored) = engine.stored_fingerprint(&present).await? else {
            return Err(LoadError::NotLoaded {
                place: engine.place(),
            });
        };
        let mut hasher = RowHasher::new();
        for table in TABLES {
            hasher.begin_table(table);
            engine.hash_table(table, &mut hasher).await?;
        }
        let label = stored
            .rsplit_once('-')
            .map_or(stored.as_str(), |(label, _)| label);
        Ok(hasher.fingerprint(label))
    }
}
