//! TLS around another transport. Certificates are verified; what goes wrong is
//! told in the words of a contestant.

use std::io;

use futures::future::BoxFuture;
use rustls::{CertificateError, Error as TlsError, pki_types::ServerName};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    failure::Failure,
    target::bare,
    transport::{Stream, Transport},
    trust::Trust,
    watched::{Watch, Watched},
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
            let wire = Watched {
                stream: self.inner.connect().await?,
                watch: Silence::default(),
            };
            let connecting = self.connector.connect(self.server.clone(), wire);
            let stream = connecting.await.map_err(broken_handshake)?;
            let stream: Box<dyn Stream> = Box::new(Watched {
                stream,
                watch: Words,
            });
            Ok(stream)
        })
    }
}

/// Bytes that may come in a row without one byte for HTTP among them: a
/// handshake with a long chain of certificates is far smaller.
const MOST_SILENT: usize = 256 << 10;

/// The encrypted side: bytes that came since the last byte for HTTP. A site that
/// keeps TLS busy with itself, by tickets or new keys without end, is cut off.
#[derive(Default)]
struct Silence(usize);

impl<S> Watch<S> for Silence {
    fn came(&mut self, _: &mut S, outcome: io::Result<usize>) -> io::Result<()> {
        self.0 += outcome?;
        match self.0 > MOST_SILENT {
            true => Err(broken("TLS goes on and on, and carries nothing")),
            false => Ok(()),
        }
    }
}

/// The side that HTTP sees, in plain words.
struct Words;

impl<S> Watch<TlsStream<Watched<S, Silence>>> for Words {
    fn came(
        &mut self,
        stream: &mut TlsStream<Watched<S, Silence>>,
        outcome: io::Result<usize>,
    ) -> io::Result<()> {
        if outcome.map_err(in_plain_words)? > 0 {
            stream.get_mut().0.watch = Silence::default();
        }
        Ok(())
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
        let mut wire = Watched {
            stream: tokio::io::repeat(22),
            watch: Silence::default(),
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
