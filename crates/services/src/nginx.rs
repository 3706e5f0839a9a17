//! A private nginx.

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};
use std::{fs, io};

use crate::home::Home;
use crate::launch::{Readiness, launch};
use crate::{Account, Binary, ProcessSpec, SearchPath, Service, ServiceError};

/// In the settings of a server, its port. Each server gets a free one.
pub const PORT: &str = "@port@";

/// Where a host keeps the settings, and where its logs.
const SETTINGS: &str = "/etc/nginx/";
const LOGS: &str = "/var/log/nginx/";

/// What is ours to say: where a process is all that there is, killing it leaves no other behind.
const OWN: &str = "daemon off; master_process off; pid nginx.pid; error_log stderr notice;";

/// Where temporary files go, below the home.
const TEMPORARY: &str = "http {
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;";

/// What a server is told, in the words of a host that it has for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The files by their paths below `/etc/nginx`. `nginx.conf` must be one of them and have a line
    /// `http {`. In each of them [`PORT`], `/etc/nginx/`, `/var/log/nginx/` and the names of
    /// `folders` become what they are here.
    pub files: BTreeMap<PathBuf, String>,
    /// Folders to serve files from: what the settings call them, and where they are. They are
    /// copied, because a server of another account may be unable to get there.
    pub folders: Vec<(String, PathBuf)>,
}

/// Starts a server, a single process whatever the settings say of workers. Its address is
/// `http://127.0.0.1:PORT`, although only the settings can make it listen there. The folder is made
/// when there is none.
///
/// # Errors
/// When the program is missing, a folder cannot be copied, or the server does not take the settings
/// or does not get ready within a minute.
pub async fn start(folder: &Path, settings: &Settings) -> Result<Service, ServiceError> {
    let program = Binary::NGINX.find(&SearchPath::of_system())?;
    let folder = path::absolute(folder).map_err(ServiceError::io("find the current folder"))?;
    let account = Account::unprivileged("www-data");
    let home = Home::prepare(&folder, account)?;
    let served = bring_folders(&home, &settings.folders)?;
    let (process, port) = launch(Readiness::LogSays("event method"), |port| {
        let main = write_settings(&home, &settings.files, &served, port)?;
        Ok(ProcessSpec::new(&program, folder.join("server.log"))
            .account(account)
            .arg("-p")
            .arg(home.path())
            .args(["-e", "stderr", "-g", OWN])
            .arg("-c")
            .arg(main))
    })
    .await?;
    let url = format!("http://127.0.0.1:{port}");
    Ok(Service::new(process, url, Some(home)))
}

/// Copies the folders; gives what the settings call them and where they are now.
fn bring_folders(
    home: &Home,
    folders: &[(String, PathBuf)],
) -> Result<Vec<(String, String)>, ServiceError> {
    let mut served = Vec::new();
    for (number, (name, folder)) in folders.iter().enumerate() {
        let copy = PathBuf::from(format!("served-{number}"));
        let cannot = ServiceError::io(format!("copy the folder {}", folder.display()));
        remove(&home.join(&copy))
            .and_then(|()| copy_folder(home, folder, &copy))
            .map_err(cannot)?;
        served.push((name.clone(), home.join(&copy).display().to_string()));
    }
    Ok(served)
}

/// Removes a folder that an earlier server may have left.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn copy_folder(home: &Home, from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(home, &entry.path(), &to)?,
            false => home.put(&to, &fs::read(entry.path())?)?,
        }
    }
    Ok(())
}

/// Writes all files anew; gives the path of the main one.
fn write_settings(
    home: &Home,
    files: &BTreeMap<PathBuf, String>,
    served: &[(String, String)],
    port: u16,
) -> Result<PathBuf, ServiceError> {
    let folder = home.join("etc");
    let cannot = ServiceError::io(format!("empty the folder {}", folder.display()));
    remove(&folder).map_err(cannot)?;
    let place = |path: &Path| format!("{}/", path.display());
    let names = [
        (PORT.to_owned(), port.to_string()),
        (SETTINGS.to_owned(), place(&folder)),
        (LOGS.to_owned(), place(home.path())),
    ];
    for (name, text) in files {
        let names = names.iter().chain(served);
        let mut text = names.fold(text.clone(), |text, (name, here)| text.replace(name, here));
        if name == Path::new("nginx.conf") {
            text = text.replacen("http {", TEMPORARY, 1);
        }
        home.write_file(Path::new("etc").join(name), &text)?;
    }
    Ok(folder.join("nginx.conf"))
}
