//! Taking an answer's body in, plain or gzipped, without ever holding more
//! than was agreed.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::{HeaderMap, body::Incoming, header::CONTENT_ENCODING};

use crate::failure::Failure;

/// A body that is kept, up to a limit.
pub(crate) struct Collected {
    /// Most bodies come in one piece, which is then not copied.
    first: Bytes,
    rest: BytesMut,
    limit: usize,
}

impl Collected {
    pub(crate) fn up_to(limit: usize) -> Self {
        Collected {
            first: Bytes::new(),
            rest: BytesMut::new(),
            limit,
        }
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        match self.rest.is_empty() {
            true => self.first,
            false => [self.first, self.rest.freeze()].concat().into(),
        }
    }

    /// Takes the next piece.
    fn take(&mut self, piece: Bytes) -> Result<(), Failure> {
        if self.first.len() + self.rest.len() + piece.len() > self.limit {
            return Err(too_large(self.limit));
        }
        if self.first.is_empty() {
            self.first = piece;
        } else {
            self.rest.extend_from_slice(&piece);
        }
        Ok(())
    }
}

/// The failure of a body that exceeds `limit` bytes.
pub(crate) fn too_large(limit: usize) -> Failure {
    Failure::wrong(
        "http.too-large",
        format!("the body is larger than {limit} bytes"),
    )
}

/// Why a body was not taken in.
pub(crate) enum Interrupted {
    /// The connection or its HTTP broke.
    Connection(hyper::Error),
    /// The body itself is not acceptable.
    Body(Failure),
}

/// Reads a whole body into `intake`, undoing its `Content-Encoding`. Gives its bytes as they came.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Incoming,
    intake: &mut Collected,
) -> Result<usize, Interrupted> {
    let gzipped = is_gzipped(headers).map_err(Interrupted::Body)?;
    // The answer `304` may name an encoding and has no body to decode.
    let Some(first) = next_piece(&mut body).await? else {
        return Ok(0);
    };
    if gzipped {
        return gunzip(first, body, intake).await;
    }
    let mut came = 0;
    let mut next = Some(first);
    while let Some(piece) = next {
        came += piece.len();
        intake.take(piece).map_err(Interrupted::Body)?;
        next = next_piece(&mut body).await?;
    }
    Ok(came)
}

async fn gunzip(
    first: Bytes,
    mut body: Incoming,
    intake: &mut Collected,
) -> Result<usize, Interrupted> {
    let mut came = 0;
    let mut decoder = MultiGzDecoder::new(Outlet(intake));
    let mut next = Some(first);
    while let Some(piece) = next {
        came += piece.len();
        decoder.write_all(&piece).map_err(broken_gzip)?;
        next = next_piece(&mut body).await?;
    }
    decoder.finish().map_err(broken_gzip)?;
    Ok(came)
}

/// The next piece that has bytes; trailers have none.
async fn next_piece(body: &mut Incoming) -> Result<Option<Bytes>, Interrupted> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(Interrupted::Connection)?;
        if let Ok(data) = frame.into_data()
            && !data.is_empty()
        {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn is_gzipped(headers: &HeaderMap) -> Result<bool, Failure> {
    let encoding = headers.get(CONTENT_ENCODING);
    let encoding = encoding.map_or(&b""[..], |encoding| encoding.as_bytes());
    match encoding.to_ascii_lowercase().as_slice() {
        b"" | b"identity" => Ok(false),
        b"gzip" | b"x-gzip" => Ok(true),
        other => {
            let other = String::from_utf8_lossy(other);
            let sentence = format!("Content-Encoding is {other:?}, but only gzip was offered");
            Err(Failure::wrong("http.broken", sentence))
        }
    }
}

/// Where a gzip decoder writes; refuses with the intake's own failure.
struct Outlet<'i>(&'i mut Collected);

impl Write for Outlet<'_> {
    fn write(&mut self, decoded: &[u8]) -> io::Result<usize> {
        let taken = self.0.take(Bytes::copy_from_slice(decoded));
        taken.map(|()| decoded.len()).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The intake's own refusal, or else the stream is no gzip or not all of it.
fn broken_gzip(error: io::Error) -> Interrupted {
    Interrupted::Body(error.downcast::<Failure>().unwrap_or_else(|error| {
        Failure::wrong(
            "http.broken",
            format!("the body is not whole gzip: {error}"),
        )
    }))
}
