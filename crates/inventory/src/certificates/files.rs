//! The folder of certificates and keys.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rcgen::KeyPair;

use super::CertificateError;

/// The folder, which nobody but its owner can enter, and git does not look into.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn make(path: &Path) -> Result<Folder, CertificateError> {
        let folder = Folder(path.to_owned());
        let made = fs::create_dir_all(path)
            .and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o700)));
        made.map_err(at(path))?;
        folder.write(".gitignore", "*\n")?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The text of a file; none when there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, CertificateError> {
        let path = self.0.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Keeps a key and the certificate for it. Whoever finds the certificate finds its key.
    pub(super) fn keep(
        &self,
        name: &str,
        key: &KeyPair,
        certificate: &str,
    ) -> Result<(), CertificateError> {
        self.write(&format!("{name}.key"), &key.serialize_pem())?;
        self.write(&format!("{name}.pem"), certificate)
    }

    /// Writes a file that only its owner may read: whole, or not at all.
    fn write(&self, name: &str, text: &str) -> Result<(), CertificateError> {
        let path = self.0.join(name);
        let new = self.0.join(format!("{name}.new"));
        let write = || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(&new)?.write_all(text.as_bytes())?;
            fs::rename(&new, &path)
        };
        write().map_err(at(&path))
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> CertificateError {
    move |error| CertificateError::File {
        path: path.display().to_string(),
        error,
    }
}
