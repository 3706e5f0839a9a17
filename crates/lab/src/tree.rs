//! The Debian that all machines are made from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    LabError, Tell,
    cache::Cache,
    command::{program, run},
    error::at,
    folder::write,
};

const MIRROR: &str = "http://deb.debian.org/debian";
const SECURITY: &str = "http://deb.debian.org/debian-security";
/// What a host has before Ansible comes.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,iproute2,openssh-server,python3,python3-apt,\
    sudo,ca-certificates,usr-is-merged";
/// Makes `/bin` and its like links from the beginning, which saves a Perl that would do so later.
const MERGED: &str = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr";
/// The release, where this machine is no Debian.
const RELEASE: &str = "bookworm";

/// The tree of this machine's release, made when it is not there.
pub(crate) fn make(cache: &Cache, tell: Tell) -> Result<PathBuf, LabError> {
    let release = release();
    cache.keep(&format!("tree-{release}-2"), |folder| {
        tell(&format!(
            "making a tree of Debian {release}, once; it takes some minutes"
        ));
        let include = format!("--include={PACKAGES}");
        let options = [
            "--quiet",
            "--mode=root",
            "--variant=minbase",
            MERGED,
            &include,
        ];
        let mut command = program("mmdebstrap", &options);
        run("mmdebstrap", command.arg(&release).arg(folder).arg(MIRROR))?;
        settle(folder, &release)
    })
}

/// What mmdebstrap leaves undone, or takes over from this machine.
fn settle(folder: &Path, release: &str) -> Result<(), LabError> {
    let sources = format!(
        "deb {MIRROR} {release} main\ndeb {MIRROR} {release}-updates main\n\
         deb {SECURITY} {release}-security main\n"
    );
    write(&folder.join("etc/apt/sources.list"), &sources)?;
    write(&folder.join("etc/hostname"), "host\n")?;
    for key in fs::read_dir(folder.join("etc/ssh"))
        .map_err(at(folder))?
        .flatten()
    {
        if key.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(key.path()).map_err(at(&key.path()))?;
        }
    }
    let root = format!("--root={}", folder.display());
    let mut command = program("systemctl", &[&root, "enable", "systemd-networkd"]);
    run("to enable the network", &mut command)?;
    // A mount of its own would hide what is written here from outside; and the release of a
    // contest has no use for consoles.
    let mut command = program("systemctl", &[&root, "mask", "console-getty.service"]);
    run("to mask consoles", &mut command).map(drop)
}

/// This machine's release if it is a Debian, as programs that were built here must run there.
fn release() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let field = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let is_debian = field("ID=") == Some("debian");
    let named = field("VERSION_CODENAME=").filter(|_| is_debian);
    named.unwrap_or(RELEASE).to_owned()
}
