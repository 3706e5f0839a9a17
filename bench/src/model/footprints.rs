//! Who looked at whom during the run.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use super::{Certainty, Look, PersonKey, View, Write, change::Change};

/// What each visitor did at each owner's.
#[derive(Default)]
pub(super) struct Footprints {
    at: HashMap<PersonKey, HashMap<PersonKey, Visits>>,
}

/// The first visit decides whether there is a footprint, the last ones its time.
struct Visits {
    first: Write,
    last: VecDeque<Write>,
}

/// So many of the last visits are kept. Forgetting more would only demand less.
const KEPT: usize = 4;

/// Somebody who has or may have left a footprint since the beginning.
#[derive(Clone, Copy, Debug)]
pub struct FreshVisitor {
    /// Who came.
    pub visitor: PersonKey,
    /// Whether there must be a footprint.
    pub certainty: Certainty,
    /// When the first visit began.
    pub first: Instant,
    /// When the last visit that must be seen began.
    pub last: Instant,
}

impl Visits {
    fn begin(first: Write) -> Self {
        Visits {
            first,
            last: VecDeque::new(),
        }
    }

    fn come_again(&mut self, visit: Write) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(visit);
    }

    fn acknowledge(&mut self, now: Instant) {
        self.first.acknowledged.get_or_insert(now);
        if let Some(last) = self.last.back_mut() {
            last.acknowledged = Some(now);
        }
    }

    fn seen(&self, view: &View) -> FreshVisitor {
        let mut last = self.last.iter().rev();
        let certain = last.find(|visit| visit.seen(view) == Certainty::Yes);
        FreshVisitor {
            visitor: self.first.by,
            certainty: self.first.seen(view),
            first: self.first.sent,
            last: certain.unwrap_or(&self.first).sent,
        }
    }
}

impl Look<'_> {
    /// A visitor is about to look at something of the owner's.
    pub fn begin_footprint(&mut self, visitor: PersonKey, owner: PersonKey) {
        if visitor != owner {
            let (by, at) = (visitor, owner);
            let visit = Write::begin(visitor, self.note(&Change::VisitSent { by, at }));
            let visits = self.state.footprints.at.entry(owner).or_default();
            visits
                .entry(visitor)
                .or_insert_with(|| Visits::begin(visit))
                .come_again(visit);
        }
    }

    /// The visitor was shown it.
    pub fn acknowledge_footprint(&mut self, visitor: PersonKey, owner: PersonKey) {
        if visitor != owner {
            let (by, at) = (visitor, owner);
            let now = self.note(&Change::VisitAcknowledged { by, at });
            let visits = self.state.footprints.at.get_mut(&owner);
            if let Some(visits) = visits.and_then(|visits| visits.get_mut(&visitor)) {
                visits.acknowledge(now);
            }
        }
    }

    /// Everybody who has or may have left a footprint since the beginning.
    pub fn fresh_visitors(&self, owner: PersonKey, view: &View) -> Vec<FreshVisitor> {
        let visits = self.state.footprints.at.get(&owner).into_iter().flatten();
        visits
            .map(|(_, visits)| visits.seen(view))
            .map(|visitor| FreshVisitor {
                certainty: visitor.certainty.and(self.is_here(visitor.visitor, view)),
                ..visitor
            })
            .filter(|visitor| visitor.certainty != Certainty::No)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::{Dataset, Size};
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{GRACE, Model},
    };

    const OWNER: PersonKey = PersonKey(1);
    const VISITOR: PersonKey = PersonKey(2);

    #[tokio::test(start_paused = true)]
    async fn the_last_visit_counts_once_it_must_be_seen() {
        let model = Model::new(Dataset::new(1, Size::Small), Ledger::none());
        let visit = || {
            model.look().begin_footprint(VISITOR, OWNER);
            model.look().acknowledge_footprint(VISITOR, OWNER);
        };
        let seen = || model.look().fresh_visitors(OWNER, &View::now(Some(OWNER)))[0];
        let first = Instant::now();
        visit();
        advance(5 * GRACE).await;
        let second = Instant::now();
        visit();
        assert_eq!((seen().certainty, seen().last), (Certainty::Yes, first));

        advance(GRACE).await;

        assert_eq!((seen().first, seen().last), (first, second));
    }
}
