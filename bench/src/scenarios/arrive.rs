//! Coming in: with an account, to make one, or only to look.

use isutori_engine::failure::Failure;
use rand::RngExt;

use super::scenario;
use crate::{guest::Guest, texts};

scenario!(
    /// Arrives by login, sign-up or anonymously.
    Arrive, member 1, anonymous 1, arrive
);

/// The aspect in which people's places say how they come.
const HOW_THEY_COME: usize = 0;
/// This part of the people only looks, and this part signs up.
const ANONYMOUS: f64 = 0.15;
const NEWCOMERS: f64 = 0.10;
/// Of a hundred logins so many fail at first.
const MISTYPED: u32 = 3;

async fn arrive(guest: &mut Guest) -> Result<(), Failure> {
    let place = guest.person.place(HOW_THEY_COME);
    if place < ANONYMOUS {
        return guest.open_recent(1).await.map(drop);
    }
    if place >= ANONYMOUS + NEWCOMERS {
        // When all accounts are in use, the crowd grows by those who sign up.
        if let Some(account) = guest.world.accounts.take() {
            guest.borrowed = Some(account);
            if guest.person.luck.random_range(0..100) < MISTYPED {
                guest.fail_to_log_in(account).await?;
            }
            guest.log_in(account).await?;
            return guest.open_home(account).await.map(drop);
        }
    }
    sign_up(guest).await
}

async fn sign_up(guest: &mut Guest) -> Result<(), Failure> {
    let luck = &mut guest.person.luck;
    let name = texts::account_name(luck, |name| guest.world.model.look().person(name).is_some());
    let nickname = texts::nickname(luck);
    let password = texts::password(luck);
    let account = guest.sign_up(&name, &nickname, &password).await?;
    guest.borrowed = Some(account);
    guest.open_home(account).await?;
    guest.person.pause().await;
    // Somebody new looks around for people to follow.
    guest.open_recent(1).await.map(drop)
}
