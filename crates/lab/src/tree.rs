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
    requirements,
};

const MIRROR: &str = "http://deb.debian.org/debian";
const SECURITY: &str = "http://deb.debian.org/debian-security";
/// What a host has before Ansible comes.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,iproute2,openssh-server,python3,python3-apt,\
    sudo,ca-certificates,usr-is-merged";
/// Makes `/bin` and its like links from the beginning, which saves a Perl that would do so later.
const MERGED: &str = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr";
/// What can be installed is known already when Ansible asks.
const LISTS: &str = "--skip=cleanup/apt/lists";
/// The release, where this machine is no Debian.
const RELEASE: &str = "bookworm";

/// The Debian that machines are made from, in a cache of labs, for others who need one.
///
/// # Errors
/// When it is not there and cannot be made.
pub fn debian_tree(cache: &Path, tell: Tell) -> Result<PathBuf, LabError> {
    requirements::check()?;
    let cache = Cache::open(cache)?;
    let _alone = cache.lock()?;
    make(&cache, tell)
}

/// The tree of this machine's release, made when it is not there.
pub(crate) fn make(cache: &Cache, tell: Tell) -> Result<PathBuf, LabError> {
    let release = release();
    cache.keep(&format!("tree-{release}-3"), |folder| {
        tell(&format!(
            "making a tree of Debian {release}, once; it takes some minutes"
        ));
        let include = format!("--include={PACKAGES}");
        let options = [
            "--quiet",
            "--mode=root",
            "--variant=minbase",
            MERGED,
            LISTS,
            &include,
        ];
        let mut command = program("mmdebstrap", &options);
        command.arg(&release).arg(folder).args(sources(&release));
        run("mmdebstrap", &mut command)?;
        settle(folder)
    })
}

/// Where packages are from, a line each.
fn sources(release: &str) -> [String; 3] {
    [
        format!("deb {MIRROR} {release} main"),
        format!("deb {MIRROR} {release}-updates main"),
        format!("deb {SECURITY} {release}-security main"),
    ]
}

/// What mmdebstrap leaves undone, or takes over from this machine.
fn settle(folder: &Path) -> Result<(), LabError> {
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
