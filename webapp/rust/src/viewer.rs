//! Who sends a request: [`Viewer`] where anybody may, [`CurrentPerson`] where a login is needed.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};

use crate::{
    error::AppError,
    people::{self, Person},
    session::Session,
    state::AppState,
};

/// The person who is logged in. As an extractor it sends everybody else to the login page.
#[derive(Debug, Clone)]
pub struct CurrentPerson {
    pub person: Person,
    pub session: Session,
}

/// Whoever sends the request, logged in or not.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub current: Option<CurrentPerson>,
}

impl Viewer {
    /// Somebody who is not logged in.
    pub fn anonymous() -> Self {
        Self { current: None }
    }

    /// The person behind a session. The row is read anew each time, so that it is never stale.
    pub async fn of_session(
        session: Option<Session>,
        state: &AppState,
    ) -> Result<Self, sqlx::Error> {
        let Some(session) = session else {
            return Ok(Self::anonymous());
        };
        let Some(person_id) = session.person_id else {
            return Ok(Self::anonymous());
        };
        let person = people::find_by_id(&state.db, person_id).await?;
        Ok(Self {
            current: person.map(|person| CurrentPerson { person, session }),
        })
    }

    /// The person, if somebody is logged in.
    pub fn person(&self) -> Option<&Person> {
        self.current.as_ref().map(|current| &current.person)
    }
}

impl From<CurrentPerson> for Viewer {
    fn from(current: CurrentPerson) -> Self {
        Self {
            current: Some(current),
        }
    }
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let session =
            <Session as OptionalFromRequestParts<_>>::from_request_parts(parts, state).await?;
        Ok(Self::of_session(session, state).await?)
    }
}

impl FromRequestParts<AppState> for CurrentPerson {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let viewer = Viewer::from_request_parts(parts, state).await?;
        viewer.current.ok_or(AppError::LoginNeeded)
    }
}
