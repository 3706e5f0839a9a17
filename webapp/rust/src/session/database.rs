//! Sessions in the database's own table.

use super::{SessionError, Token};
use crate::{database::Database, moment::Moment};

/// The table `sessions`.
#[derive(Clone)]
pub struct Store {
    db: Database,
}

impl Store {
    pub(super) fn new(db: Database) -> Self {
        Self { db }
    }

    pub(super) async fn insert(&self, token: &Token, data: String) -> Result<(), SessionError> {
        self.db
            .query("INSERT INTO sessions (token, data, created_at) VALUES (?, ?, ?)")
            .bind(token.0.clone())
            .bind(data)
            .bind(Moment::now().0)
            .execute(&self.db.pool)
            .await?;
        Ok(())
    }

    pub(super) async fn find(&self, token: &Token) -> Result<Option<String>, SessionError> {
        let row: Option<(String,)> = self
            .db
            .query_as("SELECT data FROM sessions WHERE token = ?")
            .bind(token.0.clone())
            .fetch_optional(&self.db.pool)
            .await?;
        Ok(row.map(|(data,)| data))
    }

    pub(super) async fn delete(&self, token: &Token) -> Result<(), SessionError> {
        self.db
            .query("DELETE FROM sessions WHERE token = ?")
            .bind(token.0.clone())
            .execute(&self.db.pool)
            .await?;
        Ok(())
    }

    pub(super) async fn clear(&self) -> Result<(), SessionError> {
        self.db
            .query("DELETE FROM sessions")
            .execute(&self.db.pool)
            .await?;
        Ok(())
    }
}
