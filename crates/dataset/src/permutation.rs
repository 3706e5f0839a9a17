//! A keyed permutation of `0..n` that can be walked in both directions without a table.
//!
//! It is a Feistel network over the rectangle `rows × columns`, just large enough to hold `n`
//! cells; the few numbers that land outside `0..n` walk on until they come back in.

use crate::draws::{Draws, mix, scale};

/// Enough rounds that neighbours in the input are strangers in the output.
const ROUNDS: usize = 6;

/// A bijection of `0..len` onto itself.
#[derive(Debug, Clone)]
pub(crate) struct Permutation {
    len: u64,
    rows: u64,
    columns: u64,
    keys: [u64; ROUNDS],
}

impl Permutation {
    /// The permutation of `0..len` whose keys come from `draws`.
    pub(crate) fn new(len: u64, mut draws: Draws) -> Permutation {
        let rows = len.isqrt().max(1);
        Permutation {
            len,
            rows,
            columns: len.div_ceil(rows).max(1),
            keys: std::array::from_fn(|_| draws.next_u64()),
        }
    }

    /// Where `index` goes; `index` must be below the length.
    pub(crate) fn apply(&self, index: u64) -> u64 {
        debug_assert!(index < self.len);
        let mut cell = self.scramble(index);
        while cell >= self.len {
            cell = self.scramble(cell);
        }
        cell
    }

    /// Where `index` came from: the inverse of [`Permutation::apply`].
    pub(crate) fn invert(&self, index: u64) -> u64 {
        debug_assert!(index < self.len);
        let mut cell = self.unscramble(index);
        while cell >= self.len {
            cell = self.unscramble(cell);
        }
        cell
    }

    fn scramble(&self, cell: u64) -> u64 {
        let (mut row, mut column) = (cell / self.columns, cell % self.columns);
        for pair in self.keys.chunks_exact(2) {
            row = add(row, scale(mix(column ^ pair[0]), self.rows), self.rows);
            column = add(
                column,
                scale(mix(row ^ pair[1]), self.columns),
                self.columns,
            );
        }
        row * self.columns + column
    }

    fn unscramble(&self, cell: u64) -> u64 {
        let (mut row, mut column) = (cell / self.columns, cell % self.columns);
        for pair in self.keys.chunks_exact(2).rev() {
            let shift = scale(mix(row ^ pair[1]), self.columns);
            column = add(column, self.columns - shift, self.columns);
            let shift = scale(mix(column ^ pair[0]), self.rows);
            row = add(row, self.rows - shift, self.rows);
        }
        row * self.columns + column
    }
}

/// `(value + shift) mod modulus` for `value < modulus` and `shift <= modulus`.
fn add(value: u64, shift: u64, modulus: u64) -> u64 {
    let sum = value + shift;
    if sum >= modulus { sum - modulus } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_bijection_for_every_small_length() {
        for len in 1..=300 {
            let permutation = Permutation::new(len, Draws::new(len, 1, 1));
            let mut seen = vec![false; len as usize];
            for index in 0..len {
                let image = permutation.apply(index);
                assert!(!std::mem::replace(&mut seen[image as usize], true));
                assert_eq!(permutation.invert(image), index);
            }
        }
    }

    #[test]
    fn neighbours_become_strangers() {
        let len = 10_000;
        let permutation = Permutation::new(len, Draws::new(1, 1, 1));
        let close = (1..len)
            .filter(|&index| {
                permutation
                    .apply(index)
                    .abs_diff(permutation.apply(index - 1))
                    < 100
            })
            .count();
        assert!(
            close < 400,
            "{close} of {len} neighbours stayed close together"
        );
    }
}
