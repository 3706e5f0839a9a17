//! A private MariaDB, or a MySQL where that is what is installed.

use std::path::{self, Path, PathBuf};

use crate::home::Home;
use crate::launch::{Readiness, launch};
use crate::service::SLOW_LOG;
use crate::{Account, Binary, ProcessSpec, SearchPath, Service, ServiceError};

/// Run by the server before it lets anybody in.
const CREATE_DATABASE: &str = "CREATE DATABASE IF NOT EXISTS suwaru;\n";

/// Starts a server that holds the empty database `suwaru`, or the data that an earlier server left
/// in this folder. The folder is made when there is none. Its address is
/// `mysql://root@127.0.0.1:PORT/suwaru`.
///
/// # Errors
/// When the program is missing, or the server does not get ready within a minute.
pub async fn start(folder: &Path) -> Result<Service, ServiceError> {
    start_with(folder, "").await
}

/// As [`start`], with settings as they stand in a `my.cnf`. Where the server listens and keeps its
/// files is not theirs to say; a slow query log that they turn on is found by
/// [`Service::slow_log`].
///
/// # Errors
/// As [`start`], and when the server does not take the settings.
pub async fn start_with(folder: &Path, settings: &str) -> Result<Service, ServiceError> {
    let program = Binary::MARIADB.find(&SearchPath::of_system())?;
    let folder = path::absolute(folder).map_err(ServiceError::io("find the current folder"))?;
    let account = Account::unprivileged("mysql");
    let home = Home::prepare(&folder, account)?;
    let log = folder.join("initialize.log");
    let data = home
        .prepare_data(|draft| describe_maker(&program, log).arg_with_path("--datadir=", draft))
        .await?;
    let statements = home.write_file("create.sql", CREATE_DATABASE)?;
    let settings = home.write_file("my.cnf", settings)?;
    let slow_log = home.join(SLOW_LOG);
    let (process, port) = launch(Readiness::LogSays("ready for connections"), |port| {
        Ok(ProcessSpec::new(&program, folder.join("server.log"))
            .account(account)
            .env("TMPDIR", home.path())
            // Must come first; keeps the server from reading the system's configuration.
            .arg_with_path("--defaults-file=", &settings)
            .arg_with_path("--datadir=", &data)
            .arg_with_path("--slow-query-log-file=", &slow_log)
            .arg_with_path("--init-file=", &statements)
            .args(["--bind-address=127.0.0.1", "--socket="])
            .arg(format!("--port={port}"))
            // MySQL's second protocol, on a port of its own; MariaDB skips what is loose.
            .arg("--loose-mysqlx=OFF"))
    })
    .await?;
    let url = format!("mysql://root@127.0.0.1:{port}/suwaru");
    Ok(Service::new(process, url, Some(home)))
}

/// The process that makes the system's own tables.
fn describe_maker(program: &Path, log: PathBuf) -> ProcessSpec {
    match find_installer() {
        Some(installer) => ProcessSpec::new(installer, log).args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]),
        None => ProcessSpec::new(program, log).args(["--no-defaults", "--initialize-insecure"]),
    }
}

/// The script that comes with MariaDB and not with MySQL.
fn find_installer() -> Option<PathBuf> {
    const INSTALLER: Binary = Binary {
        names: &["mariadb-install-db", "mysql_install_db"],
        ..Binary::MARIADB
    };
    INSTALLER.find(&SearchPath::of_system()).ok()
}
