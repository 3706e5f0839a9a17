//! What contestants are given, as a folder: the reference app and its SQL, and maybe the settings
//! of the servers around it.
//!
//! ```text
//! webapp/, sql/                     must be there
//! env.sh                            the app's environment, a line NAME=VALUE each
//! etc/mysql/mariadb.conf.d/*.cnf    settings of MariaDB
//! etc/nginx/nginx.conf              settings of nginx, and what it includes below that folder
//! ```
//!
//! What `play` has to decide itself, such as addresses, it decides in spite of these.

mod turn;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail, ensure};
use tokio::{io::AsyncReadExt, process::Command, task::spawn_blocking};

use self::turn::Turn;
use crate::play::Implementation;

/// The app's environment.
const ENVIRONMENT: &str = "env.sh";
/// Where the settings of MariaDB are.
const DATABASE_SETTINGS: &str = "etc/mysql/mariadb.conf.d";

/// Where the settings of nginx are.
pub(crate) const NGINX_SETTINGS: &str = "etc/nginx";
/// Where the app listens on a host, unless its environment says otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// A folder with the hand-out.
pub(crate) struct HandOut {
    root: PathBuf,
    /// Whether it is the source tree that this program was built from.
    is_ours: bool,
}

/// The app as it was built.
pub(crate) struct Built {
    pub(crate) program: PathBuf,
    /// Warnings of the compiler.
    pub(crate) warnings: usize,
}

/// How the app is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For speed.
    Full,
    /// In a hurry, to see whether it works.
    Least,
}

impl HandOut {
    /// That of the source tree that this program was built from.
    pub(crate) fn of_source_tree() -> anyhow::Result<Self> {
        let root = source_tree()?;
        Ok(HandOut {
            root,
            is_ours: true,
        })
    }

