//! Stopping when asked to.

use std::future::Future;

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
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let mut signals = signal(kind)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                sender.send_replace(true);
            }
        });
    }
    Ok(receiver)
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
