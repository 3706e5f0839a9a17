//! Why a run could not be made.

use std::{io, net::SocketAddr};

/// A run that could not be made: nobody's fault but the environment's.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nobody speaks HTTP at the target.
    #[error("cannot reach {target}: {why}; start the site first, or correct the target")]
    Unreachable {
        /// The target.
        target: String,
        /// What happened.
        why: String,
    },
    /// The certificate of the target cannot be verified.
    #[error(
        "cannot trust {target}: {why}; let it present a right certificate, or give that of the authority that signed it with --ca"
    )]
    Distrusted {
        /// The target.
        target: String,
        /// What is wrong with the certificate.
        why: String,
    },
    /// The site's data is not what the run was told.
    #[error(
        "the site holds the data {site}, but the run was told {expected}; load that data, or say the size and seed that are loaded"
    )]
    OtherData {
        /// What the site holds.
        site: String,
        /// What the run was told.
        expected: String,
    },
    /// The external services cannot be started.
    #[error(
        "cannot start the external services at {address}: {error}; give an address of this machine with --services"
    )]
    Services {
        /// Where they should be.
        address: SocketAddr,
        /// What happened.
        error: io::Error,
    },
    /// The run's folder cannot be written.
    #[error(
        "cannot write the run's folder below {runs}: {error}; make room or name another folder"
    )]
    Folder {
        /// Where run folders are made.
        runs: String,
        /// What happened.
        error: io::Error,
    },
    /// It was stopped from outside.
    #[error("interrupted; there is no result")]
    Interrupted,
}
