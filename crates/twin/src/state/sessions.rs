//! Who is at which browser.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

/// What is remembered of a browser between requests.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// The cookie's value.
    pub(crate) token: u128,
    /// Carried by every form of this session.
    pub(crate) csrf: u128,
    /// Who is logged in, if anybody.
    pub(crate) person: Option<u64>,
}

/// All sessions.
#[derive(Clone, Default)]
pub(crate) struct Sessions {
    by_token: HashMap<u128, Session>,
    /// Keyed at random for each site.
    secret: RandomState,
    drawn: u64,
    last_login: Option<u128>,
}

impl Sessions {
    /// The session with this token.
    pub(crate) fn get(&self, token: u128) -> Option<Session> {
        self.by_token.get(&token).copied()
    }

    /// Makes a session, for somebody or for nobody.
    pub(crate) fn begin(&mut self, person: Option<u64>) -> Session {
        let session = Session {
            token: self.draw(),
            csrf: self.draw(),
            person,
        };
        self.put(session);
        session
    }

    /// Puts a session in the place of the one with its token.
    pub(crate) fn put(&mut self, session: Session) {
        self.by_token.insert(session.token, session);
        if session.person.is_some() {
            self.last_login = Some(session.token);
        }
    }

    /// Ends a session.
    pub(crate) fn end(&mut self, token: u128) {
        self.by_token.remove(&token);
    }

    /// Ends all sessions of a person.
    pub(crate) fn end_all(&mut self, person: u64) {
        self.by_token
            .retain(|_, session| session.person != Some(person));
    }

    /// The session that somebody logged in with last.
    pub(crate) fn last_login(&self) -> Option<Session> {
        self.get(self.last_login?)
    }

    /// Whether any session has this token for its forms.
    pub(crate) fn has_csrf(&self, csrf: u128) -> bool {
        self.by_token.values().any(|session| session.csrf == csrf)
    }

    /// The keyed hash of a counter: nobody can guess it, and no other crate is needed.
    fn draw(&mut self) -> u128 {
        self.drawn += 1;
        let [high, low] = [0, 1].map(|half| self.secret.hash_one((self.drawn, half)));
        u128::from(high) << 64 | u128::from(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_differ_and_end() {
        let mut sessions = Sessions::default();
        let (one, another) = (sessions.begin(Some(1)), sessions.begin(None));

        assert_ne!(one.token, another.token);
        assert_ne!(one.csrf, another.csrf);
        assert_eq!(sessions.get(one.token).and_then(|one| one.person), Some(1));
        sessions.end(one.token);
        assert!(sessions.get(one.token).is_none());
    }
}
