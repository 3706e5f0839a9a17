//! Looking at sixteen bytes of a page at once. What is looked for is mostly that
//! near, and comparing a block of bytes costs as much as comparing one.

use memchr::memchr2;
use wide::u8x16;

/// So many bytes are near; what is farther away is left to a search that is
/// good at long ways.
const NEAR: usize = 4 * Block::LENGTH;

/// Sixteen bytes, with zeros behind the end of a page; no page holds a zero.
#[derive(Clone, Copy)]
pub(super) struct Block(u8x16);

/// A bit for each byte of a block that is meant, the first one lowest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u32);

impl Block {
    pub(super) const LENGTH: usize = 16;

    /// The first bytes of `bytes`.
    #[inline(always)]
    pub(super) fn of(bytes: &[u8]) -> Block {
        match bytes.first_chunk() {
            Some(chunk) => Block(u8x16::new(*chunk)),
            None => Block::last(bytes),
        }
    }

    /// The same for fewer bytes: apart, so that the quick way stays short.
    #[cold]
    fn last(bytes: &[u8]) -> Block {
        let mut padded = [0; Block::LENGTH];
        padded[..bytes.len()].copy_from_slice(bytes);
        Block(u8x16::new(padded))
    }

    /// The bytes that are `wanted`.
    #[inline(always)]
    pub(super) fn marks(self, wanted: u8) -> Marks {
        Marks(self.0.simd_eq(u8x16::splat(wanted)).to_bitmask())
    }

    /// The bytes that are white space or controls.
    #[inline(always)]
    pub(super) fn marks_blank(self) -> Marks {
        let blank = self.0.min(u8x16::splat(b' ')).simd_eq(self.0);
        Marks(blank.to_bitmask())
    }

    /// The bytes that are one of two.
    #[inline(always)]
    pub(super) fn marks_either(self, one: u8, other: u8) -> Marks {
        let is_one = self.0.simd_eq(u8x16::splat(one));
        let is_other = self.0.simd_eq(u8x16::splat(other));
        Marks((is_one | is_other).to_bitmask())
    }

    /// The bytes that are not part of a name: `a-z`, `0-9`, `:`, `-` and `_` are.
    #[inline(always)]
    pub(super) fn marks_outside_name(self) -> Marks {
        let is_between = |low: u8, high: u8| {
            let above = self.0 - u8x16::splat(low);
            above.min(u8x16::splat(high - low)).simd_eq(above)
        };
        let is_letter = is_between(b'a', b'z');
        // The colon follows the digits.
        let is_digit_or_colon = is_between(b'0', b':');
        let is_dash = self.0.simd_eq(u8x16::splat(b'-')) | self.0.simd_eq(u8x16::splat(b'_'));
        let is_part = is_letter | is_digit_or_colon | is_dash;
        Marks(!is_part.to_bitmask() & 0xFFFF)
    }
}

impl Marks {
    /// The place of the first one.
    #[inline(always)]
    pub(super) fn first(self) -> Option<usize> {
        (self.0 != 0).then_some(self.0.trailing_zeros() as usize)
    }

    /// The others.
    #[inline(always)]
    pub(super) fn without_first(self) -> Marks {
        Marks(self.0 & self.0.wrapping_sub(1))
    }
}

/// Up to sixteen bytes that a text may begin with.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    bytes: [u8; Block::LENGTH],
    length: usize,
}

impl Prefix {
    /// Made by the compiler only, which sees when one is too long.
    pub(super) const fn of(text: &str) -> Prefix {
        let bytes = [0; Block::LENGTH];
        Prefix { bytes, length: 0 }.then(text)
    }

    /// A longer one.
    pub(super) const fn then(mut self, more: &str) -> Prefix {
        let mut at = 0;
        while at < more.len() {
            self.bytes[self.length] = more.as_bytes()[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    /// How many bytes it takes, if `text` begins with it.
    #[inline(always)]
    pub(super) fn length_at_start(&self, text: &[u8]) -> Option<usize> {
        let same = Block::of(text).0.simd_eq(u8x16::new(self.bytes));
        let same = same.to_bitmask().trailing_ones() as usize;
        (same >= self.length).then_some(self.length)
    }
}

/// The next 8 bytes as a number, the first one lowest; zeros behind the end.
#[inline(always)]
pub(super) fn window(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => last_window(bytes),
    }
}

/// The same for fewer than 8 bytes.
#[cold]
fn last_window(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |window, byte| window << 8 | u64::from(*byte))
}

/// How many letters a window begins with, or signs whose codes are near theirs.
#[inline(always)]
pub(super) fn letters(window: u64) -> usize {
    const MARK: u64 = u64::MAX / 0xFF * 0x40;
    (!window & MARK).trailing_zeros() as usize / 8
}

/// How many bytes of a name `bytes` begins with.
#[inline(always)]
pub(super) fn name_length(bytes: &[u8]) -> usize {
    match Block::of(bytes).marks_outside_name().first() {
        Some(length) => length,
        None => long_name_length(bytes),
    }
}

#[cold]
fn long_name_length(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks(Block::LENGTH).map(Block::of);
    for (block, before) in blocks.zip((0..).step_by(Block::LENGTH)) {
        if let Some(place) = block.marks_outside_name().first() {
            return before + place;
        }
    }
    bytes.len()
}

/// The place of the first byte that is one of two: block by block while it is
/// near.
#[inline(always)]
pub(super) fn find_either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    let mut passed = 0;
    while passed < NEAR {
        let marks = Block::of(&bytes[passed..]).marks_either(one, other);
        if let Some(place) = marks.first() {
            return Some(passed + place);
        }
        passed += Block::LENGTH;
        if passed >= bytes.len() {
            return None;
        }
    }
    memchr2(one, other, &bytes[passed..]).map(|place| passed + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_wherever_it_is() {
        for length in 0..100 {
            let mut bytes = vec![b'='; length];
            assert_eq!(find_either(&bytes, b'<', b'&'), None);
            for place in (0..length).rev() {
                bytes[place] = b'<';
                assert_eq!(find_either(&bytes, b'<', b'&'), Some(place));
                assert_eq!(find_either(&bytes, b'&', b'<'), Some(place));
            }
        }
    }

    #[test]
    fn names_end_where_another_byte_is() {
        let is_part = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b':' | b'-' | b'_');
        for byte in 1..=255 {
            for length in 0..50 {
                let name = vec![b'a'; length];
                assert_eq!(name_length(&name), length);
                let expected = length + usize::from(is_part(byte));
                assert_eq!(name_length(&[&name[..], &[byte]].concat()), expected);
                assert_eq!(name_length(&[&name[..], &[byte, b' ']].concat()), expected);
            }
        }
    }
}
