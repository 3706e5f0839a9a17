//! What the second `POST /initialize` must have undone.

use std::sync::Arc;

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use super::cast::Cast;
use crate::{endpoints, world::World};

/// What the consistency check left on the site, besides what its people wrote.
pub struct Traces {
    /// The account name of somebody who signed up.
    pub(super) newcomer: String,
    /// The cookie of a session that was not ended.
    pub(super) session: Option<String>,
}

/// Looks at the people of the consistency check, right after the data was put
/// back: of what they wrote, nothing is there.
///
/// # Errors
/// The first failure, of whatever class.
pub async fn check_reset(world: &Arc<World>, traces: &Traces) -> Result<(), Failure> {
    // The same seed draws the same people.
    let mut cast = Cast::new(world)?;
    let author = cast.author_name();
    let guest = &mut cast.anonymous;
    guest.open_recent(1).await?;
    guest.open_profile(&author).await?;
    guest.open_diary(&author, 1).await?;
    let newcomer = Request::get(format!("/people/{}", traces.newcomer));
    guest
        .be_refused(endpoints::PROFILE, &newcomer, StatusCode::NOT_FOUND)
        .await?;
    if let Some(session) = &traces.session {
        cast.thief.keep_session(session).await?;
    }
    let guest = &mut cast.author;
    guest.log_in(cast.author_key).await?;
    guest.open_home(cast.author_key).await?;
    guest.open_friends(cast.author_key).await?;
    guest.open_footprints(cast.author_key).await.map(drop)
}
