//! `isutori portal serve`.

use std::{
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use tokio::{
    net::{TcpListener, UnixListener},
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    measurement,
    people::{self, Role},
    queue,
    router::router,
    state::AppState,
    store::{Store, StoreError},
};

/// So often leases are looked after, besides with every claim.
const LEASES_EVERY: Duration = Duration::from_secs(2);

/// So long a portal that is told to stop waits for answers that are under way.
const FAREWELL: Duration = Duration::from_secs(3);

/// Where a portal listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// `ADDR:PORT`; port 0 is a free one.
    Tcp(SocketAddr),
    /// `unix:PATH`.
    Unix(PathBuf),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some(path) => Ok(Listen::Unix(path.into())),
            None => text
                .parse()
                .map(Listen::Tcp)
                .map_err(|_| format!("{text:?} is neither ADDR:PORT nor unix:PATH")),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp(address) => write!(formatter, "http://{address}"),
            Listen::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

/// Why a portal does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder for its data.
    #[error("{path}: {error}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address.
    #[error("cannot listen at {listen}: {error}")]
    Listen {
        /// Where.
        listen: Listen,
        /// The system's words.
        error: io::Error,
    },
    /// The server itself.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Opens the database in a folder, which is made if need be.
///
/// # Errors
/// When the folder cannot be made, or the database not be opened.
pub async fn open_folder(folder: &Path) -> Result<Store, ServeError> {
    std::fs::create_dir_all(folder).map_err(|error| ServeError::Folder {
        path: folder.to_owned(),
        error,
    })?;
    let file = folder.join("portal.db");
    Ok(Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await?)
}

/// Listens, then says where (and how the first of the staff comes in), and serves until stopped.
///
/// # Errors
/// When it cannot listen, or the server breaks.
pub async fn serve(
    state: AppState,
    listen: &Listen,
    mut stop: watch::Receiver<bool>,
    ready: impl FnOnce(&Listen),
) -> Result<(), ServeError> {
    let failed = |error| ServeError::Listen {
        listen: listen.clone(),
        error,
    };
    let others = state.events.listen_to_others();
    let leases = tokio::spawn(look_after_leases(state.clone()));
    let measurements = tokio::spawn(measurement::look_after(state.clone()));
    let mut stopped = stop.clone();
    let until_stop = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let app = router(state);
    let serving: futures::future::BoxFuture<'_, io::Result<()>> = match listen {
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).await.map_err(failed)?;
            ready(&Listen::Tcp(listener.local_addr()?));
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, app).with_graceful_shutdown(until_stop);
            Box::pin(async move { served.await })
        }
        Listen::Unix(path) => {
            // One that is left from before is in nobody's way; one in use refuses to go.
            if std::os::unix::net::UnixStream::connect(path).is_err() {
                let _ = std::fs::remove_file(path);
            }
            let listener = UnixListener::bind(path).map_err(failed)?;
            ready(listen);
            let served = axum::serve(listener, app).with_graceful_shutdown(until_stop);
            Box::pin(async move { served.await })
        }
    };
    let outcome = tokio::select! {
        outcome = serving => outcome,
        () = async {
            let _ = stop.wait_for(|stop| *stop).await;
            sleep(FAREWELL).await;
        } => Ok(()),
    };
    leases.abort();
    measurements.abort();
    if let Some(others) = others {
        others.abort();
    }
    Ok(outcome?)
}

/// The token by which the first of the staff comes in; nothing once somebody has.
///
/// # Errors
/// The database's.
pub async fn first_invite(state: &AppState) -> Result<Option<String>, sqlx::Error> {
    let mut connection = state.connection().await?;
    if people::has_staff(&mut connection).await? {
        return Ok(None);
    }
    let now = state.clock.now();
    people::invite(&mut connection, Role::Staff, now)
        .await
        .map(Some)
}

async fn look_after_leases(state: AppState) {
    loop {
        sleep(LEASES_EVERY).await;
        match timeout(LEASES_EVERY, queue::expire(&state.store, state.clock.now())).await {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(_)) => state.events.tell(),
            Ok(Err(error)) => tracing::warn!(%error, "leases could not be looked after"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_listens_at_an_address_or_a_path() {
        let parse = |text: &str| text.parse::<Listen>();
        let address = parse("127.0.0.1:8000").map(|listen| listen.to_string());
        assert_eq!(address.as_deref(), Ok("http://127.0.0.1:8000"));
        assert_eq!(parse("unix:x.sock"), Ok(Listen::Unix("x.sock".into())));
        assert!(parse("8000").is_err());
    }
}