    /// A copy of it in some folder.
    pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        for file in ["webapp/rust/Cargo.toml", "sql"] {
            ensure!(
                folder.join(file).exists(),
                "{} holds no hand-out, as there is no {file}; `isutori course start {0}` makes one",
                folder.display()
            );
        }
        Ok(HandOut {
            root: std::path::absolute(folder)?,
            is_ours: false,
        })
    }

    /// The folder with the schemas and the scripts.
    pub(crate) fn sql(&self) -> PathBuf {
        self.root.join("sql")
    }

    /// The folder with the static files.
    pub(crate) fn public(&self) -> PathBuf {
        self.root.join("webapp/public")
    }

    /// The variables of the app's environment that the hand-out sets.
    pub(crate) fn environment(&self) -> anyhow::Result<Vec<(String, String)>> {
        let file = self.root.join(ENVIRONMENT);
        let text = or_empty(fs::read_to_string(&file))
            .with_context(|| format!("cannot read {}", file.display()))?;
        let lines = text.lines().map(str::trim);
        let settings = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        settings
            .map(|line| {
                let (name, value) = line
                    .split_once('=')
                    .with_context(|| format!("{}: {line:?} is no NAME=VALUE", file.display()))?;
                Ok((name.to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// Where the app listens on a host: `ADDR:PORT` or `unix:PATH`.
    pub(crate) fn listen(&self) -> anyhow::Result<String> {
        let environment = self.environment()?.into_iter();
        let said = environment.rev().find(|(name, _)| name == "LISTEN");
        Ok(said.map_or_else(|| LISTEN.to_owned(), |(_, place)| place))
    }

    /// The settings of nginx: files by their paths below `etc/nginx`. None where there is no
    /// `nginx.conf`, without which the others say nothing.
    pub(crate) fn nginx_settings(&self) -> anyhow::Result<BTreeMap<PathBuf, String>> {
        let folder = self.root.join(NGINX_SETTINGS);
        let mut files = BTreeMap::new();
        if folder.join("nginx.conf").exists() {
            let cannot = || format!("cannot read the settings of nginx in {}", folder.display());
            read_files(&folder, Path::new(""), &mut files).with_context(cannot)?;
        }
        Ok(files)
    }

    /// The settings of MariaDB, all files after another in the order of their names.
    pub(crate) fn database_settings(&self) -> anyhow::Result<String> {
        let folder = self.root.join(DATABASE_SETTINGS);
        if !folder.exists() {
            return Ok(String::new());
        }
        let cannot = |path: &Path| format!("cannot read {}", path.display());
        let entries = fs::read_dir(&folder).with_context(|| cannot(&folder))?;
        let files: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut files = files.with_context(|| cannot(&folder))?;
        files.retain(|file| file.extension().is_some_and(|kind| kind == "cnf"));
        files.sort();
        let mut settings = String::new();
        for file in files {
            settings += &fs::read_to_string(&file).with_context(|| cannot(&file))?;
            settings.push('\n');
        }
        Ok(settings)
    }

    /// Builds the app. What the compiler says goes to standard error.
    pub(crate) async fn build(
        &self,
        implementation: Implementation,
        effort: Effort,
    ) -> anyhow::Result<Built> {
        let Implementation::Rust = implementation;
        self.compile(&["build"], effort).await
    }

    /// Builds the unit tests of the app: a program that runs them.
    pub(crate) async fn build_tests(&self, effort: Effort) -> anyhow::Result<Built> {
        let tests = ["test", "--no-run", "--bin", "suwaru"];
        self.compile(&tests, effort).await
    }

    async fn compile(&self, goal: &[&str], effort: Effort) -> anyhow::Result<Built> {
        let turn = self.turn(goal[0], effort).await?;
        let mut child = self
            .cargo(goal, effort)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run cargo to build the app; install Rust from https://rustup.rs")?;
        let mut messages = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            stdout
                .read_to_string(&mut messages)
                .await
                .context("cannot read what cargo says")?;
        }
        let messages: Vec<serde_json::Value> = messages
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        for said in messages.iter().filter_map(rendered) {
            eprint!("{said}");
        }
        if !child.wait().await?.success() {
            bail!("the app does not build; the compiler says above why");
        }
        if let Some(turn) = turn {
            turn.end()?;
        }
        let program = messages.iter().filter_map(executable).next_back();
        Ok(Built {
            program: program.context("cargo built the app but did not say where it is")?,
            warnings: messages
                .iter()
                .filter(|message| is_warning(message))
                .count(),
        })
    }

    /// Its turn in the build folder of the source tree, unless it is that tree or there is none.
    async fn turn(&self, goal: &str, effort: Effort) -> anyhow::Result<Option<Turn>> {
        let Some(shared) = self.shared_build_folder() else {
            return Ok(None);
        };
        let root = self.root.canonicalize()?;
        let kind = format!("{goal}-{effort:?}").to_lowercase();
        let turn = spawn_blocking(move || Turn::begin(&root, &shared, &kind)).await?;
        let why = || format!("cannot build the app of {}", self.root.display());
        turn.map(Some).with_context(why)
    }

    /// Where libraries are that were compiled for the source tree.
    fn shared_build_folder(&self) -> Option<PathBuf> {
        let ours = source_tree().ok().filter(|_| !self.is_ours)?;
        Some(ours.join("target"))
    }

    fn cargo(&self, goal: &[&str], effort: Effort) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(goal);
        command.args(["--release", "--package", "suwaru"]);
        command.args(["--message-format", "json"]);
        if effort == Effort::Least {
            // Libraries stay as they were built, whatever a profile of the app's own says.
            for setting in ["package.suwaru.opt-level=0", "lto=false"] {
                command.args(["--config", &format!("profile.release.{setting}")]);
            }
            command.env("CARGO_INCREMENTAL", "1");
        }
        if self.is_ours {
            command.current_dir(&self.root);
            return command;
        }
        command.current_dir(self.root.join("webapp/rust"));
        if let Some(shared) = self.shared_build_folder() {
            command.env("CARGO_BUILD_BUILD_DIR", shared);
        }
        command
    }
}

/// The root of the source tree that this program was built from.
pub(crate) fn source_tree() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root
        .canonicalize()
        .ok()
        .filter(|root| root.join("webapp/rust/Cargo.toml").exists());
    root.context("the source tree is not where this program was built from; run `cargo run --release -- play` in it")
}

/// Reads all files of a folder and those in it, by their paths below it. Links are followed.
fn read_files(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let path = folder.join(entry?.file_name());
        match root.join(&path).is_dir() {
            true => read_files(root, &path, files)?,
            false => {
                let text = fs::read_to_string(root.join(&path))?;
                files.insert(path, text);
            }
        }
    }
    Ok(())
}

