//! The process that takes a lab down when its time has come. It outlives whoever made the lab, and
//! holds the lock of a file as long as it lives.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::Path,
    process::Stdio,
    thread::sleep,
    time::Duration,
};

use jiff::Timestamp;
use nix::{
    fcntl::{Flock, FlockArg},
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    Lab, LabError,
    command::program,
    end::{self, Step},
    error::at,
    folder::Folder,
};

const POLL: Duration = Duration::from_millis(20);
/// What could not be taken down is tried again after so long.
const AGAIN: Duration = Duration::from_secs(60);

/// Starts one as `isutori lab watch`, unless there is one.
pub(crate) fn ensure(isutori: &Path, folder: &Folder) -> Result<(), LabError> {
    let file = folder.watcher();
    if is_there(&file) {
        return Ok(());
    }
    let log = File::create(folder.watcher_log()).map_err(at(&folder.watcher_log()))?;
    let errors = log.try_clone().map_err(at(&folder.watcher_log()))?;
    let mut command = program("setsid", &[]);
    command
        .arg(isutori)
        .args(["lab", "watch", "--dir"])
        .arg(folder.path())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors);
    command
        .spawn()
        .map(drop)
        .map_err(|error| LabError::Command {
            what: "to start the watcher of the lab".to_owned(),
            said: error.to_string(),
        })
}

/// Whether one lives.
pub(crate) fn is_there(file: &Path) -> bool {
    let file = File::open(file).ok();
    file.is_some_and(|file| Flock::lock(file, FlockArg::LockExclusiveNonblock).is_err())
}

/// Ends it, unless it is this process.
pub(crate) fn end(file: &Path) {
    while is_there(file) {
        // It writes its number as soon as it has the lock.
        let number = fs::read_to_string(file).unwrap_or_default();
        match number.trim().parse().map(Pid::from_raw) {
            Ok(watcher) if watcher == Pid::this() => return,
            // As long as it holds the lock, the number is that of no other process.
            Ok(watcher) => drop(kill(watcher, Signal::SIGTERM)),
            Err(_) => {}
        }
        sleep(POLL);
    }
}

/// Watches a lab until there is none.
pub(crate) fn watch(lab: &Lab, folder: &Folder) -> Result<(), LabError> {
    let path = folder.watcher();
    let file = (OpenOptions::new().write(true).create(true).truncate(false)).open(&path);
    let lock = Flock::lock(file.map_err(at(&path))?, FlockArg::LockExclusiveNonblock);
    let Ok(mut lock) = lock else {
        return Ok(());
    };
    let written = lock
        .set_len(0)
        .and_then(|()| write!(lock, "{}", Pid::this()));
    written.map_err(at(&path))?;
    loop {
        match end::step(&folder.stops_at(), Timestamp::now()) {
            Step::Go => return Ok(()),
            Step::Wait(time) => sleep(time),
            Step::TakeDown => match lab.down() {
                Ok(()) => return Ok(()),
                Err(error) => {
                    eprintln!("{error}; it is tried again");
                    sleep(AGAIN);
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a watcher: a process that holds the lock, and has written its number.
    fn other(file: &Path) -> std::process::Child {
        fs::write(file, "").expect("a file");
        let script = "echo $$ >\"$0\" && exec sleep 1000";
        let child = program("flock", &["--nonblock"])
            .arg(file)
            .args(["sh", "-c", script])
            .arg(file)
            .spawn();
        let child = child.expect("flock of the package util-linux");
        while fs::read_to_string(file).is_ok_and(|number| number.is_empty()) {
            sleep(POLL);
        }
        child
    }

    #[test]
    fn a_watcher_is_found_and_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("watcher");
        assert!(!is_there(&file));
        let mut watcher = other(&file);
        assert!(is_there(&file));

        end(&file);

        assert!(!is_there(&file));
        watcher.wait().expect("it has ended");
    }

    #[test]
    fn a_watcher_does_not_end_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("watcher");
        fs::write(&path, Pid::this().to_string()).expect("a file");
        let file = File::open(&path).expect("a file");
        let _lock = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error);

        end(&path);

        assert!(is_there(&path));
    }
}
