//! What was said about entries.

use std::collections::HashSet;

use isutori_dataset::{Comment, Dataset};

use super::{Entries, Table, index::Index};

/// All comments, found by id, by entry, or by whom they are for.
#[derive(Clone)]
pub(crate) struct Comments {
    rows: Table<Comment>,
    by_entry: Index<u64>,
    /// On a person's entries, by others.
    for_person: Index<u64>,
    /// By whom comments are not shown.
    hidden: HashSet<u64>,
}

impl Comments {
    pub(super) fn new(dataset: &Dataset, entries: &Entries) -> Self {
        let rows: Table<Comment> = dataset.comments().collect();
        let counts = dataset.counts();
        let all = || (1..=counts.comments).filter_map(|id| rows.get(id));
        let by_entry = all().map(|comment| (comment.entry_id, comment.id));
        let for_person = all().filter_map(|comment| {
            let author = entries.get(comment.entry_id)?.person_id;
            (author != comment.person_id).then_some((author, comment.id))
        });
        Comments {
            by_entry: Index::new(counts.entries, by_entry),
            for_person: Index::new(counts.people, for_person),
            hidden: HashSet::new(),
            rows,
        }
    }

    /// The id that the next comment gets.
    pub(crate) fn next_id(&self) -> u64 {
        self.rows.next_id()
    }

    /// Leaves ids out, so that the next one is this, at least.
    pub(crate) fn count_on_from(&mut self, id: u64) {
        self.rows.count_on_from(id);
    }

    /// Adds a comment, which has the next id, on an entry by `author`.
    pub(crate) fn add(&mut self, comment: Comment, author: u64) {
        self.by_entry.push(comment.entry_id, comment.id);
        if author != comment.person_id {
            self.for_person.push(author, comment.id);
        }
        self.rows.push(comment);
    }

    /// Takes away what somebody has said.
    pub(crate) fn hide(&mut self, author: u64) {
        self.hidden.insert(author);
    }

    fn is_shown(&self, comment: &Comment) -> bool {
        self.hidden.is_empty() || !self.hidden.contains(&comment.person_id)
    }

    /// All comments, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Comment> {
        self.rows.newest().filter(|comment| self.is_shown(comment))
    }

    /// The comments on an entry, oldest first.
    pub(crate) fn on(&self, entry: u64) -> impl Iterator<Item = &Comment> {
        let ids = self.by_entry.oldest(entry);
        ids.filter_map(|id| self.rows.get(*id))
            .filter(|comment| self.is_shown(comment))
    }

    /// How many comments an entry has.
    pub(crate) fn count(&self, entry: u64) -> usize {
        match self.hidden.is_empty() {
            true => self.by_entry.count(entry),
            false => self.on(entry).count(),
        }
    }

    /// How many comments an entry ever had.
    pub(crate) fn count_ever(&self, entry: u64) -> usize {
        self.by_entry.count(entry)
    }

    /// The comments by others on a person's entries, newest first.
    pub(crate) fn for_person(&self, person: u64) -> impl Iterator<Item = &Comment> {
        let ids = self.for_person.newest(person);
        ids.filter_map(|id| self.rows.get(*id))
            .filter(|comment| self.is_shown(comment))
    }

    /// How many of them belong to the initial data.
    pub(crate) fn initial_count(&self, entry: u64) -> usize {
        self.by_entry.initial_count(entry)
    }
}
