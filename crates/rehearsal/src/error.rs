//! Why a rehearsal comes to no end.

use isutori_inventory::InventoryError;
use isutori_lab::LabError;
use isutori_worker::PortalError;

/// Why a rehearsal comes to no end.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The contest cannot be rehearsed.
    #[error("this contest cannot be rehearsed: {0}")]
    Contest(String),
    /// Its hosts make no sense.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The portal's API.
    #[error("a team and the portal: {0}")]
    Portal(#[from] PortalError),
    /// The portal's pages.
    #[error("the staff and the portal: {what}: {why}")]
    Page {
        /// What was asked for.
        what: String,
        /// What came.
        why: String,
    },
    /// A command on a host.
    #[error("{what} failed on {host}: {said}")]
    Command {
        /// What it should have done.
        what: String,
        /// Where.
        host: String,
        /// Its last words.
        said: String,
    },
    /// Something takes for ever.
    #[error("{0}; it was waited for long enough")]
    Endless(String),
}
