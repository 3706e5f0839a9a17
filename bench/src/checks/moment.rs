//! Times that the application sets when a row is written.

use isutori_engine::failure::Failure;
use tokio::time::Instant;

use crate::model::{Age, Look, clock::TOLERANCE};

/// The time of what was written during the run lies between its sending and its acknowledgement.
///
/// # Errors
/// `code`, class wrong.
pub(super) fn check_write_time(
    look: &Look<'_>,
    code: &str,
    what: &str,
    age: Age,
    shown: i64,
) -> Result<(), Failure> {
    match age {
        Age::Fresh(write) => match write.acknowledged {
            Some(end) => check_moment(look, code, what, (write.sent, end), shown),
            None => Ok(()),
        },
        Age::Initial(_) => Ok(()),
    }
}

/// A time lies between two moments, by the site's own clock.
///
/// # Errors
/// `code`, class wrong.
pub(super) fn check_moment(
    look: &Look<'_>,
    code: &str,
    what: &str,
    (from, to): (Instant, Instant),
    shown: i64,
) -> Result<(), Failure> {
    let deviation = look.deviation(from, to, shown);
    if deviation == 0 {
        return Ok(());
    }
    let direction = if deviation < 0 { "early" } else { "late" };
    let (by, tolerance) = (deviation.unsigned_abs(), TOLERANCE.as_secs());
    Err(Failure::wrong(
        code,
        format!(
            "the time of {what} is {by} ms too {direction} by the site's own clock, \
             with {tolerance} s of tolerance"
        ),
    ))
}
