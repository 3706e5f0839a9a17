//! Keys, and commands on machines.

use std::{fs, path::Path, process::Command};

use isutori_inventory::Host;

use crate::{
    LabError,
    command::{program, run},
    folder::Folder,
};

/// Makes a pair of keys in a file and one beside it.
pub(crate) fn make_key(path: &Path, comment: &str) -> Result<(), LabError> {
    for old in [path.to_owned(), path.with_extension("pub")] {
        let _ = fs::remove_file(old);
    }
    let mut command = program("ssh-keygen", &["-q", "-t", "ed25519", "-N", ""]);
    command.args(["-C", comment, "-f"]).arg(path);
    run("to make a key", &mut command).map(drop)
}

/// `ssh` to a host, as that user.
pub(crate) fn enter(folder: &Folder, host: &Host, user: &str) -> Command {
    let mut command = program("ssh", &["-F", "none", "-o", "BatchMode=yes", "-i"]);
    command
        .arg(folder.key())
        .arg("-o")
        .arg(format!(
            "UserKnownHostsFile={}",
            folder.known_hosts().display()
        ))
        .args(["-o", "ConnectTimeout=5", "-o", "LogLevel=ERROR"])
        .arg(format!("{user}@{}", host.address));
    command
}
