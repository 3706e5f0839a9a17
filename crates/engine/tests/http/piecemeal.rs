//! A site in memory that answers with given bytes in pieces, and what must hold
//! whatever these are. Used by the property tests and by the fuzz target `http`.

use std::{io, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    exchange::Request,
    failure::{Class, Failure, SENTENCE_LIMIT},
    transport::{Stream, Transport},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    runtime::Builder,
    task::LocalSet,
    time::{Instant, sleep},
};

/// Small, so that they are met soon.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    body: 4 << 10,
    line: None,
};
/// Between two pieces.
const GAP: Duration = Duration::from_millis(1);

/// An answer as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Piecemeal {
    /// Its bytes; pieces without any are nothing.
    pub pieces: Vec<Vec<u8>>,
    /// Whether the site closes the connection then, or keeps it.
    pub closes: bool,
}

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Status and body.
    Answer(u16, Vec<u8>),
    /// Class and code.
    Failure(Class, String),
}

/// Meets the answer in its pieces and at once, and asserts that it comes to the
/// same. How soon a head that cannot become right is refused may depend on the
/// pieces, so that the time may be over before.
///
/// # Panics
/// When it does not, or as [`meet`].
pub fn meet_both_ways(answer: &Piecemeal) {
    let at_once = Piecemeal {
        pieces: vec![answer.pieces.concat()],
        ..answer.clone()
    };
    let (in_pieces, at_once) = (meet(answer), meet(&at_once));
    let are_failures = [&in_pieces, &at_once]
        .iter()
        .all(|outcome| matches!(outcome, Outcome::Failure(..)));
    assert!(
        in_pieces == at_once || !answer.closes && are_failures,
        "{in_pieces:?} in pieces, {at_once:?} at once"
    );
}

/// Asks a site that answers so, in virtual time.
///
/// # Panics
/// When what came of it took too long or too much, is of a class that cannot be,
/// or cannot be read.
pub fn meet(answer: &Piecemeal) -> Outcome {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let target = "http://suwaru.example".parse().expect("a target");
        let site = Site::over(Arc::new(answer.clone()), target, LIMITS);
        let begun = Instant::now();
        let outcome = Browser::new(site).send(&Request::get("/x")).await;
        assert!(begun.elapsed() <= LIMITS.time, "{:?}", begun.elapsed());
        match outcome {
            Ok(response) => {
                assert!(response.body.len() <= LIMITS.body);
                Outcome::Answer(response.status.as_u16(), response.body.to_vec())
            }
            Err(failure) => {
                assert_sound(&failure);
                Outcome::Failure(failure.class, failure.code)
            }
        }
    })
}

fn assert_sound(failure: &Failure) {
    let expected = match failure.class {
        Class::Wrong => &["http.broken", "http.too-large"][..],
        Class::Timeout => &["http.timeout"],
        _ => &[],
    };
    assert!(expected.contains(&&*failure.code), "{failure}");
    let sentence = &failure.sentence;
    assert!(sentence.starts_with("GET /x: "), "{sentence}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
    // One more for the sign that something was cut.
    assert!(sentence.chars().count() <= SENTENCE_LIMIT + 1);
}

impl Transport for Piecemeal {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let (ours, theirs) = duplex(1 << 10);
            let answer = self.clone();
            tokio::spawn(async move {
                // The other side may have heard enough.
                let _ = answer.send(theirs).await;
            });
            let stream: Box<dyn Stream> = Box::new(ours);
            Ok(stream)
        })
    }
}

impl Piecemeal {
    async fn send(self, mut pipe: DuplexStream) -> io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(pipe.read_u8().await?);
        }
        for piece in self.pieces {
            pipe.write_all(&piece).await?;
            sleep(GAP).await;
        }
        if self.closes {
            return Ok(());
        }
        loop {
            pipe.read_u8().await?;
        }
    }
}
