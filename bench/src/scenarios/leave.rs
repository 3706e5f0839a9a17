//! Going.

use isutori_engine::failure::Failure;
use rand::RngExt;

use super::scenario;
use crate::guest::Guest;

scenario!(
    /// Half of the members log out; the others just close the browser.
    Leave, member 1, anonymous 1, leave
);

async fn leave(guest: &mut Guest) -> Result<(), Failure> {
    if guest.account.is_none() || guest.logout_csrf.is_none() || guest.person.luck.random_bool(0.5)
    {
        return Ok(());
    }
    guest.log_out().await?;
    guest.open_login().await.map(drop)
}
