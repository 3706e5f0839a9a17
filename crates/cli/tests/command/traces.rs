//! What a command must not leave behind: processes and temporary files.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// Where a server keeps its data when its account cannot get into the temporary folder.
const SHARED: &str = "/var/tmp";

/// What was killed may be seen for a moment longer; this is for what never goes.
const LIMIT: Duration = Duration::from_secs(30);

/// The places where traces would be.
pub struct Traces {
    temporary: PathBuf,
    /// What lay in [`SHARED`] before.
    shared: BTreeSet<PathBuf>,
}

impl Traces {
    /// Watches a folder for temporary files, and the one that everybody shares.
    pub fn new(temporary: PathBuf) -> Self {
        Traces {
            temporary,
            shared: homes().collect(),
        }
    }

    /// Asserts that a command that has ended, the first of its session, left nothing.
    pub fn assert_none(&self, session: i32) {
        assert_eq!(list(&self.temporary), Vec::<PathBuf>::new());
        wait_until_empty(|| processes_of(session));
        // Others on this machine may play too. What they are about to make or remove is used by
        // a process before or after; what was forgotten is not, ever.
        wait_until_empty(|| {
            let new = homes().filter(|home| !self.shared.contains(home));
            new.filter(|home| !is_in_use(home)).collect()
        });
    }
}

/// Returns as soon as nothing is found, and fails when something stays.
fn wait_until_empty<T: std::fmt::Debug>(find: impl Fn() -> Vec<T>) {
    let start = Instant::now();
    loop {
        let found = find();
        if found.is_empty() {
            return;
        }
        assert!(start.elapsed() < LIMIT, "left behind: {found:#?}");
        thread::yield_now();
    }
}

/// What is in a folder.
pub fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn homes() -> impl Iterator<Item = PathBuf> {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("isutori-")
    };
    list(Path::new(SHARED)).into_iter().filter(is_ours)
}

/// The command lines of the processes of a session. Linux alone can tell: elsewhere there are none.
pub fn processes_of(session: i32) -> Vec<String> {
    processes()
        .filter(|process| session_of(process).is_ok_and(|its| its == Some(session)))
        .map(|process| command_line(&process))
        .collect()
}

fn is_in_use(home: &Path) -> bool {
    let home = home.to_string_lossy();
    processes().any(|process| command_line(&process).contains(&*home))
}

fn processes() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn command_line(process: &Path) -> String {
    let bytes = fs::read(process.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// The session of a process; none when it has ended and only waits to be taken leave of.
fn session_of(process: &Path) -> io::Result<Option<i32>> {
    let stat = fs::read_to_string(process.join("stat"))?;
    // The name in parentheses may hold anything, even parentheses.
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let mut fields = after_name.split(' ');
    let is_dead = matches!(fields.next(), Some("Z" | "X"));
    // Then follow parent, process group and session.
    let session = fields.nth(2).and_then(|session| session.parse().ok());
    Ok(session.filter(|_| !is_dead))
}

/// A look that never finds anything would prove nothing.
#[test]
#[cfg(target_os = "linux")]
fn a_process_left_behind_is_found() {
    use crate::{place::Place, running::Running};
    use nix::{sys::signal, unistd::Pid};

    let place = Place::new();
    let mut shell = place.command("sh");
    shell.args(["-c", "sleep 600 >/dev/null 2>&1 & echo $!"]);
    let shell = Running::start(shell);
    let session = shell.id();
    let sleeper = shell.finish().stdout.trim().parse().expect("a number");

    let found = processes_of(session);

    signal::kill(Pid::from_raw(sleeper), signal::Signal::SIGKILL).expect("a kill");
    assert_eq!(found.len(), 1, "{found:?}");
}
