//! Whatever a site answers is taken in or refused: in time, within bounds, and
//! to the same end in whatever pieces it comes.
//!
//! The first byte says how the answer ends, the second how long the pieces are.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/http/piecemeal.rs"]
mod piecemeal;

use piecemeal::{Piecemeal, meet_both_ways};

fuzz_target!(|input: &[u8]| {
    let [ends, length, bytes @ ..] = input else {
        return;
    };
    let length = usize::from(*length).max(1);
    let answer = Piecemeal {
        pieces: bytes.chunks(length).map(<[u8]>::to_vec).collect(),
        closes: ends % 2 == 1,
    };
    meet_both_ways(&answer);
});
