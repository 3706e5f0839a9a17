//! A private PostgreSQL.

use std::path::{self, Path, PathBuf};

use crate::home::Home;
use crate::launch::{LIMIT, Readiness, launch};
use crate::{Account, Binary, Process, ProcessSpec, SearchPath, Service, ServiceError, Signal};

/// Starts a server that holds the empty database `suwaru`, or the data that an earlier server left
/// in this folder. The folder is made when there is none. Its address is
/// `postgres://postgres@127.0.0.1:PORT/suwaru`.
///
/// # Errors
/// When the program is missing, or the server does not get ready within a minute.
pub async fn start(folder: &Path) -> Result<Service, ServiceError> {
    let initdb = find_initdb()?;
    let folder = path::absolute(folder).map_err(ServiceError::io("find the current folder"))?;
    let account = Account::unprivileged("postgres");
    let home = Home::prepare(&folder, account)?;
    let log = folder.join("initialize.log");
    let data = home
        .prepare_data(|draft| {
            ProcessSpec::new(&initdb, log)
                .arg_with_path("--pgdata=", draft)
                .args(["--username=postgres", "--auth=trust"])
                .args(["--encoding=UTF8", "--no-locale"])
        })
        .await?;
    let ready = Readiness::LogSays("database system is ready to accept connections");
    let (process, port) = launch(ready, |port| {
        let server = initdb.with_file_name("postgres");
        Ok(ProcessSpec::new(server, folder.join("server.log"))
            .account(account)
            .env("TMPDIR", home.path())
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-p", &port.to_string()])
            // "Fast": connections are closed rather than waited for.
            .stop_signal(Signal::SIGINT))
    })
    .await?;
    create_database(&initdb, &folder, port).await?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/suwaru");
    Ok(Service::new(process, url, Some(home)))
}

/// Finds the real file behind any symbolic link: the other programs of the same version lie next to
/// it.
fn find_initdb() -> Result<PathBuf, ServiceError> {
    let initdb = Binary::POSTGRES.find(&SearchPath::of_system())?;
    let cannot = ServiceError::io(format!("follow the link {}", initdb.display()));
    initdb.canonicalize().map_err(cannot)
}

/// Makes the database unless an earlier server did.
async fn create_database(initdb: &Path, folder: &Path, port: u16) -> Result<(), ServiceError> {
    let spec = ProcessSpec::new(
        initdb.with_file_name("createdb"),
        folder.join("createdb.log"),
    )
    .env("LC_ALL", "C")
    .args(["--host=127.0.0.1", "--username=postgres"])
    .args([&format!("--port={port}"), "suwaru"]);
    match Process::run(spec, LIMIT).await {
        Err(ServiceError::Failed { tail, .. }) if tail.contains("already exists") => Ok(()),
        result => result,
    }
}
