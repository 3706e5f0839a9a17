//! Sessions in memcached. Its client blocks, so each call runs on a thread for blocking work.

use std::time::Duration;

use memcache::{Client, MemcacheError};

use super::{SessionError, Token};

const MAX_CONNECTIONS: u32 = 10;

/// How long to wait for a connection before giving up.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// Sessions never expire by themselves.
const NO_EXPIRATION: u32 = 0;

/// One memcached server.
#[derive(Clone)]
pub struct Store {
    client: Client,
}

impl Store {
    pub(super) async fn connect(url: &str) -> Result<Self, SessionError> {
        let url = url.to_owned();
        let client = tokio::task::spawn_blocking(move || {
            Client::builder()
                .add_server(url)?
                .with_max_pool_size(MAX_CONNECTIONS)
                .with_connection_timeout(CONNECTION_TIMEOUT)
                .build()
        })
        .await??;
        Ok(Self { client })
    }

    pub(super) async fn insert(&self, token: &Token, data: String) -> Result<(), SessionError> {
        let key = key(token);
        self.call(move |client| client.set(&key, data.as_str(), NO_EXPIRATION))
            .await
    }

    pub(super) async fn find(&self, token: &Token) -> Result<Option<String>, SessionError> {
        let key = key(token);
        self.call(move |client| client.get(&key)).await
    }

    pub(super) async fn delete(&self, token: &Token) -> Result<(), SessionError> {
        let key = key(token);
        self.call(move |client| client.delete(&key)).await?;
        Ok(())
    }

    pub(super) async fn clear(&self) -> Result<(), SessionError> {
        self.call(|client| client.flush()).await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Client) -> Result<T, MemcacheError> + Send + 'static,
    ) -> Result<T, SessionError> {
        let client = self.client.clone();
        Ok(tokio::task::spawn_blocking(move || work(&client)).await??)
    }
}

fn key(token: &Token) -> String {
    format!("session:{}", token.as_str())
}
