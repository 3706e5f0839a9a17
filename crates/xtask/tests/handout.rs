//! Contestants get `webapp/` and `sql/` alone, so these must build without the rest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Copies a folder without what a build leaves in it.
fn copy_sources(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to read") {
        let entry = entry.expect("an entry");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_file() && entry.file_name() != "Cargo.lock" {
            fs::copy(&source, &target).expect("a copy");
        } else if source.is_dir() && entry.file_name() != "target" {
            copy_sources(&source, &target);
        }
    }
}

/// The names and versions in a `Cargo.lock`.
fn locked_versions(lock: &Path) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(lock).expect("a lock file");
    let package = |section: &str| {
        let field = |key| {
            let value = section.lines().find_map(|line| line.strip_prefix(key))?;
            Some(value.trim_matches(['"', ' ', '=']).to_owned())
        };
        Some((field("name")?, field("version")?))
    };
    text.split("[[package]]").filter_map(package).collect()
}

/// What is compiled goes where the workspace's own goes, so that libraries are compiled once; the
/// finished program does not, because other tests run the one that is there.
#[test]
fn handout_builds_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["webapp", "sql"] {
        copy_sources(&root().join(part), &folder.path().join(part));
    }
    let rust = folder.path().join("webapp/rust");
    fs::copy(root().join("Cargo.lock"), rust.join("Cargo.lock")).expect("a lock file");

    let build = Command::new(env!("CARGO"))
        .args(["build", "--release", "--offline"])
        .current_dir(&rust)
        .env("CARGO_BUILD_BUILD_DIR", root().join("target"))
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .output()
        .expect("cargo runs");

    let complaint = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success(), "{complaint}");
    assert!(folder.path().join("target/release/suwaru").is_file());
    let used = locked_versions(&rust.join("Cargo.lock"));
    assert!(used.len() > 50, "too few packages: {used:?}");
    let ours = locked_versions(&root().join("Cargo.lock"));
    let changed: Vec<_> = used.difference(&ours).collect();
    assert!(changed.is_empty(), "other versions: {changed:?}");
}
