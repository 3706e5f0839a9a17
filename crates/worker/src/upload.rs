//! Handing in the files of a run.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use isutori_protocol::contest::Lease;

use crate::{
    Portal,
    holder::{Holder, NotTaken},
};

/// Files that are not written yet, or never were, have this extension.
const PARTIAL: &str = "partial";

/// Hands in every file of a run's folder, in the order of their names. What the portal refuses, or
/// cannot be read, is told and left out.
///
/// # Errors
/// The job is lost.
pub(crate) async fn hand_in(
    portal: &Portal,
    holder: &Holder,
    lease: Lease,
    folder: &Path,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<(), Lost> {
    for name in names(folder) {
        let path = folder.join(&name);
        let compressed = match tokio::task::spawn_blocking(move || compress(&path)).await {
            Ok(Ok(compressed)) => compressed,
            Ok(Err(error)) => {
                tell(&format!("{name} cannot be read: {error}"));
                continue;
            }
            Err(error) => {
                tell(&format!("{name} cannot be compressed: {error}"));
                continue;
            }
        };
        let sent = holder
            .insist(|| portal.put_file(lease, &name, compressed.clone()))
            .await;
        match sent {
            Ok(()) => {}
            Err(NotTaken::Lost) => return Err(Lost),
            Err(NotTaken::Refused(error)) => {
                tell(&format!("the portal does not take {name}: {error}"));
            }
        }
    }
    Ok(())
}

/// The job is not ours any more.
pub(crate) struct Lost;

/// The names of all files below a folder, with `/` between their parts.
fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&below)) else {
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            let path = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && path.extension() != Some(PARTIAL.as_ref()) => {
                    names.extend(path.to_str().map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    names.sort();
    names
}

fn compress(path: &Path) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    io::copy(&mut fs::File::open(path)?, &mut encoder)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_path() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("failures")).expect("a folder");
        for name in ["result.json", "failures/001.json", "report.html.partial"] {
            fs::write(folder.path().join(name), "").expect("a file");
        }
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("ledger")).expect("a link");

        assert_eq!(names(folder.path()), ["failures/001.json", "result.json"]);
    }
}
