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
        let time = self.moment_of(Break::FootprintsAnHourAgo);
        let footprint = Footprint { visitor, time };
        match () {
            () if self.breaks(Break::EveryFootprint) => self.state.footprints.add(owner, footprint),
            () if self.breaks(Break::FirstVisits) => {
                self.state.footprints.leave_first(owner, footprint);
            }
            () => self.state.footprints.leave(owner, footprint),
        }
    }
}
