//! Listening on TCP or a unix socket, and stopping without dropping what is under way.

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use anyhow::Context;
use axum::{Router, extract::connect_info::Connected, serve::IncomingStream};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::address::Peer;

/// How long requests under way may take once the process is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Where to listen.
#[derive(Debug, Clone)]
pub enum ListenAddress {
    /// `ADDR:PORT`, where ADDR may be a host's name.
    Tcp(String),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Default for ListenAddress {
    fn default() -> Self {
        Self::Tcp("127.0.0.1:8080".to_owned())
    }
}

impl FromStr for ListenAddress {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            anyhow::ensure!(!path.is_empty(), "unix: needs a path");
            return Ok(Self::Unix(path.into()));
        }
        let port = text
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse::<u16>().ok());
        anyhow::ensure!(
            port.is_some(),
            "{text:?} is neither ADDR:PORT nor unix:PATH"
        );
        Ok(Self::Tcp(text.to_owned()))
    }
}

/// An open socket.
pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// Opens the socket; connections wait until [`run`] accepts them.
    pub async fn bind(address: &ListenAddress) -> anyhow::Result<Self> {
        match address {
            ListenAddress::Tcp(address) => TcpListener::bind(address)
                .await
                .map(Self::Tcp)
                .with_context(|| format!("cannot listen on {address}")),
            ListenAddress::Unix(path) => bind_unix(path)
                .map(|listener| Self::Unix(listener, path.clone()))
                .with_context(|| format!("cannot listen on unix:{}", path.display())),
        }
    }

    /// How to reach it: `http://127.0.0.1:8080` or `unix:/run/suwaru.sock`.
    pub fn url(&self) -> io::Result<String> {
        Ok(match self {
            Self::Tcp(listener) => format!("http://{}", listener.local_addr()?),
            Self::Unix(_, path) => format!("unix:{}", path.display()),
        })
    }
}

/// Opens a unix socket that every user of the host may connect to, as a proxy is another user. The
/// file that an earlier process left is replaced, unless that process still answers.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}

/// What a connection can do, whichever its kind.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl axum::serve::Listener for Listener {
    type Io = Box<dyn Stream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Peer) {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = axum::serve::Listener::accept(listener).await;
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                (Box::new(stream), Peer::Address(address.ip().to_canonical()))
            }
            Self::Unix(listener, _) => {
                let (stream, _) = axum::serve::Listener::accept(listener).await;
                (Box::new(stream), Peer::Unix)
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        match self {
            Self::Tcp(listener) => Ok(Peer::Address(listener.local_addr()?.ip())),
            Self::Unix(..) => Ok(Peer::Unix),
        }
    }
}

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        *stream.remote_addr()
    }
}

/// Serves until told to stop, then lets requests under way finish, for [`GRACE`] at most.
pub async fn run(
    listener: Listener,
    router: Router,
    stopping: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let socket_file = match &listener {
        Listener::Unix(_, path) => Some(path.clone()),
        Listener::Tcp(_) => None,
    };
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(until_stopping(stopping.clone()));
    tokio::select! {
        result = async { server.await } => result?,
        () = grace_is_over(stopping) => tracing::warn!("gave up on requests still under way"),
    }
    if let Some(path) = socket_file {
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

/// From now on SIGTERM and SIGINT no longer kill the process, but turn this true.
pub fn watch_signals() -> io::Result<watch::Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        sender.send_replace(true);
        sender.closed().await;
    });
    Ok(receiver)
}

async fn until_stopping(mut stopping: watch::Receiver<bool>) {
    // An error would mean that nobody watches signals any more, which is a reason to stop as well.
    stopping.wait_for(|stopping| *stopping).await.ok();
}

async fn grace_is_over(stopping: watch::Receiver<bool>) {
    until_stopping(stopping).await;
    tokio::time::sleep(GRACE).await;
}
