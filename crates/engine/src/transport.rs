//! How bytes reach the site.

use std::{io, sync::Arc};

use futures::future::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::UnixStream,
};

use crate::{
    open_files, ports,
    target::{Scheme, Target, bare},
    tls::Tls,
    trust::Trust,
};

/// A byte stream to the site.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens byte streams to one site.
pub trait Transport: Send + Sync {
    /// Opens a new stream. The caller bounds the time.
    ///
    /// An error may hold a [`Failure`](crate::failure::Failure) that says
    /// better than the error what went wrong.
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>>;
}

/// The transport that fits a target.
pub fn transport_to(target: &Target, trust: &Trust) -> Arc<dyn Transport> {
    let plain = Plain {
        target: target.clone(),
    };
    match target {
        Target::Tcp {
            scheme: Scheme::Https,
            host,
            ..
        } => Arc::new(Tls::over(plain, host, trust)),
        _ => Arc::new(plain),
    }
}

/// TCP or a unix domain socket, without TLS.
struct Plain {
    target: Target,
}

impl Transport for Plain {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let stream: Box<dyn Stream> = match &self.target {
                Target::Tcp { host, port, .. } => {
                    let stream = ports::connect(bare(host), *port).await?;
                    stream.set_nodelay(true)?;
                    Box::new(stream)
                }
                Target::Unix { path } => {
                    let stream = UnixStream::connect(path).await?;
                    open_files::leave_some(&stream)?;
                    Box::new(stream)
                }
            };
            Ok(stream)
        })
    }
}
