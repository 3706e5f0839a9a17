//! Stopping when asked to.

use std::{future::Future, sync::Arc};

use isutori_worker::Shutdown;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Turns true when the process gets SIGINT (Ctrl-C), SIGTERM or SIGHUP.
///
/// # Errors
/// When the signals cannot be listened to.
pub(crate) fn listen() -> std::io::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    on_signal(move || {
        sender.send_replace(true);
    })?;
    Ok(receiver)
}

/// Asks a worker for more with every signal: first to drain, then to stop.
///
/// # Errors
/// When the signals cannot be listened to.
pub(crate) fn listen_by_steps() -> std::io::Result<watch::Receiver<Shutdown>> {
    let (sender, receiver) = watch::channel(Shutdown::None);
    on_signal(move || {
        sender.send_modify(|asked| {
            *asked = match *asked {
                Shutdown::None => Shutdown::Drain,
                Shutdown::Drain | Shutdown::Stop => Shutdown::Stop,
            }
        });
    })?;
    Ok(receiver)
}

/// Acts at every SIGINT (Ctrl-C), SIGTERM or SIGHUP.
fn on_signal(act: impl Fn() + Send + Sync + 'static) -> std::io::Result<()> {
    let act = Arc::new(act);
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let mut signals = signal(kind)?;
        let act = act.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                act();
            }
        });
    }
    Ok(())
}

/// Waits for `work`, unless asked to stop before.
///
/// # Errors
/// What the work says, or that it was interrupted.
pub(crate) async fn or_stop<T>(
    stop: &watch::Receiver<bool>,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let mut stop = stop.clone();
    tokio::select! {
        outcome = work => outcome,
        _ = stop.wait_for(|stop| *stop) => Err(anyhow::anyhow!("interrupted")),
    }
}
