//! What a viewer may not see looks like what is not there.

use http::StatusCode;
use isutori_engine::failure::Failure;

use super::{addresses::MISSING_ENTRY, cast::Cast, walk::Written};
use crate::{actions::form::Form, guest::Guest};

/// Entries of the author that others may not see, read and commented on.
pub(super) async fn hide_entries(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let (friends, private) = (written.friends, written.private);
    for (guest, all_hidden) in [
        (&mut cast.friend, [private].as_slice()),
        (&mut cast.stranger, &[friends, private]),
        (&mut cast.anonymous, &[friends, private]),
    ] {
        let missing = guest.denial_of_entry(MISSING_ENTRY).await?;
        for hidden in all_hidden {
            let denied = guest.denial_of_entry(*hidden).await?;
            expect_alike((*hidden, &denied), &missing)?;
        }
    }
    for (guest, hidden) in [(&mut cast.friend, private), (&mut cast.stranger, friends)] {
        for body in ["fine", ""] {
            let missing = denial_of_comment(guest, MISSING_ENTRY, body).await?;
            let denied = denial_of_comment(guest, hidden, body).await?;
            expect_alike((hidden, &denied), &missing)?;
        }
    }
    Ok(())
}

/// The newcomer, who sees nothing of the author's but what is refused.
pub(super) async fn leave_no_footprint(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    for hidden in [written.friends, written.private] {
        cast.newcomer.be_denied_entry(hidden).await?;
    }
    Ok(())
}

async fn denial_of_comment(guest: &mut Guest, entry: u64, body: &str) -> Result<String, Failure> {
    let form = Form::comment(entry, body, &guest.csrf());
    guest
        .refusal_of(form.endpoint, &form.request(), StatusCode::NOT_FOUND)
        .await
}

/// The two sentences are the same, but that each may name the id that was asked for.
pub(super) fn expect_alike((hidden, denied): (u64, &str), missing: &str) -> Result<(), Failure> {
    let denied = denied.replace(&hidden.to_string(), "");
    let missing = missing.replace(&MISSING_ENTRY.to_string(), "");
    match denied == missing {
        true => Ok(()),
        false => Err(Failure::wrong(
            "error.revealing",
            format!(
                "what may not be seen is refused with {denied:?}, what is not there with {missing:?}"
            ),
        )),
    }
}
