//! How many files this process may have open.

use std::{io, os::fd::AsRawFd};

use nix::{
    errno::Errno,
    sys::resource::{Resource, getrlimit, setrlimit},
};

/// So many descriptors are left to other files, however many people come: what a run leaves
/// behind has to be written even when there are too many.
const FOR_FILES: u64 = 128;

/// Raises the limit as far as it goes: a thousand browsers with their few
/// connections exceed the usual one. [`load::run`](crate::load::run) calls it.
///
/// It holds for the whole process and is never lowered again. Where it stays too
/// low, connecting fails later and says so.
pub fn allow_many() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// A connection may have this descriptor: not one of the last ones. Descriptors are given from the
/// lowest on.
///
/// # Errors
/// The same as when there is none left.
pub(crate) fn leave_some(connection: &impl AsRawFd) -> io::Result<()> {
    let limit = getrlimit(Resource::RLIMIT_NOFILE);
    let last = limit.map_or(u64::MAX, |(soft, _)| soft.saturating_sub(FOR_FILES));
    match u64::try_from(connection.as_raw_fd()) {
        Ok(descriptor) if descriptor >= last => Err(Errno::EMFILE.into()),
        _ => Ok(()),
    }
}
