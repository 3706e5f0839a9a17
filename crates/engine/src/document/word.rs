//! Names of elements, attributes and classes as numbers.

use super::bytes::window;

/// A word as far as one number can hold it: its length and its first bytes.
/// Two short words are the same when their keys are; long ones have to be
/// compared as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

impl Key {
    /// Words up to this length are told apart by their keys.
    pub(super) const EXACT: usize = 7;
    /// Words are not longer than this.
    pub(super) const LONGEST: usize = 100;
    /// The key of no word.
    pub(super) const NONE: Key = Key(0);
    /// The key of no word either: it stands for several.
    pub(super) const SEVERAL: Key = Key(u64::MAX);

    /// The key of a word, none for one that is empty or too long.
    pub(super) const fn of(word: &str) -> Key {
        let mut window = 0;
        let mut at = word.len();
        if at == 0 || at > Key::LONGEST {
            return Key::NONE;
        }
        while at > 0 {
            at -= 1;
            window = window << 8 | word.as_bytes()[at] as u64;
        }
        Key::beginning(window, word.len())
    }

    /// The key of the word that the first `length` bytes of `text` are.
    #[inline]
    pub(super) fn at_start(text: &[u8], length: usize) -> Key {
        Key::beginning(window(text), length)
    }

    /// Whether the key alone tells the word.
    pub(super) fn is_exact(self) -> bool {
        self.length() <= Key::EXACT
    }

    /// The word's length in bytes.
    #[inline]
    pub(super) const fn length(self) -> usize {
        (self.0 & 0xFF) as usize
    }

    /// A number that differs for most keys.
    pub(super) const fn hash(self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    /// The key of the word that the first bytes of a window are; the first byte
    /// is the lowest one.
    #[inline(always)]
    pub(super) const fn beginning(window: u64, length: usize) -> Key {
        Key((window & HELD[length % HELD.len()]) << 8 | length as u64)
    }
}

/// The bits of a window that belong to a word, by its length.
static HELD: [u64; 128] = {
    let mut held = [0; 128];
    let mut length = 1;
    while length < 128 {
        held[length] = match length < Key::EXACT {
            true => (1 << (8 * length)) - 1,
            false => (1 << (8 * Key::EXACT)) - 1,
        };
        length += 1;
    }
    held
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_short_words_apart() {
        for word in ["a", "b", "li", "il", "ab", "article", "section", "data-id"] {
            let text = format!("{word}>x and more");
            assert_eq!(Key::at_start(text.as_bytes(), word.len()), Key::of(word));
            assert_eq!(Key::of(word).length(), word.len());
            assert!(Key::of(word).is_exact());
            for other in ["", "abc", "sections", "data-ie"] {
                assert_ne!(Key::of(word), Key::of(other));
            }
        }
        assert!(!Key::of("textarea").is_exact());
        assert_eq!(Key::of(&"x".repeat(101)), Key::NONE);
    }
}
