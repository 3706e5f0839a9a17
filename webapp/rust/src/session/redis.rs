//! Sessions in Redis.

use deadpool_redis::{
    Config, Pool, Runtime,
    redis::{self, AsyncCommands},
};

use super::{SessionError, Token};

/// One Redis server.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
}

impl Store {
    pub(super) async fn connect(url: &str) -> Result<Self, SessionError> {
        let pool = Config::from_url(url).create_pool(Some(Runtime::Tokio1))?;
        // The pool connects when it is first asked; a wrong URL should be told at the start.
        pool.get().await?;
        Ok(Self { pool })
    }

    pub(super) async fn insert(&self, token: &Token, data: String) -> Result<(), SessionError> {
        let mut connection = self.pool.get().await?;
        Ok(connection.set(key(token), data).await?)
    }

    pub(super) async fn find(&self, token: &Token) -> Result<Option<String>, SessionError> {
        let mut connection = self.pool.get().await?;
        Ok(connection.get(key(token)).await?)
    }

    pub(super) async fn delete(&self, token: &Token) -> Result<(), SessionError> {
        let mut connection = self.pool.get().await?;
        Ok(connection.del(key(token)).await?)
    }

    pub(super) async fn clear(&self) -> Result<(), SessionError> {
        let mut connection = self.pool.get().await?;
        Ok(redis::cmd("FLUSHDB").query_async(&mut connection).await?)
    }
}

fn key(token: &Token) -> String {
    format!("session:{}", token.as_str())
}
