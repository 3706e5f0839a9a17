//! Sessions: what is remembered of a browser between requests.
//!
//! A session never changes once made. Login and sign-up make a new one, so whoever knew the old
//! cookie knows nothing.

mod database;
mod memcached;
mod redis;

use axum::{
    extract::OptionalFromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};

use crate::{database::Database, error::AppError, state::AppState};

const COOKIE: &str = "suwaru_session";

/// The value of the session cookie: 128 random bits in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    fn parse(raw: &str) -> Option<Self> {
        let is_token = raw.len() == 32 && raw.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(raw.to_owned()))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the store keeps under a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SessionData {
    person_id: Option<i64>,
    csrf: String,
}

/// A browser's session.
#[derive(Debug, Clone)]
pub struct Session {
    pub token: Token,
    /// Who is logged in, if anybody.
    pub person_id: Option<i64>,
    /// The token that every form of this session carries.
    pub csrf: String,
}

impl Session {
    fn new(token: Token, data: SessionData) -> Self {
        Self {
            token,
            person_id: data.person_id,
            csrf: data.csrf,
        }
    }

    /// The session that a request's cookie names, if the store knows it.
    pub async fn of_headers(
        headers: &HeaderMap,
        state: &AppState,
    ) -> Result<Option<Self>, SessionError> {
        let token = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == COOKIE)
            .and_then(|cookie| Token::parse(cookie.value()));
        match token {
            Some(token) => state.sessions.find(token).await,
            None => Ok(None),
        }
    }

    /// The header that gives this session's cookie to the browser.
    pub fn set_cookie(&self) -> [(header::HeaderName, HeaderValue); 1] {
        cookie_header(Cookie::build((COOKIE, self.token.as_str())).into())
    }

    /// The header that takes the cookie away.
    pub fn remove_cookie() -> [(header::HeaderName, HeaderValue); 1] {
        let mut cookie = Cookie::from(COOKIE);
        cookie.make_removal();
        cookie_header(cookie)
    }
}

fn cookie_header(mut cookie: Cookie<'_>) -> [(header::HeaderName, HeaderValue); 1] {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    let value = HeaderValue::try_from(cookie.to_string())
        .expect("a cookie of hexadecimal digits is a valid header");
    [(header::SET_COOKIE, value)]
}

/// Reads the session once per request, however many extractors ask for it.
impl OptionalFromRequestParts<AppState> for Session {
    type Rejection = AppError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, AppError> {
        if let Some(session) = parts.extensions.get::<Option<Session>>() {
            return Ok(session.clone());
        }
        let session = Self::of_headers(&parts.headers, state).await?;
        parts.extensions.insert(session.clone());
        Ok(session)
    }
}

/// Where sessions are kept.
#[derive(Clone)]
pub enum SessionStore {
    Database(database::Store),
    Memcached(memcached::Store),
    Redis(redis::Store),
}

impl SessionStore {
    /// Opens the store that `SESSION_URL` names.
    pub async fn connect(url: &str, db: &Database) -> Result<Self, SessionError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("db") => Ok(Self::Database(database::Store::new(db.clone()))),
            Some("memcache") => Ok(Self::Memcached(memcached::Store::connect(url).await?)),
            Some("redis") => Ok(Self::Redis(redis::Store::connect(url).await?)),
            _ => Err(SessionError::UnknownScheme),
        }
    }

    /// Makes a session, for somebody or for nobody.
    pub async fn create(&self, person_id: Option<i64>) -> Result<Session, SessionError> {
        let token = Token::random();
        let data = SessionData {
            person_id,
            csrf: Token::random().0,
        };
        let json = serde_json::to_string(&data)?;
        match self {
            Self::Database(store) => store.insert(&token, json).await?,
            Self::Memcached(store) => store.insert(&token, json).await?,
            Self::Redis(store) => store.insert(&token, json).await?,
        }
        Ok(Session::new(token, data))
    }

    async fn find(&self, token: Token) -> Result<Option<Session>, SessionError> {
        let json = match self {
            Self::Database(store) => store.find(&token).await?,
            Self::Memcached(store) => store.find(&token).await?,
            Self::Redis(store) => store.find(&token).await?,
        };
        json.map(|json| Ok(Session::new(token, serde_json::from_str(&json)?)))
            .transpose()
    }

    /// Ends a session.
    pub async fn delete(&self, session: &Session) -> Result<(), SessionError> {
        match self {
            Self::Database(store) => store.delete(&session.token).await,
            Self::Memcached(store) => store.delete(&session.token).await,
            Self::Redis(store) => store.delete(&session.token).await,
        }
    }

    /// Ends all sessions.
    pub async fn clear(&self) -> Result<(), SessionError> {
        match self {
            Self::Database(store) => store.clear().await,
            Self::Memcached(store) => store.clear().await,
            Self::Redis(store) => store.clear().await,
        }
    }
}

/// Why the session store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the URL must begin with db:, memcache: or redis:")]
    UnknownScheme,
    #[error("the session's data cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("memcached: {0}")]
    Memcached(#[from] memcache::MemcacheError),
    #[error("the call of memcached was cut off: {0}")]
    Cancelled(#[from] tokio::task::JoinError),
    #[error("Redis: {0}")]
    RedisConfig(#[from] deadpool_redis::CreatePoolError),
    #[error("Redis: {0}")]
    RedisPool(#[from] deadpool_redis::PoolError),
    #[error("Redis: {0}")]
    Redis(#[from] deadpool_redis::redis::RedisError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_only_tokens_are_looked_up() {
        let token = Token::random();
        assert_ne!(token, Token::random());
        assert_eq!(Token::parse(token.as_str()), Some(token));
        assert_eq!(Token::parse("0 0\r\nflush_all"), None);
        assert_eq!(Token::parse(""), None);
    }
}
