//! The hash of a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// The hash of all files below a folder: SHA-256 over their paths and contents, in the order of the
/// paths, in hexadecimal digits.
///
/// # Errors
/// When something cannot be read; the error names it.
pub fn hash(folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    collect(folder, Path::new(""), &mut paths)?;
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let whole = folder.join(&path);
        let named = |error| io::Error::other(format!("{}: {error}", whole.display()));
        let content = match whole.is_symlink() {
            true => fs::read_link(&whole).map(|to| to.into_os_string().into_encoded_bytes()),
            false => fs::read(&whole),
        };
        let content = content.map_err(named)?;
        // With the lengths nothing can be moved from one to the next.
        let name = path.as_os_str().as_encoded_bytes();
        for part in [name, &content] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn collect(folder: &Path, below: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let here = folder.join(below);
    let named = |error| io::Error::other(format!("{}: {error}", here.display()));
    for entry in fs::read_dir(&here).map_err(named)? {
        let entry = entry.map_err(named)?;
        let path = below.join(entry.file_name());
        match entry.file_type().map_err(named)?.is_dir() {
            true => collect(folder, &path, paths)?,
            false => paths.push(path),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_make_the_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
            hash(folder.path()).expect("a hash")
        };
        let one = write("a", "bc");
        assert_eq!(write("a", "bc"), one);
        let other = write("a", "b");
        assert_ne!(other, one);
        assert_ne!(write("sub/c", ""), other);
        let missing = hash(&folder.path().join("none")).expect_err("no folder");
        assert!(missing.to_string().contains("none"), "{missing}");
    }
}
