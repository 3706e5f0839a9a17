//! The folder of a lab, and what lies where in it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use isutori_inventory::Inventory;

use crate::{LabError, error::at};

/// The folder of a lab.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }

    /// Makes it, with the contest that the lab is for.
    pub(crate) fn make(&self, contest: &str) -> Result<(), LabError> {
        if self.contest().exists() {
            let path = self.0.display();
            return Err(LabError::InTheWay(format!("there is a lab in {path}")));
        }
        let mut entries = fs::read_dir(&self.0).map_err(at(&self.0))?;
        if entries.next().is_some() {
            let path = self.0.display();
            let reason = format!("{path} holds other files; give an empty folder with --dir");
            return Err(LabError::Impossible(reason));
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&self.0, private).map_err(at(&self.0))?;
        write(&self.contest(), contest)
    }

    /// The hosts of the lab that lies here.
    pub(crate) fn inventory(&self) -> Result<Inventory, LabError> {
        if !self.contest().exists() {
            return Err(LabError::Absent(self.0.display().to_string()));
        }
        Ok(Inventory::read(&self.contest())?)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The time when the lab is taken down, or `never`.
    pub(crate) fn stops_at(&self) -> PathBuf {
        self.0.join("stops_at")
    }

    /// Locked by the process that waits for this time, with its number.
    pub(crate) fn watcher(&self) -> PathBuf {
        self.0.join("watcher")
    }

    pub(crate) fn watcher_log(&self) -> PathBuf {
        self.0.join("watcher.log")
    }

    /// The contest's authority, and the certificates of hosts.
    pub(crate) fn certificates(&self) -> PathBuf {
        self.0.join("certificates")
    }

    pub(crate) fn contest(&self) -> PathBuf {
        self.0.join("contest.toml")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("key")
    }

    pub(crate) fn public_key(&self) -> PathBuf {
        self.0.join("key.pub")
    }

    pub(crate) fn known_hosts(&self) -> PathBuf {
        self.0.join("known_hosts")
    }

    pub(crate) fn ansible_inventory(&self) -> PathBuf {
        self.0.join("inventory.json")
    }

    pub(crate) fn ansible_home(&self) -> PathBuf {
        self.0.join("ansible")
    }

    pub(crate) fn machine(&self, name: &str) -> PathBuf {
        self.0.join("machines").join(name)
    }

    /// Removes it with all that is in it.
    pub(crate) fn remove(&self) -> Result<(), LabError> {
        fs::remove_dir_all(&self.0).map_err(at(&self.0))
    }
}

/// Writes a file, and makes the folders that it lies in.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), LabError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::write(path, text).map_err(at(path))
}
