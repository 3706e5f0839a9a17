//! The life of a session.

use isutori_engine::failure::Failure;

use super::cast::Cast;
use crate::{actions::form::Form, checks::cookie, guest::Guest};

/// A browser gets its session with the first form, and another one by login.
pub(super) async fn log_in(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.author;
    cast.before_login = guest.open_login().await?;
    let before = expect_session(guest)?;
    guest.fail_to_log_in(cast.author_key).await?;
    guest.log_in(cast.author_key).await?;
    cast.thief.keep_session(&before).await?;
    cast.friend.log_in(cast.friend_key).await?;
    cast.stranger.log_in(cast.stranger_key).await.map(drop)
}

/// Where the site has several hosts, the author goes to each of them with what there is by now: a
/// session and own writes, all of which hold at once.
pub(super) async fn go_round(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.author;
    let hosts = guest.world.hosts.clone();
    let home = hosts.of(guest.person.number);
    for host in hosts
        .all()
        .iter()
        .filter(|host| host.target() != home.target())
    {
        guest.turn_to(host);
        guest.open_home(cast.author_key).await.map_err(|failure| {
            failure.at(&format!(
                "sessions and data must be the same on all hosts, but after a visit to {} not at {}",
                home.target(),
                host.target()
            ))
        })?;
    }
    if hosts.all().len() > 1 {
        guest.turn_to(home);
    }
    Ok(())
}

/// A form belongs to a session, so that whoever was shown one has the cookie.
fn expect_session(guest: &mut Guest) -> Result<String, Failure> {
    guest.session_cookie().ok_or_else(|| {
        let name = cookie::SESSION;
        Failure::wrong(
            "session.missing",
            format!("a form is shown, but the cookie {name} is not set"),
        )
    })
}

/// A session is worthless after logout, even for whoever kept the cookie.
pub(super) async fn log_out(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.stranger;
    let kept = expect_session(guest)?;
    let token = guest.csrf();
    guest.log_out().await?;
    cast.thief.keep_session(&kept).await?;
    let again = Form::logout(&token);
    cast.thief
        .be_sent_to_login(again.endpoint, &again.request())
        .await
}
