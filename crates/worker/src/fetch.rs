//! Fetching a run that another job has made, to look for what it has left.

use std::{fs::File, io, path::Path};

use flate2::read::GzDecoder;
use isutori_protocol::contest::Lease;

use crate::{
    Portal,
    holder::{Holder, NotTaken},
};

/// What it takes.
const FILES: [&str; 2] = ["result.json", "ledger"];

/// Why a run cannot be had.
pub(crate) enum NotFetched {
    /// The job is lost.
    Lost,
    /// For this reason.
    Failed(String),
}

/// Fetches a run into a folder.
///
/// # Errors
/// See [`NotFetched`].
pub(crate) async fn fetch(
    portal: &Portal,
    holder: &Holder,
    lease: Lease,
    folder: &Path,
) -> Result<(), NotFetched> {
    for name in FILES {
        let answer = holder.insist(|| portal.file(lease, name)).await;
        let compressed = answer.map_err(|error| match error {
            NotTaken::Lost => NotFetched::Lost,
            NotTaken::Refused(error) => NotFetched::Failed(error.to_string()),
        })?;
        let path = folder.join(name);
        let written = tokio::task::spawn_blocking(move || decompress(&compressed, &path)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(NotFetched::Failed(format!("{name}: {error}"))),
            Err(error) => return Err(NotFetched::Failed(format!("{name}: {error}"))),
        }
    }
    Ok(())
}

fn decompress(compressed: &[u8], path: &Path) -> io::Result<()> {
    io::copy(&mut GzDecoder::new(compressed), &mut File::create(path)?)?;
    Ok(())
}
