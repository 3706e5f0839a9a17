//! Rust and the sources of the hand-out's crates: hosts of teams build the app with them. They are
//! large and the same everywhere, so they are a layer of their own below all machines.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    LabError, Tell,
    cache::Cache,
    command::{program, run},
    error::at,
    image::digest,
    lab::Settings,
};

/// Where the role `toolchain` looks for them.
const INSIDE: &str = "opt/isutori/toolchain";

/// The layer, made when it is not there.
pub(crate) fn make(cache: &Cache, settings: &Settings, tell: Tell) -> Result<PathBuf, LabError> {
    let source = &settings.source_tree;
    let script = source.join("provisioning/pack-toolchain");
    let sources = [
        &script,
        &source.join("webapp/rust/Cargo.toml"),
        &source.join("Cargo.lock"),
    ];
    let version = run("rustc", &mut program("rustc", &["--version"]))?;
    let version = version.split(' ').nth(1).unwrap_or_default();
    let name = format!("toolchain-{version}-{}", digest(&sources.map(Path::new))?);
    cache.keep(&name, |folder| {
        tell("collecting Rust and the sources of the app's crates, once");
        let inside = folder.join(INSIDE);
        fs::create_dir_all(&inside).map_err(at(&inside))?;
        let mut pack = program("sh", &[]);
        pack.arg(&script).arg(source).arg(&inside);
        run("pack-toolchain", &mut pack).map(drop)
    })
}
