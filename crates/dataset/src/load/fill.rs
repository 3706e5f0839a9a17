//! Filling a database, the same on every engine.

use super::batches::{self, Production};
use super::engine::{Engine, Task};
use super::error::LoadError;
use super::{LoadOptions, LoadProgress};
use crate::Dataset;

/// Creates the tables and puts all rows of a dataset into them.
pub(super) struct Fill<'a, P> {
    pub(super) dataset: &'a Dataset,
    pub(super) options: LoadOptions,
    /// Called after every batch.
    pub(super) progress: P,
}

impl<P: Fn(LoadProgress)> Task for Fill<'_, P> {
    const CREATES: bool = true;

    type Output = Production;

    async fn run<E: Engine>(self, engine: &mut E) -> Result<Production, LoadError> {
        engine.begin().await?;
        let present = engine.present_tables().await?;
        if !present.is_empty() && !self.options.replace {
            return Err(refuse(engine, &present).await);
        }
        let written = self.write_rows(engine, &present).await;
        if written.is_err() {
            engine.abandon().await;
        }
        written
    }
}

impl<P: Fn(LoadProgress)> Fill<'_, P> {
    async fn write_rows<E: Engine>(
        &self,
        engine: &mut E,
        present: &[String],
    ) -> Result<Production, LoadError> {
        engine.create_tables(present).await?;
        let total_rows = self.dataset.row_count();
        let mut batches = batches::produce::<E::Format>(self.dataset.clone());
        let mut rows = 0;
        while let Some(batch) = batches.next().await {
            let table = batch.table.name;
            rows += batch.rows;
            engine.insert(batch).await?;
            (self.progress)(LoadProgress {
                table,
                rows,
                total_rows,
            });
        }
        let production = batches.finish().await;
        engine.finish(&production.fingerprint).await?;
        Ok(production)
    }
}

/// Why tables that exist already are left alone.
async fn refuse<E: Engine>(engine: &mut E, present: &[String]) -> LoadError {
    let place = engine.place();
    match engine.stored_fingerprint(present).await {
        Ok(Some(fingerprint)) => LoadError::AlreadyLoaded { place, fingerprint },
        _ => LoadError::TablesInTheWay {
            place,
            tables: present.join(", "),
        },
    }
}
