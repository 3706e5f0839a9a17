//! Footprints.

use std::fmt;

use http::StatusCode;

use super::Visit;
use crate::{Break, answer::Answer, refusal::Refusal, state::Footprint};

/// How many footprints their own page shows.
const ALL: usize = 50;

impl Visit<'_> {
    /// `GET /footprints`
    pub(super) fn list_footprints(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let footprints = self.footprint_list(me, ALL);
        let main = fmt::from_fn(|f| {
            write!(
                f,
                r#"<main><section id="footprints"><h1>Footprints</h1><ul>
{footprints}</ul></section></main>"#
            )
        });
        Ok(self.page(StatusCode::OK, "Footprints", main))
    }

    /// The viewer was shown something of the owner's.
    pub(super) fn leave_footprint(&mut self, owner: u64) {
        let Some(visitor) = self.viewer() else { return };
        let is_own = visitor == owner && !self.breaks(Break::OwnFootprints);
        if is_own || self.breaks(Break::ForgetFootprints) {
            return;
        }
        let time = self.state.now();
        let every = self.breaks(Break::EveryFootprint);
        let footprint = Footprint { visitor, time };
        self.state.footprints.leave(owner, footprint, every);
    }
}
