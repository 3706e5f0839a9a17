//! A private Redis, or a Valkey where that is what is installed.

use std::path::Path;

use crate::launch::{Readiness, launch};
use crate::{Account, Binary, ProcessSpec, SearchPath, Service, ServiceError};

/// Starts an empty server that keeps everything in memory and nothing on disk. Its log goes into
/// the folder, which is made when there is none. Its address is `redis://127.0.0.1:PORT`.
///
/// # Errors
/// When the program is missing, or the server does not get ready within a minute.
pub async fn start(folder: &Path) -> Result<Service, ServiceError> {
    let program = Binary::REDIS.find(&SearchPath::of_system())?;
    let account = Account::unprivileged("redis");
    let cannot = ServiceError::io(format!("make the folder {}", folder.display()));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let (process, port) = launch(Readiness::LogSays("Ready to accept connections"), |port| {
        Ok(ProcessSpec::new(&program, folder.join("server.log"))
            .account(account)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", ""]))
    })
    .await?;
    let url = format!("redis://127.0.0.1:{port}");
    Ok(Service::new(process, url, None))
}
