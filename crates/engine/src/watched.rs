//! A stream whose reading is watched.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Looks at what comes on a stream `S`.
pub(crate) trait Watch<S> {
    /// So many bytes came, none at the end, or none did because of an error.
    /// What is returned takes the place of that outcome.
    fn came(&mut self, stream: &mut S, outcome: io::Result<usize>) -> io::Result<()>;
}

/// A stream and who watches it. Writing goes through untouched.
pub(crate) struct Watched<S, W> {
    pub(crate) stream: S,
    pub(crate) watch: W,
}

impl<S: AsyncRead + Unpin, W: Watch<S> + Unpin> AsyncRead for Watched<S, W> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Watched { stream, watch } = self.get_mut();
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut *stream).poll_read(context, buffer));
        Poll::Ready(watch.came(stream, read.map(|()| buffer.filled().len() - before)))
    }
}

impl<S: AsyncWrite + Unpin, W: Unpin> AsyncWrite for Watched<S, W> {
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
