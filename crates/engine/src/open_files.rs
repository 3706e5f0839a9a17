//! How many files this process may have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

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
