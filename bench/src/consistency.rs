//! The consistency check: every route once, and what each must refuse, before
//! any load. The first rule broken ends the run.

mod cast;
mod locks;
mod reset;
mod walk;

use std::sync::Arc;

use isutori_engine::failure::Failure;

use self::cast::Cast;
pub(crate) use self::cast::inspector;
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
    walk::log_in(&mut cast).await?;
    walk::read_with_login(&mut cast).await?;
    let entries = walk::write_entries(&mut cast).await?;
    walk::look_at_entries(&mut cast, &entries).await?;
    walk::talk(&mut cast, &entries).await?;
    walk::make_friends(&mut cast, &entries).await?;
    walk::edit_profile(&mut cast).await?;
    let newcomer = walk::sign_up(&mut cast).await?;
    locks::refuse_forged_forms(&mut cast, &entries).await?;
    locks::refuse_bad_fields(&mut cast).await?;
    locks::refuse_what_is_not_there(&mut cast).await?;
    locks::end_sessions(&mut cast).await?;
    let session = cast.author.session_cookie();
    Ok(Traces { newcomer, session })
}
