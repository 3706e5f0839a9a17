//! The consistency check: every route once, and what each must refuse, before
//! any load. The first rule broken ends the run.
//!
//! What was written must be seen by others only a second later; what must be
//! refused is asked for in the meantime. Those who take part are spread over the
//! hosts of the site.

mod addresses;
mod cast;
mod fields;
mod forms;
mod hidden;
mod locks;
mod moderation;
mod pictures;
mod reset;
mod sessions;
mod timeline;
mod walk;

use std::sync::Arc;

use isutori_engine::failure::Failure;

use self::cast::Cast;
pub(crate) use self::cast::{FIRST_OF_CHECKS, inspector};
pub use self::reset::{Traces, check_reset};
use crate::world::World;

/// Walks through the whole contract, and says what must be gone after the next
/// `POST /initialize`.
///
/// # Errors
/// The first failure, of whatever class.
pub async fn check(world: &Arc<World>) -> Result<Traces, Failure> {
    let mut cast = Cast::new(world)?;
    walk::read_without_login(&mut cast).await?;
    sessions::log_in(&mut cast).await?;
    sessions::go_round(&mut cast).await?;
    walk::read_with_login(&mut cast).await?;
    let entries = walk::write_entries(&mut cast).await?;
    let pictured = pictures::upload(&mut cast).await?;
    sessions::go_round(&mut cast).await?;
    addresses::refuse_what_is_not_there(&mut cast).await?;
    addresses::refuse_wrong_methods(&mut cast, &entries).await?;
    addresses::refuse_long_bodies(&mut cast).await?;
    forms::send_to_login(&mut cast, &entries).await?;
    walk::look_at_entries(&mut cast, &entries).await?;
    pictures::look_at_photos(&mut cast, &entries, &pictured).await?;
    let comment = walk::talk(&mut cast, &entries).await?;
    pictures::change_icons(&mut cast).await?;
    hidden::hide_entries(&mut cast, &entries).await?;
    forms::refuse_what_is_no_form(&mut cast, &entries).await?;
    forms::refuse_forged_forms(&mut cast, &entries).await?;
    pictures::refuse_files(&mut cast).await?;
    walk::listen(&mut cast, &entries).await?;
    pictures::look_at_icons(&mut cast, &entries).await?;
    walk::make_friends(&mut cast, &entries).await?;
    fields::refuse_spoilt_forms(&mut cast, &entries).await?;
    walk::find_friends(&mut cast).await?;
    walk::edit_profile(&mut cast).await?;
    fields::refuse_bad_fields(&mut cast, &entries).await?;
    walk::look_at_profile(&mut cast).await?;
    let newcomer = walk::sign_up(&mut cast).await?;
    hidden::leave_no_footprint(&mut cast, &entries).await?;
    fields::refuse_other_things(&mut cast).await?;
    locks::lock_and_ban(&mut cast).await?;
    forms::look_for_traces(&mut cast, &entries).await?;
    walk::welcome(&mut cast, &newcomer).await?;
    timeline::refuse(&mut cast).await?;
    let since = timeline::wait_for_news(&mut cast).await?;
    timeline::hear_again(&mut cast, since).await?;
    walk::open_panels(&mut cast).await?;
    sessions::log_out(&mut cast).await?;
    moderation::refuse(&mut cast, &entries).await?;
    let removed = moderation::remove_entries(&mut cast, &pictured).await?;
    moderation::ban(&mut cast, &entries).await?;
    cast.organiser.open_report().await?;
    Ok(Traces {
        removed,
        newcomer,
        session: cast.author.session_cookie(),
        entry: pictured.private(),
        comment,
    })
}
