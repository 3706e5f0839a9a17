//! What the second `POST /initialize` must have undone.

use std::sync::Arc;

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use super::{cast::Cast, walk::newest_comment};
use crate::{endpoints, guest::Guest, model::PersonKey, texts, world::World};

/// What the consistency check left on the site, besides what its people wrote.
pub struct Traces {
    /// The account name of somebody who signed up.
    pub(super) newcomer: String,
    /// The id of an initial entry that was removed.
    pub(super) removed: u64,
    /// The cookie of a session that was not ended.
    pub(super) session: Option<String>,
    /// The id of the last entry.
    pub(super) entry: u64,
    /// The id of the last comment.
    pub(super) comment: u64,
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
    let banned = world.model.look().name(cast.stranger_key);
    let guest = &mut cast.anonymous;
    for host in world.hosts.all() {
        guest.turn_to(host);
        guest.open_recent(1).await?;
        guest.open_profile(&author).await?;
        guest.open_profile(&banned).await?;
        guest.open_diary(&author, 1).await?;
        let newcomer = Request::get(format!("/people/{}", traces.newcomer));
        guest
            .be_refused(endpoints::PROFILE, &newcomer, StatusCode::NOT_FOUND)
            .await?;
    }
    if let Some(session) = &traces.session {
        cast.thief.keep_session(session).await?;
    }
    // Who was locked by the check is so no more, nor is the address banned.
    cast.burglar.log_in(cast.victim_key).await?;
    let guest = &mut cast.author;
    guest.log_in(cast.author_key).await?;
    guest.open_entry(traces.removed).await?;
    guest.open_home(cast.author_key).await?;
    guest.open_friends(cast.author_key).await?;
    guest.open_footprints(cast.author_key).await?;
    count_on(guest, cast.author_key, traces).await
}

/// Ids are counted on from the initial data, so that the first new ones are among those that were
/// given before.
async fn count_on(guest: &mut Guest, author: PersonKey, traces: &Traces) -> Result<(), Failure> {
    let csrf = guest.csrf();
    let draft = texts::entry(&mut guest.person.luck);
    let entry = guest.write_entry(author, draft, &csrf).await?;
    expect_counted_on("entry", entry, traces.entry)?;
    let body = texts::comment(&mut guest.person.luck);
    guest.write_comment(author, entry, &body, &csrf).await?;
    let comment = newest_comment(&guest.open_entry(entry).await?);
    expect_counted_on("comment", comment, traces.comment)
}

fn expect_counted_on(what: &str, id: u64, last_before: u64) -> Result<(), Failure> {
    match id <= last_before {
        true => Ok(()),
        false => Err(Failure::wrong(
            "initialize.ids",
            format!(
                "the first {what} after POST /initialize has the id {id}, although {last_before} \
                 and what was before it are gone: ids do not count on from the initial data"
            ),
        )),
    }
}
