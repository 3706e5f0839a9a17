//! What all requests share.

use sqlx::{Any, pool::PoolConnection};

use crate::{
    clock::Clock,
    contest::{self, Current},
    error::Error,
    events::Events,
    store::Store,
};

/// The portal.
#[derive(Clone)]
pub struct AppState {
    /// Where everything is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Who looks on is told of changes.
    pub events: Events,
}

impl AppState {
    /// A portal on this database.
    pub fn new(store: Store) -> AppState {
        AppState {
            events: Events::of(&store),
            clock: Clock::default(),
            store,
        }
    }

    /// A connection to the database.
    ///
    /// # Errors
    /// The database's.
    pub async fn connection(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.store.pool.acquire().await
    }

    /// The contest.
    ///
    /// # Errors
    /// When none was set up yet.
    pub async fn contest(&self) -> Result<Current, Error> {
        let mut connection = self.connection().await?;
        contest::read(&mut connection)
            .await?
            .ok_or(Error::NoContest)
    }
}
