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
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Course, CourseError, Memory, Rung, error::at};

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
        let name = folder.display().to_string();
        match is_one {
            true => Ok(copy),
            false if folder.join("webapp/.git").exists() => Err(CourseError::OfAHost(name)),
            false => Err(CourseError::NoWorkingCopy(name)),
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

    /// Whether a rung's cure applies to the files as they are, committed or not: then nobody has
    /// cured it yet.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn takes(&self, rung: &Rung) -> Result<bool, CourseError> {
        let mut git = Command::new("git");
        git.args(["apply", "--check", "-"])
            .current_dir(&self.folder);
        match run("git", &mut git, rung.cure) {
            Ok(()) => Ok(true),
            Err(CourseError::Command { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The rung to climb next: the first whose cure the copy [takes](Self::takes). Rungs that were
    /// cured in another way, and those that build on them, mostly take theirs no more.
    ///
    /// The first rung turns measuring on, which the last one turns off: when no other is left,
    /// there is nothing to measure for.
    ///
    /// # Errors
    /// As [`takes`](Self::takes).
    pub fn next<'a>(&self, course: &'a Course) -> Result<Option<&'a Rung>, CourseError> {
        let mut open = Vec::new();
        for rung in course.rungs() {
            if self.takes(rung)? {
                open.push(rung);
            }
        }
        match open[..] {
            [only] if only.number == 1 => Ok(None),
            _ => Ok(open.first().copied()),
        }
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
        // This reads the index alone; `cargo metadata` wants the crates of other platforms too,
        // which a machine that has only built for its own lacks.
        prune.args(["update", "--workspace", "--offline", "--quiet"]);
        run("cargo", prune.current_dir(&app), "")
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
        run("git", git.args(args).current_dir(&self.folder), "")
    }
}

/// Runs a program that reads `input`; its last words tell what went wrong.
fn run(name: &str, command: &mut Command, input: &str) -> Result<(), CourseError> {
    let cannot = || at(Path::new(name));
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().map_err(cannot())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends before it has read all of it says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(cannot())?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A working copy of the source tree's hand-out.
    fn start() -> (tempfile::TempDir, WorkingCopy) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = WorkingCopy::start(
            &folder.path().join("climb"),
            &root,
            &root.join("Cargo.lock"),
        );
        (folder, copy.expect("a working copy"))
    }

    #[test]
    fn the_next_rung_is_the_first_whose_cure_applies() {
        let course = Course::embedded().expect("a course");
        let (folder, copy) = start();
        let next = || copy.next(&course).expect("git").map(|rung| rung.number);
        let patch = folder.path().join("cure.patch");
        for rung in course.rungs() {
            assert_eq!(next(), Some(rung.number));
            fs::write(&patch, rung.cure).expect("a patch");
            copy.apply(&patch, &rung.name).expect("applied");
        }
        assert_eq!(next(), None);
    }

    #[test]
    fn a_rung_that_was_cured_in_another_way_is_passed() {
        let course = Course::embedded().expect("a course");
        let (_folder, copy) = start();
        let cures = [
            ("env.sh", "ACCESS_LOG=", "ACCESS_LOG=json"),
            ("sql/mysql/reset.sql", "\n", "\nCREATE INDEX …;\n"),
        ];
        for (file, from, to) in cures {
            let file = copy.folder().join(file);
            let text = fs::read_to_string(&file).expect("a file");
            fs::write(&file, text.replacen(from, to, 1)).expect("a file");
        }
        let next = copy.next(&course).expect("git");
        assert_eq!(next.map(|rung| rung.number), Some(3));
    }

    #[test]
    fn the_hand_out_of_a_host_is_told_from_other_folders() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || {
            let opened = WorkingCopy::open(folder.path());
            opened.expect_err("no working copy").to_string()
        };
        assert!(open().contains("isutori course start DIR makes one"));
        fs::create_dir_all(folder.path().join("webapp/.git")).expect("a folder");
        assert!(open().contains("isutori course show N"), "{}", open());
    }
}
