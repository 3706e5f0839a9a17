//! Rows by their ids.

use std::sync::Arc;

/// Rows whose ids count from 1: the initial ones are shared, fresh ones follow.
#[derive(Clone)]
pub(crate) struct Table<T> {
    initial: Arc<[T]>,
    /// How many ids between the initial and the fresh rows nobody has.
    skipped: usize,
    fresh: Vec<T>,
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Table {
            initial: rows.into_iter().collect(),
            skipped: 0,
            fresh: Vec::new(),
        }
    }
}

impl<T> Table<T> {
    /// The row with this id.
    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        let place = usize::try_from(id).ok()?.checked_sub(1)?;
        match place.checked_sub(self.initial.len()) {
            None => self.initial.get(place),
            Some(place) => self.fresh.get(place.checked_sub(self.skipped)?),
        }
    }

    /// The id of the row that equals this one, in a table whose rows are in their order.
    pub(crate) fn rank(&self, row: &T) -> Option<u64>
    where
        T: Ord,
    {
        let initial = self.initial.binary_search(row).ok();
        let fresh = || {
            let place = self.fresh.binary_search(row).ok()?;
            Some(self.initial.len() + self.skipped + place)
        };
        let place = initial.or_else(fresh)?;
        Some(place as u64 + 1)
    }

    /// How many rows there are, which is the last id unless some were left out.
    pub(crate) fn len(&self) -> u64 {
        (self.initial.len() + self.fresh.len()) as u64
    }

    /// The id that the next row gets.
    pub(crate) fn next_id(&self) -> u64 {
        self.len() + self.skipped as u64 + 1
    }

    /// Leaves ids out, so that the next one is this, at least. There are no fresh rows yet.
    pub(crate) fn count_on_from(&mut self, id: u64) {
        self.skipped = id.saturating_sub(self.len() + 1) as usize;
    }

    /// Adds the row with the next id.
    pub(crate) fn push(&mut self, row: T) {
        self.fresh.push(row);
    }

    /// All rows, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &T> {
        self.fresh.iter().rev().chain(self.initial.iter().rev())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_can_be_left_out() {
        let mut table: Table<&str> = ["a", "b"].into_iter().collect();
        table.count_on_from(9);
        table.push("c");

        assert_eq!((table.get(2), table.get(3)), (Some(&"b"), None));
        assert_eq!((table.get(9), table.next_id()), (Some(&"c"), 10));
    }

    #[test]
    fn ids_count_on_from_the_initial_rows() {
        let mut table: Table<&str> = ["a", "b"].into_iter().collect();
        let initial = table.clone();
        table.push("c");

        assert_eq!((table.get(2), table.get(3)), (Some(&"b"), Some(&"c")));
        assert_eq!((table.get(0), table.get(4)), (None, None));
        assert_eq!(table.newest().copied().collect::<String>(), "cba");
        assert_eq!((table.next_id(), initial.next_id()), (4, 3));
    }
}
