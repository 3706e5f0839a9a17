//! Who looked at whom during the run.

use std::collections::HashMap;

use tokio::time::Instant;

use super::{Certainty, Look, PersonKey, View, Write};

/// The first visit of each visitor at each owner. Later ones change only the
/// time that is shown.
#[derive(Default)]
pub(super) struct Footprints {
    at: HashMap<PersonKey, HashMap<PersonKey, Write>>,
}

impl Look<'_> {
    /// A visitor is about to look at something of the owner's.
    pub fn begin_footprint(&mut self, visitor: PersonKey, owner: PersonKey) {
        if visitor != owner {
            let visits = self.state.footprints.at.entry(owner).or_default();
            visits
                .entry(visitor)
                .or_insert_with(|| Write::begin(visitor));
        }
    }

    /// The visitor was shown it.
    pub fn acknowledge_footprint(&mut self, visitor: PersonKey, owner: PersonKey) {
        let visits = self.state.footprints.at.get_mut(&owner);
        if let Some(write) = visits.and_then(|visits| visits.get_mut(&visitor)) {
            write.acknowledged.get_or_insert_with(Instant::now);
        }
    }

    /// Everybody who has or may have left a footprint since the beginning.
    pub fn fresh_visitors(&self, owner: PersonKey, view: &View) -> Vec<(PersonKey, Certainty)> {
        let visits = self.state.footprints.at.get(&owner).into_iter().flatten();
        visits
            .map(|(visitor, write)| (*visitor, write.seen(view)))
            .filter(|(_, certainty)| *certainty != Certainty::No)
            .collect()
    }
}
