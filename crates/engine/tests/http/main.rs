//! Whatever a site answers, and in whatever pieces, is taken in or refused: in
//! time, within bounds, and to the same end.
//!
//! To search for longer than the usual second, give the number of cases:
//! `PROPTEST_CASES=1000000 cargo test --release -p isutori-engine --test http`.

mod piecemeal;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use isutori_engine::failure::Class;
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::piecemeal::{Outcome, Piecemeal, meet, meet_both_ways};

/// A right answer, and what it says.
#[derive(Clone, Debug)]
struct Sample {
    bytes: Vec<u8>,
    closes: bool,
    status: u16,
    body: &'static [u8],
}

const BODY: &[u8] = b"<!DOCTYPE html><p>A chair, a table\r\n\r\nHTTP/1.1 200 OK\r\n\r\n</p>";

fn samples() -> Vec<Sample> {
    let sample = |status, head: &str, sent: &[u8], body| Sample {
        bytes: [
            format!("HTTP/1.1 {status} X\r\n{head}\r\n").as_bytes(),
            sent,
        ]
        .concat(),
        closes: false,
        status,
        body,
    };
    let length = |length| format!("Content-Length: {length}\r\n");
    let zipped = gzip(BODY);
    let plain = sample(200, &length(BODY.len()), BODY, BODY);
    let until_closed = Sample {
        closes: true,
        ..sample(200, "", BODY, BODY)
    };
    let of_old = Sample {
        bytes: [b"HTTP/1.0 200 OK\r\nSet-Cookie: a=b\r\n\r\n", BODY].concat(),
        ..until_closed.clone()
    };
    let continued = Sample {
        bytes: [b"HTTP/1.1 100 Continue\r\n\r\n", &plain.bytes[..]].concat(),
        ..plain.clone()
    };
    let chunked = "Transfer-Encoding: chunked\r\n";
    let trailers = "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n";
    vec![
        continued,
        until_closed,
        of_old,
        sample(200, chunked, &chunks(BODY, "0\r\n\r\n"), BODY),
        sample(200, trailers, &chunks(BODY, "0\r\nX-Sum: 7\r\n\r\n"), BODY),
        sample(
            200,
            &(length(zipped.len()) + "Content-Encoding: gzip\r\n"),
            &zipped,
            BODY,
        ),
        sample(
            200,
            &format!("{chunked}Content-Encoding: gzip\r\n"),
            &chunks(&zipped, "0\r\n\r\n"),
            BODY,
        ),
        sample(
            303,
            &(length(0) + "Location: /y\r\nSet-Cookie: s=1; Path=/\r\n"),
            b"",
            b"",
        ),
        sample(204, "", b"", b""),
        sample(404, &length(BODY.len()), BODY, BODY),
        plain,
    ]
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Seven bytes a chunk.
fn chunks(body: &[u8], last: &str) -> Vec<u8> {
    let chunks = body.chunks(7).flat_map(|chunk| {
        let head = format!("{:x};ignored=\"yes\"\r\n", chunk.len());
        [head.as_bytes(), chunk, b"\r\n"].concat()
    });
    chunks.chain(last.bytes()).collect()
}

/// Something that is done to an answer.
#[derive(Clone, Debug)]
enum Mutation {
    Insert(Vec<u8>),
    /// Takes so many bytes away.
    Remove(usize),
    /// Writes so many bytes a second time.
    Repeat(usize),
    Flip(u8),
    Truncate,
}

/// What breaks HTTP in as many ways as it has rules.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"\0",
    b":",
    b" ",
    b"\t",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"-1",
    b"+3",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    b"HTTP/2.0 200 OK\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: br\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Set-Cookie: \xff=\xfe; Expires=never\r\n",
    b"\x1f\x8b\x08",
    b"\xe6\xa4\x85",
];

fn mutation() -> impl Strategy<Value = (Index, Mutation)> {
    let mutation = prop_oneof![
        4 => select(PIECES).prop_map(|piece| Mutation::Insert(piece.to_vec())),
        1 => vec(any::<u8>(), 1..5).prop_map(Mutation::Insert),
        2 => (1..40usize).prop_map(Mutation::Remove),
        1 => (1..9000usize).prop_map(Mutation::Repeat),
        2 => any::<u8>().prop_map(Mutation::Flip),
        1 => Just(Mutation::Truncate),
    ];
    (any::<Index>(), mutation)
}

fn mutate(bytes: &mut Vec<u8>, (index, mutation): (Index, Mutation)) {
    if bytes.is_empty() {
        return;
    }
    let at = index.index(bytes.len());
    match mutation {
        Mutation::Insert(piece) => drop(bytes.splice(at..at, piece)),
        Mutation::Remove(length) => drop(bytes.drain(at..bytes.len().min(at + length))),
        Mutation::Repeat(length) => {
            let again = bytes[at..].iter().copied().cycle().take(length);
            let again: Vec<u8> = again.collect();
            bytes.splice(at..at, again);
        }
        Mutation::Flip(bits) => bytes[at] ^= bits,
        Mutation::Truncate => bytes.truncate(at),
    }
}

/// The bytes, cut at these places.
fn split(bytes: &[u8], cuts: &[Index]) -> Vec<Vec<u8>> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins
        .zip(&ends)
        .map(|(begin, end)| bytes[begin..*end].to_vec())
        .collect()
}

proptest! {
    #[test]
    fn right_answers_are_taken_in_whatever_pieces(
        sample in select(samples()),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let answer = Piecemeal { pieces: split(&sample.bytes, &cuts), closes: sample.closes };
        let expected = Outcome::Answer(sample.status, sample.body.to_vec());
        prop_assert_eq!(meet(&answer), expected);
    }

    #[test]
    fn mutated_answers_come_to_the_same_in_whatever_pieces(
        sample in select(samples()),
        mutations in vec(mutation(), 1..5),
        cuts in vec(any::<Index>(), 0..12),
        closes: bool,
    ) {
        let mut bytes = sample.bytes;
        mutations.into_iter().for_each(|mutation| mutate(&mut bytes, mutation));
        let answer = Piecemeal { pieces: split(&bytes, &cuts), closes };
        meet_both_ways(&answer);
    }

    #[test]
    fn garbage_comes_to_the_same_in_whatever_pieces(
        pieces in vec(vec(any::<u8>(), 0..50), 0..6),
        closes: bool,
    ) {
        let answer = Piecemeal { pieces, closes };
        meet_both_ways(&answer);
    }
}

#[test]
fn every_byte_of_an_answer_may_come_alone() {
    for sample in samples() {
        let pieces = sample.bytes.iter().map(|byte| vec![*byte]).collect();
        let closes = sample.closes;
        let expected = Outcome::Answer(sample.status, sample.body.to_vec());
        assert_eq!(meet(&Piecemeal { pieces, closes }), expected, "{sample:?}");
    }
}

#[test]
fn an_answer_that_is_cut_anywhere_is_none() {
    let whole = Sample::clone(&samples()[0]);
    for length in 0..whole.bytes.len() {
        let pieces = vec![whole.bytes[..length].to_vec()];
        let closed = meet(&Piecemeal {
            pieces: pieces.clone(),
            closes: true,
        });
        let kept = meet(&Piecemeal {
            pieces,
            closes: false,
        });
        assert_eq!(
            closed,
            Outcome::Failure(Class::Wrong, "http.broken".to_owned())
        );
        assert_eq!(
            kept,
            Outcome::Failure(Class::Timeout, "http.timeout".to_owned())
        );
    }
}
