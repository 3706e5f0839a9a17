//! Waiting for a portal that restarts.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

use super::PortalError;

/// For so long a portal may be away.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is tried again.
const EVERY: Duration = Duration::from_secs(2);

/// Makes a call, again and again while the portal is away, but not for ever.
///
/// # Errors
/// See [`PortalError`].
pub async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, PortalError>
where
    F: Future<Output = Result<T, PortalError>>,
{
    let start = Instant::now();
    loop {
        match call().await {
            Err(error) if error.is_passing() && start.elapsed() < PATIENCE => sleep(EVERY).await,
            outcome => return outcome,
        }
    }
}
