//! What every page has: header and static files.

use isutori_engine::failure::Failure;

use super::linked_person;
use crate::{
    model::{Look, View},
    pages::Frame,
};

/// Linked by every page, a query string aside.
const LINKED: [&str; 3] = ["/css/suwaru.css", "/js/suwaru.js", "/img/logo.svg"];

/// The header shows the viewer, or nobody; the static files are linked.
///
/// # Errors
/// `session.other` (critical) when somebody else is logged in, `session.lost`
/// or `page.assets` (wrong).
pub fn check_frame(look: &Look<'_>, frame: &Frame, view: &View) -> Result<(), Failure> {
    match (&frame.me, view.viewer) {
        (None, None) => {}
        (Some(me), Some(viewer)) => {
            if linked_person(look, me, view)? != viewer {
                let (viewer, other) = (look.name(viewer), &me.name);
                return Err(Failure::critical(
                    "session.other",
                    format!("{viewer} is shown as logged in as {other}"),
                ));
            }
        }
        (Some(me), None) => {
            let name = &me.name;
            return Err(Failure::critical(
                "session.other",
                format!("nobody is logged in, but the header shows {name}"),
            ));
        }
        (None, Some(viewer)) => {
            let name = look.name(viewer);
            return Err(Failure::wrong(
                "session.lost",
                format!("{name} is logged in, but the header shows nobody"),
            ));
        }
    }
    if frame.logout_csrf.is_some() != view.viewer.is_some() {
        return Err(Failure::wrong(
            "page.logout",
            "the logout form belongs to those who are logged in, and only to them",
        ));
    }
    for linked in LINKED {
        if !frame
            .assets
            .iter()
            .any(|path| path.split('?').next() == Some(linked))
        {
            return Err(Failure::wrong(
                "page.assets",
                format!("the page does not link {linked}"),
            ));
        }
    }
    Ok(())
}
