//! What stands in the diaries.

use std::collections::BTreeSet;

use isutori_dataset::{Dataset, Entry, Visibility};

use super::{Table, index::Index};

/// All entries, found by id, author or page of the public ones.
#[derive(Clone)]
pub(crate) struct Entries {
    rows: Table<Entry>,
    by_author: Index<u64>,
    public: Table<u64>,
    /// The ids of those that were removed, and the ranks of these among the public ones.
    removed: BTreeSet<u64>,
    removed_ranks: BTreeSet<u64>,
}

impl Entries {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let rows: Table<Entry> = dataset.entries().collect();
        let headers = || (1..=dataset.counts().entries).filter_map(|id| rows.get(id));
        let by_author = headers().map(|entry| (entry.person_id, entry.id));
        let public = headers().filter(|entry| entry.visibility == Visibility::Public);
        Entries {
            by_author: Index::new(dataset.counts().people, by_author),
            public: public.map(|entry| entry.id).collect(),
            removed: BTreeSet::new(),
            removed_ranks: BTreeSet::new(),
            rows,
        }
    }

    /// The entry with this id.
    pub(crate) fn get(&self, id: u64) -> Option<&Entry> {
        self.rows.get(id).filter(|entry| self.is_there(entry))
    }

    /// The entry that ever had this id.
    pub(crate) fn get_ever(&self, id: u64) -> Option<&Entry> {
        self.rows.get(id)
    }

    /// Takes an entry away.
    pub(crate) fn remove(&mut self, id: u64) {
        self.removed.insert(id);
        self.removed_ranks.extend(self.public.rank(&id));
    }

    /// Takes away what is away there.
    pub(crate) fn remove_as(&mut self, other: &Entries) {
        other.removed.iter().for_each(|id| self.remove(*id));
    }

    fn is_there(&self, entry: &Entry) -> bool {
        self.removed.is_empty() || !self.removed.contains(&entry.id)
    }

    /// The id that the next entry gets.
    pub(crate) fn next_id(&self) -> u64 {
        self.rows.next_id()
    }

    /// Leaves ids out, so that the next one is this, at least.
    pub(crate) fn count_on_from(&mut self, id: u64) {
        self.rows.count_on_from(id);
    }

    /// Adds an entry, which has the next id.
    pub(crate) fn add(&mut self, entry: Entry) {
        self.by_author.push(entry.person_id, entry.id);
        if entry.visibility == Visibility::Public {
            self.public.push(entry.id);
        }
        self.rows.push(entry);
    }

    /// All entries, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Entry> {
        self.rows.newest().filter(|entry| self.is_there(entry))
    }

    /// A person's entries, newest first.
    pub(crate) fn by(&self, author: u64) -> impl Iterator<Item = &Entry> {
        self.by_author.newest(author).filter_map(|id| self.get(*id))
    }

    /// How many entries are public.
    pub(crate) fn public_count(&self) -> u64 {
        self.public.len() - self.removed_ranks.len() as u64
    }

    /// How many of the public entries were removed.
    pub(crate) fn removed_public_count(&self) -> u64 {
        self.removed_ranks.len() as u64
    }

    /// Public entries, newest first, without the `skip` newest.
    pub(crate) fn public(&self, skip: u64) -> impl Iterator<Item = &Entry> {
        let mut first = self.public.len().saturating_sub(skip);
        // Of the ranks that are skipped, those of removed entries do not count.
        for removed in self.removed_ranks.iter().rev() {
            if *removed < first {
                break;
            }
            first = first.saturating_sub(1);
        }
        let ranks = (1..=first).rev();
        ranks.filter_map(|rank| self.get(*self.public.get(rank)?))
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;

    use super::*;

    #[test]
    fn pages_do_not_count_what_was_removed() {
        let mut entries = Entries::new(&Dataset::new(1, Size::Small));
        let newest: Vec<u64> = entries.public(0).map(|entry| entry.id).take(60).collect();
        let removed = [newest[0], newest[3], newest[4], newest[5], newest[30]];
        let total = entries.public_count();
        for id in removed {
            entries.remove(id);
            entries.remove(id);
        }

        let left: Vec<u64> = newest
            .iter()
            .copied()
            .filter(|id| !removed.contains(id))
            .collect();
        assert_eq!(entries.public_count(), total - 5);
        for skip in 0..40 {
            let shown = entries.public(skip).map(|entry| entry.id).take(10);
            assert!(
                shown.eq(left[skip as usize..][..10].iter().copied()),
                "{skip}"
            );
        }
    }
}
