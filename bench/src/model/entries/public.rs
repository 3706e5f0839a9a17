//! How many public entries there are, without looking at each of thousands every time.

use std::time::Duration;

use isutori_dataset::Visibility;
use tokio::time::Instant;

use super::{Entries, Fresh};
use crate::model::{GRACE, PersonKey, View};

/// The fresh public entries, to be counted.
#[derive(Default)]
pub(super) struct Public {
    /// So many were acknowledged so long ago that every view shows them.
    settled: u64,
    /// To views that began since then.
    since: Option<Instant>,
    /// All others.
    open: Vec<usize>,
}

/// No view is older when it is judged: an answer takes at most ten seconds.
const OLDEST_VIEW: Duration = Duration::from_secs(15);

impl Entries {
    /// One more public entry is sent.
    pub(super) fn count_public(&mut self, index: usize, sent: Instant) {
        self.settle(sent);
        self.public.open.push(index);
    }

    /// What every view shows needs no look any more.
    fn settle(&mut self, now: Instant) {
        let Public {
            settled,
            since,
            open,
        } = &mut self.public;
        open.retain(|index| {
            let fresh = &self.fresh[*index];
            match fresh.write.acknowledged {
                Some(acknowledged)
                    if acknowledged + GRACE + OLDEST_VIEW <= now && !fresh.contested =>
                {
                    *settled += 1;
                    *since = (*since).max(Some(acknowledged + GRACE));
                    false
                }
                _ => true,
            }
        });
    }

    /// The entry of that id may be taken away.
    pub(in crate::model) fn contest(&mut self, id: u64) {
        if let Some(index) = self.by_id.get(&id) {
            self.contest_one(*index);
        }
    }

    /// All entries of that author may be taken away.
    pub(in crate::model) fn contest_all_of(&mut self, author: PersonKey) {
        for index in self.by_author.get(&author).cloned().unwrap_or_default() {
            self.contest_one(index);
        }
    }

    fn contest_one(&mut self, index: usize) {
        let fresh = &mut self.fresh[index];
        fresh.contested = true;
        let Public { settled, open, .. } = &mut self.public;
        if fresh.draft.visibility == Visibility::Public && !open.contains(&index) {
            *settled -= 1;
            open.push(index);
        }
    }

    /// How many public entries need no look by this view, and those that do.
    pub(super) fn public_for(&self, view: &View) -> (u64, impl Iterator<Item = &Fresh>) {
        let Public {
            settled,
            since,
            open,
        } = &self.public;
        let is_settled = *since <= Some(view.sent);
        let (counted, open, rest) = match is_settled {
            true => (*settled, open.as_slice(), &[][..]),
            false => (0, &[][..], self.fresh.as_slice()),
        };
        let open = open.iter().map(|index| &self.fresh[*index]);
        let is_public = |fresh: &&Fresh| fresh.draft.visibility == Visibility::Public;
        (counted, open.chain(rest.iter().filter(is_public)))
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::{Dataset, Size};
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{Model, entries::EntryDraft},
    };

    const AUTHOR: PersonKey = PersonKey(1);

    #[tokio::test(start_paused = true)]
    async fn entries_are_counted_alike_however_long_ago_they_were_written() {
        let model = Model::new(Dataset::new(1, Size::Small), Ledger::none());
        let first = model.dataset().counts().entries + 1;
        let write = |id| {
            let mut look = model.look();
            let draft = EntryDraft {
                title: "new".to_owned(),
                body: "body".to_owned(),
                visibility: Visibility::Public,
                photo: None,
            };
            let ticket = look.begin_entry(AUTHOR, draft);
            assert!(look.acknowledge_entry(ticket, id));
        };
        let count = |view: &View| model.look().fresh_public_count(view);
        let early = View::now(None);
        for id in first..first + 3 {
            advance(OLDEST_VIEW).await;
            write(id);
        }
        let between = View::now(None);
        advance(2 * OLDEST_VIEW).await;
        write(first + 3);
        assert_eq!(count(&View::now(None)), (3, 4));
        assert_eq!((count(&between), count(&early)), ((2, 3), (0, 0)));

        model.look().begin_removal(first);
        assert_eq!(count(&View::now(None)), (2, 4));
        model.look().acknowledge_removal(first);
        model.look().begin_ban(AUTHOR);
        assert_eq!(count(&View::now(None)), (0, 3));
        write(first + 4);
        model.look().acknowledge_ban(AUTHOR);
        advance(2 * OLDEST_VIEW).await;
        write(first + 5);
        assert_eq!(count(&View::now(None)), (0, 0));
    }
}
