//! Writes as intervals, and what a list may or must hold.

use std::{cmp::Ordering, time::Duration};

use tokio::time::Instant;

use super::PersonKey;

/// How long an acknowledged write may stay invisible to others.
pub const GRACE: Duration = Duration::from_secs(1);

/// Whether something is so, as far as anybody can know at a given view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is not so.
    No,
    /// Both answers are right at the moment.
    Maybe,
    /// It is so.
    Yes,
}

impl Certainty {
    /// True or false without doubt.
    pub fn known(truth: bool) -> Self {
        if truth { Certainty::Yes } else { Certainty::No }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Certainty) -> Certainty {
        self.min(other)
    }

    /// Whether an answer that says `shown` is right.
    pub fn allows(self, shown: bool) -> bool {
        match self {
            Certainty::Yes => shown,
            Certainty::No => !shown,
            Certainty::Maybe => true,
        }
    }
}

/// Who looked, and between which moments the answer was made.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The logged-in person, if any.
    pub viewer: Option<PersonKey>,
    /// When the request was sent.
    pub sent: Instant,
    /// When the answer was complete.
    pub finished: Instant,
    /// Whether there was no request: a browser showed what it had kept.
    pub kept: bool,
}

impl View {
    /// An answer that came right now, had there been one.
    pub(crate) fn now(viewer: Option<PersonKey>) -> Self {
        let now = Instant::now();
        View {
            viewer,
            sent: now,
            finished: now,
            kept: false,
        }
    }
}

/// Something that was sent to the site to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// Who wrote it.
    pub by: PersonKey,
    /// When the request was sent.
    pub sent: Instant,
    /// When the site acknowledged it; never, if the answer was lost.
    pub acknowledged: Option<Instant>,
}

impl Write {
    /// A write that is being sent.
    pub fn begin(by: PersonKey, sent: Instant) -> Self {
        Write {
            by,
            sent,
            acknowledged: None,
        }
    }

    /// Whether a view shows it.
    pub fn seen(&self, view: &View) -> Certainty {
        let grace = if view.viewer == Some(self.by) {
            Duration::ZERO
        } else {
            GRACE
        };
        match self.acknowledged {
            _ if self.sent > view.finished => Certainty::No,
            Some(acknowledged) if acknowledged + grace <= view.sent => Certainty::Yes,
            _ => Certainty::Maybe,
        }
    }
}

/// When something was made, as far as it can be compared.
#[derive(Clone, Copy, Debug)]
pub enum Age {
    /// Initial data: older than anything fresh, and ordered by id.
    Initial(u64),
    /// Made during the run.
    Fresh(Write),
}

impl Age {
    /// Newer or older, where that is certain.
    pub fn certainly_cmp(self, other: Age) -> Option<Ordering> {
        let before = |a: &Write, b: &Write| a.acknowledged.is_some_and(|end| end < b.sent);
        match (self, other) {
            (Age::Initial(a), Age::Initial(b)) => Some(a.cmp(&b)),
            (Age::Initial(_), Age::Fresh(_)) => Some(Ordering::Less),
            (Age::Fresh(_), Age::Initial(_)) => Some(Ordering::Greater),
            (Age::Fresh(a), Age::Fresh(b)) if before(&a, &b) => Some(Ordering::Less),
            (Age::Fresh(a), Age::Fresh(b)) if before(&b, &a) => Some(Ordering::Greater),
            _ => None,
        }
    }
}

/// Something that belongs into a list.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its id on the site; unknown until it was acknowledged or seen.
    pub id: Option<u64>,
    /// When it was made.
    pub age: Age,
    /// Whether it belongs there without doubt.
    pub certainty: Certainty,
    /// Whether it must be shown even by a list that stops early.
    pub in_window: bool,
    /// Whether it may be taken away at this very moment, so that its place may be left empty.
    pub leaving: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITER: PersonKey = PersonKey(1);

    fn view(viewer: u64, sent: Instant) -> View {
        View {
            viewer: Some(PersonKey(viewer)),
            sent,
            finished: sent + Duration::from_millis(100),
            kept: false,
        }
    }

    #[test]
    fn a_write_may_be_seen_when_sent_and_must_be_seen_after_the_grace_period() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let write = Write {
            by: WRITER,
            sent: ms(1000),
            acknowledged: Some(ms(1200)),
        };
        assert_eq!(write.seen(&view(2, ms(800))), Certainty::No);
        assert_eq!(write.seen(&view(2, ms(950))), Certainty::Maybe);
        assert_eq!(write.seen(&view(2, ms(2100))), Certainty::Maybe);
        assert_eq!(write.seen(&view(2, ms(2200))), Certainty::Yes);
        assert_eq!(write.seen(&view(1, ms(1200))), Certainty::Yes);
        let lost = Write {
            acknowledged: None,
            ..write
        };
        assert_eq!(lost.seen(&view(1, ms(9000))), Certainty::Maybe);
    }

    #[test]
    fn only_writes_that_do_not_overlap_are_ordered() {
        let start = Instant::now();
        let write = |from, to| {
            Age::Fresh(Write {
                by: WRITER,
                sent: start + Duration::from_millis(from),
                acknowledged: Some(start + Duration::from_millis(to)),
            })
        };
        assert_eq!(
            write(0, 10).certainly_cmp(write(20, 30)),
            Some(Ordering::Less)
        );
        assert_eq!(write(0, 25).certainly_cmp(write(20, 30)), None);
        assert_eq!(
            write(0, 10).certainly_cmp(Age::Initial(5)),
            Some(Ordering::Greater)
        );
    }
}
