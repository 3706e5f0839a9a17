//! Looking for bytes. What is looked for in a page is mostly a few bytes away:
//! so the first ones are looked at eight at a time, as numbers, which costs
//! less than calling a search that is good at long ways.

use memchr::{memchr, memchr2};

/// So many times eight bytes are near.
const NEAR: usize = 3;

const ONES: u64 = u64::MAX / 0xFF;
const HIGHEST_BITS: u64 = ONES << 7;

/// The next 8 bytes as a number, the first one lowest; zeros behind the end.
#[inline]
pub(super) fn window(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => last_window(bytes),
    }
}

/// The same for fewer than 8 bytes: apart, so that the quick way stays short.
#[cold]
fn last_window(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |window, byte| window << 8 | u64::from(*byte))
}

/// The place of the first byte that is `wanted`, among the first `limit` ones.
#[inline]
pub(super) fn find(bytes: &[u8], wanted: u8, limit: usize) -> Option<usize> {
    let pattern = repeated(wanted);
    let place = match near(bytes, |window| zeros(window ^ pattern)) {
        Some(place) => place,
        None => memchr(wanted, bytes.get(..limit).unwrap_or(bytes))?,
    };
    (place < limit).then_some(place)
}

/// The place of the first byte that is one of two.
#[inline]
pub(super) fn find_either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    let patterns = [repeated(one), repeated(other)];
    near(bytes, |window| {
        zeros(window ^ patterns[0]) | zeros(window ^ patterns[1])
    })
    .or_else(|| memchr2(one, other, bytes))
}

/// The place of the first byte near by that is marked, unless the end is near.
#[inline(always)]
fn near(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let near: &[u8; 8 * NEAR] = bytes.first_chunk()?;
    for (chunk, before) in near.as_chunks().0.iter().zip(0..) {
        let marks = marks(u64::from_le_bytes(*chunk));
        if marks != 0 {
            return Some(8 * before + marks.trailing_zeros() as usize / 8);
        }
    }
    None
}

fn repeated(byte: u8) -> u64 {
    u64::from(byte) * ONES
}

/// The highest bit of each byte that is zero; above the lowest such byte there
/// may be more.
fn zeros(number: u64) -> u64 {
    number.wrapping_sub(ONES) & !number & HIGHEST_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_wherever_it_is() {
        for length in 0..70 {
            let mut bytes = vec![b'='; length];
            assert_eq!(find(&bytes, b'<', length), None);
            assert_eq!(find_either(&bytes, b'<', b'&'), None);
            for place in (0..length).rev() {
                bytes[place] = b'<';
                assert_eq!(find(&bytes, b'<', length), Some(place));
                assert_eq!(find(&bytes, b'<', place), None);
                assert_eq!(find_either(&bytes, b'<', b'&'), Some(place));
                assert_eq!(find_either(&bytes, b'&', b'<'), Some(place));
            }
        }
    }
}
