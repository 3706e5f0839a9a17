//! Who may no longer log in, and what the organiser is told of it.

use isutori_engine::failure::Failure;

use super::cast::Cast;
use crate::{
    guest::Guest,
    model::{
        PersonKey,
        logins::{FAILURES_OF_ADDRESS, FAILURES_OF_PERSON},
    },
};

/// Fails until a person is locked and an address is banned, each one failure short of it once
/// before; the model knows at every attempt what must come of it.
pub(super) async fn lock_and_ban(cast: &mut Cast) -> Result<(), Failure> {
    cast.organiser.open_report().await?;
    ban(cast).await?;
    lock(cast).await?;
    cast.organiser.open_report().await?;
    cast.anonymous.be_refused_report().await?;
    cast.impostor.be_refused_report().await
}

async fn ban(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.burglar;
    guest.try_names(FAILURES_OF_ADDRESS - 1).await?;
    come_and_go(guest, cast.victim_key).await?;
    guest.try_names(FAILURES_OF_ADDRESS).await?;
    guest.log_in(cast.victim_key).await.map(drop)
}

async fn come_and_go(guest: &mut Guest, account: PersonKey) -> Result<(), Failure> {
    guest.log_in(account).await?;
    guest.open_home(account).await?;
    guest.log_out().await
}

/// The account is locked for everybody, not only for whoever failed.
async fn lock(cast: &mut Cast) -> Result<(), Failure> {
    let (guest, victim) = (&mut cast.forgetful, cast.victim_key);
    for failures in [FAILURES_OF_PERSON - 1, FAILURES_OF_PERSON] {
        come_and_go(guest, victim).await?;
        for _ in 0..failures {
            guest.fail_to_log_in(victim).await?;
        }
    }
    guest.log_in(victim).await?;
    cast.thief.log_in(victim).await.map(drop)
}
