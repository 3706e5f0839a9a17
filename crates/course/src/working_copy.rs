//! A copy of the hand-out to climb in.
//!
//! ```text
//! webapp/, sql/        the hand-out
//! env.sh               the app's environment
//! etc/                 settings of the servers around it, as a contest's host has them in /etc
//! .isutori/            what is remembered; not in git
//! ```

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{CourseError, Memory, error::at};

/// The tag of the hand-out as it was handed out.
const INITIAL: &str = "initial";
/// Where things are kept that are no part of the app.
const STATE: &str = ".isutori";

/// What a working copy has besides the hand-out: the files that a contest's hosts are given.
const SETTINGS: [(&str, &str); 5] = [
    (".gitignore", "target/\n.isutori/\n"),
    ("env.sh", include_str!("env.sh")),
    (
        "etc/mysql/mariadb.conf.d/60-contest.cnf",
        include_str!("../../../provisioning/ansible/roles/mariadb/files/contest.cnf"),
    ),
    (
        "etc/nginx/nginx.conf",
        include_str!("../../../provisioning/ansible/roles/nginx/files/nginx.conf"),
    ),
    (
        "etc/nginx/sites-available/suwaru.conf",
        include_str!("../../../provisioning/ansible/roles/nginx/files/suwaru.conf"),
    ),
];

/// The link by which nginx finds its site, and where it leads to.
const SITE: (&str, &str) = (
    "etc/nginx/sites-enabled/suwaru.conf",
    "../sites-available/suwaru.conf",
);

/// A working copy.
#[derive(Clone, Debug)]
pub struct WorkingCopy {
    folder: PathBuf,
}

impl WorkingCopy {
    /// Makes one of the hand-out in `source`, with `lock` as the app's `Cargo.lock` unless the
    /// hand-out has one.
    ///
    /// # Errors
    /// When the folder is there already, or something cannot be copied.
    pub fn start(folder: &Path, source: &Path, lock: &Path) -> Result<Self, CourseError> {
        if folder.exists() {
            return Err(CourseError::InTheWay(folder.display().to_string()));
        }
        for part in ["webapp", "sql"] {
            copy(&source.join(part), &folder.join(part))?;
        }
        for (name, text) in SETTINGS {
            let file = with_parents(folder.join(name))?;
            fs::write(&file, text).map_err(at(&file))?;
        }
        let link = with_parents(folder.join(SITE.0))?;
        symlink(SITE.1, &link).map_err(at(&link))?;
        let copy = WorkingCopy {
            folder: folder.to_owned(),
        };
        copy.pin_crates(lock)?;
        copy.git(&["init", "--quiet", "--initial-branch=main"])?;
        copy.commit("As handed out")?;
        copy.git(&["tag", INITIAL])?;
        Ok(copy)
    }

    /// Opens one that was made before.
    ///
    /// # Errors
    /// When the folder is none.
    pub fn open(folder: &Path) -> Result<Self, CourseError> {
        let copy = WorkingCopy {
            folder: folder.to_owned(),
        };
        let tag = format!("refs/tags/{INITIAL}");
        let is_one = folder.join("webapp/rust/Cargo.toml").exists()
            && copy
                .git(&["rev-parse", "--verify", "--quiet", &tag])
                .is_ok();
        match is_one {
            true => Ok(copy),
            false => Err(CourseError::NoWorkingCopy(folder.display().to_string())),
        }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder for what is no part of the app, such as runs.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn state(&self) -> Result<PathBuf, CourseError> {
        let state = self.folder.join(STATE);
        fs::create_dir_all(&state).map_err(at(&state))?;
        Ok(state)
    }

    /// What is remembered.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn memory(&self) -> Result<Memory, CourseError> {
        Memory::read(&self.memory_file()?)
    }

    /// Remembers it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remember(&self, memory: &Memory) -> Result<(), CourseError> {
        memory.write(&self.memory_file()?)
    }

    fn memory_file(&self) -> Result<PathBuf, CourseError> {
        Ok(self.state()?.join("course.json"))
    }

    /// Applies a patch and commits it.
    ///
    /// # Errors
    /// When it does not apply.
    pub fn apply(&self, patch: &Path, message: &str) -> Result<(), CourseError> {
        let patch = patch.to_string_lossy();
        self.git(&["apply", "--whitespace=error-all", &patch])?;
        self.commit(message)
    }

    /// The hand-out as it was handed out, in a folder beside; made when it is not there.
    ///
    /// # Errors
    /// When git cannot make it.
    pub fn untouched(&self) -> Result<PathBuf, CourseError> {
        let folder = self.state()?.join("untouched");
        if !folder.exists() {
            let path = std::path::absolute(&folder).map_err(at(&folder))?;
            self.git(&["worktree", "prune"])?;
            let add = ["worktree", "add", "--quiet", "--detach"];
            self.git(&[&add[..], &[&path.to_string_lossy(), INITIAL]].concat())?;
        }
        Ok(folder)
    }

    /// The workspace's versions of those crates that the app uses.
    fn pin_crates(&self, lock: &Path) -> Result<(), CourseError> {
        let app = self.folder.join("webapp/rust");
        let own = app.join("Cargo.lock");
        if own.exists() {
            return Ok(());
        }
        fs::copy(lock, &own).map_err(at(lock))?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut prune = Command::new(cargo);
        prune.args(["metadata", "--offline", "--format-version=1"]);
        run("cargo", prune.current_dir(&app))
    }

    fn commit(&self, message: &str) -> Result<(), CourseError> {
        self.git(&["add", "--all"])?;
        let name = [
            "-c",
            "user.name=Isutori",
            "-c",
            "user.email=isutori@localhost",
        ];
        self.git(&[&name[..], &["commit", "--quiet", "--message", message]].concat())
    }

    fn git(&self, args: &[&str]) -> Result<(), CourseError> {
        let mut git = Command::new("git");
        run("git", git.args(args).current_dir(&self.folder))
    }
}

/// Runs a program; its last words tell what went wrong.
fn run(name: &str, command: &mut Command) -> Result<(), CourseError> {
    let output = command.output().map_err(at(Path::new(name)))?;
    if output.status.success() {
        return Ok(());
    }
    let args: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    Err(CourseError::Command {
        what: format!("{name} {}", args.join(" ")),
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// A file's path, once the folder is there that it lies in.
fn with_parents(file: PathBuf) -> Result<PathBuf, CourseError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    Ok(file)
}

/// Copies a folder without what a build leaves in it.
fn copy(from: &Path, to: &Path) -> Result<(), CourseError> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if !source.is_dir() {
            fs::copy(&source, &target).map_err(at(&source))?;
        } else if entry.file_name() != "target" {
            copy(&source, &target)?;
        }
    }
    Ok(())
}
