//! The session's cookie.

use isutori_engine::{
    exchange::{Response, SameSite},
    failure::Failure,
    target::{Scheme, Target},
};

/// Its name.
pub const SESSION: &str = "suwaru_session";

/// Wherever an answer of `host` sets the session's cookie, it has its attributes.
///
/// # Errors
/// `session.cookie` (wrong).
pub fn check_cookie(response: &Response, host: &Target) -> Result<(), Failure> {
    let Some(cookie) = response.set_cookie(SESSION) else {
        return Ok(());
    };
    if cookie.secure() == Some(true) && host.scheme() != Scheme::Https {
        return Err(Failure::wrong(
            "session.cookie",
            format!("the cookie {SESSION} is Secure, and browsers do not keep it without https"),
        ));
    }
    // One without a value takes the cookie away, which is not held to its attributes.
    let right = cookie.value().is_empty()
        || cookie.http_only() == Some(true)
            && cookie.same_site() == Some(SameSite::Lax)
            && cookie.path() == Some("/");
    match right {
        true => Ok(()),
        false => Err(Failure::wrong(
            "session.cookie",
            format!("the cookie {SESSION} is not HttpOnly; SameSite=Lax; Path=/"),
        )),
    }
}