fn or_empty(read: io::Result<String>) -> io::Result<String> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// The program in one of cargo's messages.
fn executable(message: &serde_json::Value) -> Option<PathBuf> {
    message.get("executable")?.as_str().map(PathBuf::from)
}

fn is_warning(message: &serde_json::Value) -> bool {
    message["reason"] == "compiler-message" && message["message"]["level"] == "warning"
}

/// What the compiler has to say, as it would say it on a terminal.
fn rendered(message: &serde_json::Value) -> Option<&str> {
    message["message"]["rendered"].as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handout() -> (tempfile::TempDir, HandOut) {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["webapp/rust", "sql", DATABASE_SETTINGS] {
            fs::create_dir_all(folder.path().join(path)).expect("a folder");
        }
        fs::write(folder.path().join("webapp/rust/Cargo.toml"), "").expect("a file");
        let handout = HandOut::in_folder(folder.path()).expect("a hand-out");
        (folder, handout)
    }

    #[tokio::test]
    async fn warnings_of_the_compiler_are_counted() {
        let (folder, handout) = handout();
        for (program, warnings) in [
            ("fn main() {}", 0),
            ("fn main() {}\n\nfn nobody_calls_it() {}", 1),
        ] {
            write_app(folder.path(), program);
            let built = handout.build(Implementation::Rust, Effort::Least).await;
            assert_eq!(built.expect("a program").warnings, warnings);
        }
    }

    #[tokio::test]
    async fn apps_of_hand_outs_are_not_taken_for_one_another() {
        let apps = ["first", "second"].map(|word| {
            let (folder, handout) = handout();
            write_app(
                folder.path(),
                &format!("fn main() {{ print!(\"{word}\") }}"),
            );
            (word, folder, handout)
        });
        for index in [0, 1, 0, 1, 1] {
            let (word, _folder, handout) = &apps[index];
            let built = handout.build(Implementation::Rust, Effort::Least).await;
            let mut program = Command::new(built.expect("a program").program);
            let said = program.output().await.expect("an end").stdout;
            assert_eq!(String::from_utf8_lossy(&said), *word);
        }
    }

    /// Makes a hand-out's app from one source.
    fn write_app(folder: &Path, main: &str) {
        let app = folder.join("webapp/rust");
        fs::create_dir_all(app.join("src")).expect("a folder");
        let package = "[package]\nname = \"suwaru\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
        fs::write(app.join("Cargo.toml"), package).expect("a file");
        fs::write(app.join("src/main.rs"), main).expect("a file");
    }

    #[test]
    fn the_environment_is_read_line_by_line() {
        let (folder, handout) = handout();
        assert_eq!(handout.environment().expect("none"), []);

        let file = folder.path().join(ENVIRONMENT);
        fs::write(
            &file,
            "# a chair\nACCESS_LOG=ltsv\n\nRUST_LOG=info,sqlx=error\n",
        )
        .expect("a file");
        let variables = handout.environment().expect("variables");
        fs::write(&file, "export\n").expect("a file");
        let error = handout.environment().expect_err("no variable").to_string();

        let expected = [("ACCESS_LOG", "ltsv"), ("RUST_LOG", "info,sqlx=error")];
        assert_eq!(
            variables,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert!(error.contains("\"export\" is no NAME=VALUE"), "{error}");
    }

    #[test]
    fn settings_of_the_database_are_read_in_order() {
        let (folder, handout) = handout();
        for (name, text) in [("60-b.cnf", "b"), ("50-a.cnf", "a"), ("70-c.off", "c")] {
            let file = folder.path().join(DATABASE_SETTINGS).join(name);
            fs::write(file, text).expect("a file");
        }
        assert_eq!(handout.database_settings().expect("settings"), "a\nb\n");
    }

    #[test]
    fn a_folder_without_a_hand_out_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = HandOut::in_folder(folder.path())
            .err()
            .expect("no hand-out");
        assert!(error.to_string().contains("course start"), "{error}");
    }
}
