//! The folder that a server keeps its data in.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::launch::{LIMIT, NICE};
use crate::{Account, Process, ProcessSpec, ServiceError};

/// On disk, open to every account, and present on Linux and macOS alike. `/tmp` may be memory.
const SHARED: &str = "/var/tmp";

/// A folder that belongs to a server's account.
#[derive(Debug)]
pub(crate) struct Home {
    folder: PathBuf,
    account: Option<Account>,
    /// Removed with this value, when the home could not be where it was wanted.
    _temporary: Option<TempDir>,
}

impl Home {
    /// Makes the folder `home` within `folder`, or uses the one that is there.
    ///
    /// The server's account may be unable to get there, as when root works below `/root`. Rather
    /// than to open other people's folders, the home is then a temporary folder elsewhere.
    pub(crate) fn prepare(folder: &Path, account: Option<Account>) -> Result<Self, ServiceError> {
        let cannot =
            |path: &Path| ServiceError::io(format!("prepare the folder {}", path.display()));
        let home = folder.join("home");
        fs::create_dir_all(&home).map_err(cannot(&home))?;
        let Some(account) = account else {
            return Ok(Self::new(home, None, None));
        };
        let mode = folder
            .metadata()
            .map_err(cannot(folder))?
            .permissions()
            .mode();
        fs::set_permissions(folder, Permissions::from_mode(mode | 0o011))
            .map_err(cannot(folder))?;
        chown(&home, Some(account.uid), Some(account.gid)).map_err(cannot(&home))?;
        if can_write(account, &home) {
            return Ok(Self::new(home, Some(account), None));
        }
        let temporary = tempfile::Builder::new()
            .prefix("isutori-")
            .tempdir_in(SHARED)
            .map_err(cannot(Path::new(SHARED)))?;
        let home = temporary.path().to_owned();
        chown(&home, Some(account.uid), Some(account.gid)).map_err(cannot(&home))?;
        Ok(Self::new(home, Some(account), Some(temporary)))
    }

    fn new(folder: PathBuf, account: Option<Account>, temporary: Option<TempDir>) -> Self {
        Self {
            folder,
            account,
            _temporary: temporary,
        }
    }

    /// The folder itself; a server's temporary files go there too, because ours may be closed to it.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// A path within the home.
    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }

    /// The data folder of the server: the one that is there, or a new one that the described
    /// process makes. It works on a draft, so that nobody ever finds a folder that is half made.
    pub(crate) async fn prepare_data(
        &self,
        maker: impl FnOnce(&Path) -> ProcessSpec,
    ) -> Result<PathBuf, ServiceError> {
        let (draft, data) = (self.join("data.draft"), self.join("data"));
        if data.exists() {
            return Ok(data);
        }
        let cannot = || ServiceError::io(format!("put a new database into {}", data.display()));
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(cannot())?;
        }
        let spec = maker(&draft)
            .account(self.account)
            .env("TMPDIR", self.path())
            .nice(NICE);
        Process::run(spec, LIMIT).await?;
        fs::rename(&draft, &data).map_err(cannot())?;
        Ok(data)
    }

    /// Writes a file that the server can read, and returns its path.
    pub(crate) fn write_file(
        &self,
        name: impl AsRef<Path>,
        text: &str,
    ) -> Result<PathBuf, ServiceError> {
        let path = self.join(&name);
        let cannot = ServiceError::io(format!("write {}", path.display()));
        self.put(name.as_ref(), text.as_bytes()).map_err(cannot)?;
        Ok(path)
    }

    /// Puts a file where its name says, in folders that are made when they are not there. All of it
    /// belongs to the server's account.
    pub(crate) fn put(&self, name: &Path, content: &[u8]) -> io::Result<()> {
        let path = self.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        let Some(account) = self.account else {
            return Ok(());
        };
        let parts = name.ancestors().filter(|part| !part.as_os_str().is_empty());
        for part in parts {
            chown(self.join(part), Some(account.uid), Some(account.gid))?;
        }
        Ok(())
    }
}

/// Asks the operating system, by a process of that account, whether it can write into a folder.
fn can_write(account: Account, folder: &Path) -> bool {
    Command::new("test")
        .arg("-w")
        .arg(folder)
        .uid(account.uid)
        .gid(account.gid)
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn home_is_in_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");

        let home = Home::prepare(folder.path(), Account::unprivileged("nobody")).expect("a home");

        assert_eq!(home.join("data"), folder.path().join("home/data"));
    }

    #[test]
    fn home_is_elsewhere_when_the_account_cannot_get_there() {
        let Some(account) = Account::unprivileged("nobody") else {
            // Past the test harness, which would keep it to itself; `cargo xtask test` collects it.
            let line = "NOT RUN: home_is_elsewhere_when_the_account_cannot_get_there: needs root";
            writeln!(io::stderr(), "{line}").expect("standard error");
            return;
        };
        let closed = tempfile::tempdir().expect("a folder");
        fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).expect("permissions");

        let home = Home::prepare(&closed.path().join("inner"), Some(account)).expect("a home");

        assert!(home.join("data").starts_with(SHARED));
        assert!(can_write(account, &home.folder));
    }
}
