//! Counting and bounding what the site sends on one connection.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes came in the current exchange, and how many may. Bodies have
/// limits of their own; this one ends what is no body: interim answers, chunk
/// headers and trailers without end.
#[derive(Clone, Default)]
pub(crate) struct Meter(Rc<Count>);

#[derive(Default)]
struct Count {
    received: Cell<usize>,
    allowed: Cell<usize>,
}

impl Meter {
    /// Begins an exchange that may receive so many bytes.
    pub(crate) fn begin(&self, allowed: usize) {
        self.0.received.set(0);
        self.0.allowed.set(allowed);
    }

    /// Whether the site has sent anything in this exchange.
    pub(crate) fn is_untouched(&self) -> bool {
        self.0.received.get() == 0
    }

    /// Whether it has sent more than it may.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.0.received.get() > self.0.allowed.get()
    }

    fn count(&self, bytes: usize) -> io::Result<()> {
        self.0.received.set(self.0.received.get() + bytes);
        match self.is_exceeded() {
            true => Err(io::Error::other("too many bytes came")),
            false => Ok(()),
        }
    }
}

/// A stream whose incoming bytes are counted.
pub(crate) struct Metered<S> {
    pub(crate) stream: S,
    pub(crate) meter: Meter,
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.meter.count(buffer.filled().len() - before))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
