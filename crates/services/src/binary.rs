//! The programs that are run, and where they are looked for.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ServiceError;

/// Debian keeps PostgreSQL's programs off the PATH, in one folder for each version.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";

/// Folders that are often not on the PATH: servers live in `sbin`, and Homebrew does not link
/// formulas that come in several versions.
const WELL_KNOWN: [&str; 5] = [
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/sbin",
];

/// Homebrew's folders of formulas, each formula with a `bin` of its own.
const HOMEBREW: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];

/// A program, what it is for and which package has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary {
    /// The program's names, the usual one first.
    pub names: &'static [&'static str],
    /// What it is needed for, to follow the word "for".
    pub purpose: &'static str,
    /// The package on Debian and Ubuntu.
    pub debian: &'static str,
    /// The formula in Homebrew.
    pub homebrew: &'static str,
}

impl Binary {
    /// MariaDB's server, or MySQL's.
    pub const MARIADB: Self = Self {
        names: &["mariadbd", "mysqld"],
        purpose: "a private MariaDB",
        debian: "mariadb-server",
        homebrew: "mariadb",
    };
    /// The program that makes PostgreSQL's data folder; the server lies next to it.
    pub const POSTGRES: Self = Self {
        names: &["initdb"],
        purpose: "a private PostgreSQL",
        debian: "postgresql",
        homebrew: "postgresql@17",
    };
    /// Redis, or Valkey, which speaks the same protocol.
    pub const REDIS: Self = Self {
        names: &["redis-server", "valkey-server"],
        purpose: "a private Redis",
        debian: "redis-server",
        homebrew: "redis",
    };
    /// memcached.
    pub const MEMCACHED: Self = Self {
        names: &["memcached"],
        purpose: "a private memcached",
        debian: "memcached",
        homebrew: "memcached",
    };
    /// nginx.
    pub const NGINX: Self = Self {
        names: &["nginx"],
        purpose: "a private nginx",
        debian: "nginx",
        homebrew: "nginx",
    };
    /// Chromium, or a browser that is made of it.
    pub const CHROMIUM: Self = Self {
        names: &["chromium", "chromium-browser", "google-chrome"],
        purpose: "tests in a browser",
        debian: "chromium",
        homebrew: "chromium",
    };
    /// What drives Chromium, by the protocol WebDriver.
    pub const CHROMEDRIVER: Self = Self {
        names: &["chromedriver"],
        purpose: "tests in a browser",
        debian: "chromium-driver",
        homebrew: "chromedriver",
    };

    /// What a lab of machines is made with; Linux alone has labs.
    pub const LAB: [Self; 6] = [
        Self::for_lab(&["mmdebstrap"], "mmdebstrap"),
        Self::for_lab(&["systemd-nspawn"], "systemd-container"),
        Self::for_lab(&["nft"], "nftables"),
        Self::for_lab(&["ip"], "iproute2"),
        Self::for_lab(&["ssh"], "openssh-client"),
        Self::for_lab(&["python3"], "python3-venv"),
    ];

    /// A Docker engine and what starts containers together; images are built on a lab's Debian.
    pub const DOCKER: [Self; 2] = [
        Self::for_containers(&["dockerd"], "docker.io"),
        Self::for_containers(&["docker-compose"], "docker-compose"),
    ];

    const fn for_containers(names: &'static [&'static str], debian: &'static str) -> Self {
        Self {
            names,
            purpose: "a contest in containers",
            debian,
            homebrew: "",
        }
    }

    const fn for_lab(names: &'static [&'static str], debian: &'static str) -> Self {
        Self {
            names,
            purpose: "a lab",
            debian,
            homebrew: "",
        }
    }

    /// Whether it cannot be used here.
    pub fn is_missing(&self, search: &SearchPath) -> bool {
        match self.find(search) {
            Ok(python) if self.debian == "python3-venv" => !has_venv(&python),
            found => found.is_err(),
        }
    }

    /// Finds the program, by its first name that exists anywhere.
    ///
    /// # Errors
    /// [`ServiceError::Missing`], which says what to install.
    pub fn find(&self, search: &SearchPath) -> Result<PathBuf, ServiceError> {
        self.names
            .iter()
            .find_map(|name| search.find(name))
            .ok_or(ServiceError::Missing {
                name: self.names[0],
                purpose: self.purpose,
                debian: self.debian,
                homebrew: self.homebrew,
            })
    }
}

/// The folders in which programs are looked for, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPath(Vec<PathBuf>);

impl SearchPath {
    /// Looks in these folders and nowhere else.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(folders.into_iter().collect())
    }

    /// Looks in the folders of `PATH` and then in those where packages are known to put servers.
    pub fn of_system() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
        folders.extend(postgres_folders(Path::new(DEBIAN_POSTGRES)));
        folders.extend(WELL_KNOWN.map(PathBuf::from));
        for formulas in HOMEBREW {
            folders.extend(subfolders(Path::new(formulas)).map(|formula| formula.join("bin")));
        }
        Self(folders)
    }

    /// The first executable file with this name.
    fn find(&self, name: &str) -> Option<PathBuf> {
        self.0
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| is_executable(file))
    }
}

/// Debian has Python without what makes environments of its own, in a package apart.
fn has_venv(python: &Path) -> bool {
    let mut import = Command::new(python);
    import.args(["-c", "import ensurepip, venv"]);
    import.output().is_ok_and(|output| output.status.success())
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The `bin` folders of Debian's PostgreSQL versions, newest first.
fn postgres_folders(root: &Path) -> Vec<PathBuf> {
    let version = |folder: &PathBuf| -> Option<u32> {
        folder.file_name().and_then(OsStr::to_str)?.parse().ok()
    };
    let mut versions: Vec<PathBuf> = subfolders(root).collect();
    versions.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    versions
        .into_iter()
        .map(|folder| folder.join("bin"))
        .collect()
}

/// What lies in a folder; nothing when there is no such folder.
fn subfolders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn newest_postgres_comes_first() {
        let root = tempfile::tempdir().expect("a folder");
        for version in ["9.6", "15", "9", "17"] {
            fs::create_dir(root.path().join(version)).expect("a subfolder");
        }

        let found = postgres_folders(root.path());

        let expected =
            ["17", "15", "9", "9.6"].map(|version| root.path().join(version).join("bin"));
        assert_eq!(found, expected);
    }

    #[test]
    fn missing_program_says_what_to_install() {
        let error = Binary::MARIADB
            .find(&SearchPath::new([]))
            .expect_err("nothing to be found");

        assert_eq!(
            error.to_string(),
            "mariadbd was not found, which is needed for a private MariaDB; \
             install it: apt install mariadb-server / brew install mariadb"
        );
    }

    #[test]
    fn files_without_permission_to_run_are_passed_over() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = ["first", "second"].map(|name| root.path().join(name));
        for (folder, mode) in folders.iter().zip([0o644, 0o755]) {
            fs::create_dir(folder).expect("a subfolder");
            fs::write(folder.join("memcached"), "").expect("a file");
            fs::set_permissions(folder.join("memcached"), Permissions::from_mode(mode))
                .expect("permissions");
        }

        let found = Binary::MEMCACHED.find(&SearchPath::new(folders.clone()));

        assert_eq!(found.expect("the second"), folders[1].join("memcached"));
    }
}
