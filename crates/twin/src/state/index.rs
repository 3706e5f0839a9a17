//! What belongs to a row.

use std::{collections::HashMap, sync::Arc};

/// For each id of a table, values in the order of time: the initial ones are shared, fresh ones
/// follow.
#[derive(Clone)]
pub(crate) struct Index<T> {
    initial: Arc<[Vec<T>]>,
    fresh: HashMap<u64, Vec<T>>,
}

impl<T> Index<T> {
    /// The initial values, each with the id that it belongs to; ids go from 1 to `ids`.
    pub(crate) fn new(ids: u64, values: impl Iterator<Item = (u64, T)>) -> Self {
        let mut initial: Vec<Vec<T>> = (0..ids).map(|_| Vec::new()).collect();
        for (id, value) in values {
            initial[id as usize - 1].push(value);
        }
        initial.iter_mut().for_each(Vec::shrink_to_fit);
        Index {
            initial: initial.into(),
            fresh: HashMap::new(),
        }
    }

    /// Adds the newest value of an id.
    pub(crate) fn push(&mut self, id: u64, value: T) {
        self.fresh.entry(id).or_default().push(value);
    }

    /// The values of an id, newest first.
    pub(crate) fn newest(&self, id: u64) -> impl Iterator<Item = &T> {
        let (initial, fresh) = self.parts(id);
        fresh.iter().rev().chain(initial.iter().rev())
    }

    /// The values of an id, oldest first.
    pub(crate) fn oldest(&self, id: u64) -> impl Iterator<Item = &T> {
        let (initial, fresh) = self.parts(id);
        initial.iter().chain(fresh)
    }

    /// How many values an id has.
    pub(crate) fn count(&self, id: u64) -> usize {
        let (initial, fresh) = self.parts(id);
        initial.len() + fresh.len()
    }

    /// How many of them are initial.
    pub(crate) fn initial_count(&self, id: u64) -> usize {
        self.parts(id).0.len()
    }

    fn parts(&self, id: u64) -> (&[T], &[T]) {
        let initial = self.initial.get(id as usize - 1).map(Vec::as_slice);
        let fresh = self.fresh.get(&id).map(Vec::as_slice);
        (initial.unwrap_or_default(), fresh.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_values_are_newer_than_initial_ones() {
        let mut index = Index::new(2, [(1, 'a'), (2, 'x'), (1, 'b')].into_iter());
        index.push(1, 'c');
        index.push(3, 'y');

        assert_eq!(index.newest(1).collect::<String>(), "cba");
        assert_eq!(index.oldest(1).collect::<String>(), "abc");
        assert_eq!(index.oldest(3).collect::<String>(), "y");
        assert_eq!((index.count(1), index.count(2), index.count(9)), (3, 1, 0));
    }
}
