//! What is made once and used by every lab.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use nix::fcntl::{Flock, FlockArg};

use crate::{LabError, error::at};

/// So many images of the same roles are kept, for those who go back and forth between settings.
const KEPT: usize = 3;

/// A folder of finished things, each named after all that it is made from.
pub(crate) struct Cache(PathBuf);

impl Cache {
    pub(crate) fn open(path: &Path) -> Result<Cache, LabError> {
        fs::create_dir_all(path).map_err(at(path))?;
        // Paths are handed to programs that stand elsewhere.
        let path = path.canonicalize().map_err(at(path))?;
        Ok(Cache(path))
    }

    /// The thing of that name, if it is there.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        let path = self.0.join(name);
        path.is_dir().then_some(path)
    }

    /// Puts a finished folder under that name, and gives it back from there.
    pub(crate) fn put(&self, name: &str, folder: &Path) -> Result<PathBuf, LabError> {
        let path = self.0.join(name);
        match fs::rename(folder, &path) {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                let why = "the folders of the lab and of its cache must lie on one file system";
                Err(LabError::Impossible(why.to_owned()))
            }
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Removes things whose names begin so, but for the newest ones and those that machines are laid
    /// over.
    pub(crate) fn prune(&self, beginning: &str) -> Result<(), LabError> {
        let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
        let is_free = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(beginning) && !mounts.contains(&*path.to_string_lossy())
        };
        let entries = fs::read_dir(&self.0).map_err(at(&self.0))?.flatten();
        let mut free: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_free).collect();
        free.sort_by_cached_key(|path| path.metadata().and_then(|data| data.modified()).ok());
        for path in free.iter().rev().skip(KEPT) {
            fs::remove_dir_all(path).map_err(at(path))?;
        }
        Ok(())
    }

    fn begin(&self, name: &str) -> Result<PathBuf, LabError> {
        let path = self.0.join(format!("{name}.new"));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(at(&path))?;
        }
        fs::create_dir(&path).map_err(at(&path))?;
        Ok(path)
    }

    /// Nobody else makes anything as long as this is held.
    pub(crate) fn lock(&self) -> Result<Flock<File>, LabError> {
        let path = self.0.join("lock");
        let file = File::create(&path).map_err(at(&path))?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| at(&path)(error.into()))
    }

    /// The thing of that name, made in a folder when it is not there. Half a thing is never found.
    pub(crate) fn keep(
        &self,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), LabError>,
    ) -> Result<PathBuf, LabError> {
        if let Some(found) = self.find(name) {
            return Ok(found);
        }
        let folder = self.begin(name)?;
        make(&folder)?;
        self.put(name, &folder)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_newest_images_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        for name in ["app-1", "app-2", "app-3", "app-4", "worker-1"] {
            cache.keep(name, |_| Ok(())).expect("an image");
            let age = Duration::from_secs(if name == "app-3" { 100 } else { 0 });
            let image = File::open(folder.path().join(name)).expect("an image");
            image.set_modified(SystemTime::now() - age).expect("an age");
        }

        cache.prune("app-").expect("a smaller cache");

        let is_there = |name: &&str| cache.find(name).is_some();
        let names = ["app-1", "app-2", "app-3", "app-4", "worker-1"];
        let left: Vec<&str> = names.into_iter().filter(is_there).collect();
        assert_eq!(left, ["app-1", "app-2", "app-4", "worker-1"]);
    }

    #[test]
    fn what_was_made_whole_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        let broken = cache.keep("tree", |_| Err(LabError::Impossible("no disk".to_owned())));
        broken.expect_err("half a tree");

        let made = cache.keep("tree", |folder| {
            let is_empty = fs::read_dir(folder).expect("a folder").next().is_none();
            assert!(is_empty, "something was left of the first attempt");
            Ok(())
        });
        let found = cache.keep("tree", |_| panic!("made again"));

        assert_eq!(made.expect("a tree"), found.expect("a tree"));
    }
}
