//! A private memcached.

use std::path::{Path, PathBuf};

use crate::launch::{Readiness, launch};
use crate::{Account, Binary, ProcessSpec, SearchPath, Service, ServiceError};

/// Starts an empty server. Its log goes into the folder, which is made when there is none. Its
/// address is `memcache://127.0.0.1:PORT`.
///
/// # Errors
/// When the program is missing, or the server does not get ready within a minute.
pub async fn start(folder: &Path) -> Result<Service, ServiceError> {
    let program = find_program()?;
    let cannot = ServiceError::io(format!("make the folder {}", folder.display()));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let (process, port) = launch(Readiness::StatsNameProcess, |port| {
        Ok(describe(&program, folder, port))
    })
    .await?;
    let url = format!("memcache://127.0.0.1:{port}");
    Ok(Service::new(process, url, None))
}

pub(crate) fn find_program() -> Result<PathBuf, ServiceError> {
    Binary::MEMCACHED.find(&SearchPath::of_system())
}

pub(crate) fn describe(program: &Path, folder: &Path, port: u16) -> ProcessSpec {
    ProcessSpec::new(program, folder.join("server.log"))
        .account(Account::unprivileged("memcache"))
        // UDP is off: it can be abused to flood others, and nobody here speaks it.
        .args(["-l", "127.0.0.1", "-U", "0", "-p", &port.to_string()])
}
