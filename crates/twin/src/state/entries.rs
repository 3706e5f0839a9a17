//! What stands in the diaries.

use isutori_dataset::{Dataset, Entry, Visibility};

use super::{Table, index::Index};

/// All entries, found by id, author or page of the public ones.
#[derive(Clone)]
pub(crate) struct Entries {
    rows: Table<Entry>,
    by_author: Index<u64>,
    public: Table<u64>,
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
            rows,
        }
    }

    /// The entry with this id.
    pub(crate) fn get(&self, id: u64) -> Option<&Entry> {
        self.rows.get(id)
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
        self.rows.newest()
    }

    /// A person's entries, newest first.
    pub(crate) fn by(&self, author: u64) -> impl Iterator<Item = &Entry> {
        self.by_author
            .newest(author)
            .filter_map(|id| self.rows.get(*id))
    }

    /// How many entries are public.
    pub(crate) fn public_count(&self) -> u64 {
        self.public.len()
    }

    /// Public entries, newest first, without the `skip` newest.
    pub(crate) fn public(&self, skip: u64) -> impl Iterator<Item = &Entry> {
        let ranks = (1..=self.public.len().saturating_sub(skip)).rev();
        ranks.filter_map(|rank| self.rows.get(*self.public.get(rank)?))
    }
}
