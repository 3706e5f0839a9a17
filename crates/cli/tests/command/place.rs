//! The folder that a user stands in.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tempfile::TempDir;

use crate::{
    running::{Outcome, Running},
    traces::{Traces, list},
};

/// The program under test.
pub const ISUTORI: &str = env!("CARGO_BIN_EXE_isutori");

/// Held by whoever plays for a score.
static PLAY: Mutex<()> = Mutex::new(());

/// Waits until nobody else plays for a score.
pub fn play_alone() -> MutexGuard<'static, ()> {
    // A play that failed says nothing about the next one.
    PLAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two folders: one to work in, one for the temporary files of the commands run there.
pub struct Place {
    folder: TempDir,
    traces: Traces,
}

impl Place {
    /// An empty place.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Servers that root starts run as somebody else, who must be able to use both.
        open(folder.path(), 0o755);
        for name in ["work", "temporary"] {
            fs::create_dir(folder.path().join(name)).expect("a subfolder");
        }
        let temporary = folder.path().join("temporary");
        open(&temporary, 0o1777);
        Place {
            folder,
            traces: Traces::new(temporary),
        }
    }

    /// A path in the folder that commands are run in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// The folder for temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    /// Writes a file to work with.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    /// `isutori` with arguments, ready to be started here.
    pub fn isutori(&self, args: &[&str]) -> Command {
        let mut command = self.command(ISUTORI);
        command.args(args);
        command
    }

    /// Some program that will find itself here, in a session of its own by which all that it starts
    /// can be found.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new("setsid");
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir(self.path(""))
            .env("TMPDIR", self.temporary())
            .env_remove("DATABASE_URL");
        command
    }

    /// Starts `isutori`.
    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(self.isutori(args))
    }

    /// Runs `isutori` to its end, and looks that nothing of it is left.
    pub fn run(&self, args: &[&str]) -> Outcome {
        self.finish(self.start(args))
    }

    /// Waits for the end of what was started here, and looks that nothing of it is left.
    pub fn finish(&self, running: Running) -> Outcome {
        let session = running.id();
        let outcome = running.finish();
        self.traces.assert_none(session);
        outcome
    }

    /// Runs a command that is wrong, or in a wrong world: it ends with 2, says nothing on standard
    /// output and each of these `words` on standard error, and leaves no file.
    pub fn refuse(&self, command: Command, words: &[&str]) {
        let before = self.files();
        let outcome = self.finish(Running::start(command));
        let said = &outcome.stderr;
        assert_eq!(outcome.code, Some(2), "{said}");
        assert_eq!(outcome.stdout, "", "{said}");
        for words in words {
            assert!(said.contains(words), "{words:?} is not in:\n{said}");
        }
        assert!(!said.contains("panicked"), "{said}");
        let after = self.files();
        assert_eq!(names(&after), names(&before), "a file was made or removed");
        assert!(after == before, "a file was changed");
    }

    /// Every file in the folder that commands are run in, with its content.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect_files(&self.path(""), &mut files);
        files
    }

    /// The folders of the runs that were made here, in order.
    pub fn runs(&self) -> Vec<PathBuf> {
        let folder = self.path(".isutori/runs");
        let mut runs = match folder.exists() {
            true => list(&folder),
            false => Vec::new(),
        };
        runs.sort();
        runs
    }
}

fn open(folder: &Path, mode: u32) {
    fs::set_permissions(folder, Permissions::from_mode(mode)).expect("permissions");
}

fn names(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<&PathBuf> {
    files.keys().collect()
}

fn collect_files(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for path in list(folder) {
        let kind = fs::symlink_metadata(&path).expect("a file").file_type();
        if kind.is_dir() {
            collect_files(&path, files);
        } else if kind.is_file() {
            let content = fs::read(&path).expect("a file that can be read");
            files.insert(path, content);
        }
    }
}
