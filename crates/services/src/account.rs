//! The account of the operating system that a server runs as.

use nix::unistd::{Uid, User};

/// What `nobody` is on every Linux; only used where the name is unknown.
const NOBODY: u32 = 65534;

/// A user and group to run a process as. Only root can run a process as somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user's number.
    pub uid: u32,
    /// The number of the user's own group.
    pub gid: u32,
}

impl Account {
    /// The account for a server started by us: when we are root, `preferred` where it exists and
    /// `nobody` otherwise; when we are not root, `None`, which means our own account.
    ///
    /// PostgreSQL refuses to run as root. The others would, but then anybody who can connect could
    /// have files written as root.
    pub fn unprivileged(preferred: &str) -> Option<Self> {
        if !Uid::effective().is_root() {
            return None;
        }
        let known = [preferred, "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten());
        Some(match known {
            Some(user) => Self {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            },
            None => Self {
                uid: NOBODY,
                gid: NOBODY,
            },
        })
    }
}
