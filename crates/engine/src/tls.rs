//! TLS around another transport. Certificates are verified; what goes wrong is
//! told in the words of a contestant.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::future::BoxFuture;
use rustls::{CertificateError, Error as TlsError, pki_types::ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    failure::Failure,
    target::bare,
    transport::{Stream, Transport},
    trust::Trust,
};

/// A transport through which another one carries TLS.
pub struct Tls<T> {
    inner: T,
    connector: TlsConnector,
    server: ServerName<'static>,
}

impl<T: Transport> Tls<T> {
    /// Speaks TLS over `inner` to a server whose certificate must be for `host`.
    ///
    /// # Panics
    /// If no certificate can be for such a host; that of a target is never so.
    pub fn over(inner: T, host: &str, trust: &Trust) -> Self {
        let server = ServerName::try_from(bare(host).to_owned());
        Tls {
            inner,
            connector: TlsConnector::from(trust.config()),
            server: server.expect("a target's host is a name or an address"),
        }
    }
}

impl<T: Transport> Transport for Tls<T> {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let wire = Wire {
                stream: self.inner.connect().await?,
                silence: 0,
            };
            let connecting = self.connector.connect(self.server.clone(), wire);
            let stream = connecting.await.map_err(broken_handshake)?;
            let stream: Box<dyn Stream> = Box::new(Spoken { stream });
            Ok(stream)
        })
    }
}

/// Bytes that may come in a row without one byte for HTTP among them: a
/// handshake with a long chain of certificates is far smaller.
const MOST_SILENT: usize = 256 << 10;

/// The encrypted side. A site that keeps TLS busy with itself, by tickets or
/// new keys without end, is cut off.
struct Wire<S> {
    stream: S,
    /// Bytes that came since the last byte for HTTP.
    silence: usize,
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.silence += buffer.filled().len() - before;
        Poll::Ready(match self.silence > MOST_SILENT {
            true => Err(broken("TLS goes on and on, and carries nothing")),
            false => Ok(()),
        })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
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

/// The side that HTTP sees.
struct Spoken<S> {
    stream: TlsStream<Wire<S>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Spoken<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer)).map_err(in_plain_words)?;
        if buffer.filled().len() > before {
            self.stream.get_mut().0.silence = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Spoken<S> {
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

/// The code of what TLS itself makes impossible.
pub const BROKEN: &str = "tls.broken";
/// The code of a certificate that is not accepted.
pub const DISTRUSTED: &str = "tls.certificate";

fn broken(sentence: impl Into<String>) -> io::Error {
    io::Error::other(Failure::wrong(BROKEN, sentence))
}

fn broken_handshake(error: io::Error) -> io::Error {
    match tls_error(&error) {
        Some(TlsError::InvalidCertificate(error)) => {
            let why = distrust(error);
            let sentence = format!("the site's certificate cannot be trusted: {why}");
            io::Error::other(Failure::wrong(DISTRUSTED, sentence))
        }
        Some(TlsError::InvalidMessage(error)) => broken(format!(
            "what answers the TLS handshake speaks no TLS ({error:?})"
        )),
        Some(error) => broken(format!("the TLS handshake failed: {error}")),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            broken("the connection was closed within the TLS handshake")
        }
        None if error.get_ref().is_some_and(|error| error.is::<Failure>()) => error,
        None => broken(format!("the TLS handshake failed: {error}")),
    }
}

/// What broke after the handshake; errors of the network stay what they are.
fn in_plain_words(error: io::Error) -> io::Error {
    match tls_error(&error) {
        Some(error) => broken(format!("TLS broke: {error}")),
        None if error.kind() == io::ErrorKind::UnexpectedEof => broken(
            "the connection was closed without TLS's close_notify: \
             the answer may have been cut short",
        ),
        None => error,
    }
}

fn tls_error(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
}

fn distrust(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        CertificateError::BadSignature => {
            "its signature is not that of the authority that it names".to_owned()
        }
        CertificateError::UnknownIssuer => "nobody who is trusted has signed it".to_owned(),
        CertificateError::NotValidForName => "it is for another host".to_owned(),
        CertificateError::NotValidForNameContext { expected, .. } => {
            format!("it is not for {}", expected.to_str())
        }
        // rustls has no name of its own for it, and it is what `openssl req -x509` makes.
        other if other.to_string().contains("CaUsedAsEndEntity") => {
            "it is that of an authority, not of a server".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn what_carries_nothing_ends() {
        let mut wire = Wire {
            stream: tokio::io::repeat(22),
            silence: 0,
        };
        let mut came = 0;
        let mut error = None;
        while error.is_none() && came < 2 * MOST_SILENT {
            match wire.read(&mut [0; 1000]).await {
                Ok(bytes) => came += bytes,
                Err(cut_off) => error = Some(cut_off),
            }
        }
        let error = error.expect("an error");
        assert!(error.to_string().contains("carries nothing"), "{error}");
        assert!((MOST_SILENT - 1000..=MOST_SILENT).contains(&came), "{came}");
    }
}
