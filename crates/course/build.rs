//! Puts the rungs into the program, so that it has them wherever it runs: all files of the folders
//! in `course`, folder by folder in the order of their names.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let course = root.join("../../course").canonicalize()?;
    // Relative, so that a build that was copied to another source tree looks into that one.
    println!("cargo::rerun-if-changed=../../course");

    let mut table = fs::File::create(out.join("rungs.rs"))?;
    writeln!(table, "&[")?;
    for folder in sorted(&course)?.iter().filter(|path| path.is_dir()) {
        writeln!(table, "    ({:?}, &[", name(folder))?;
        for file in sorted(folder)? {
            writeln!(
                table,
                "        ({:?}, include_str!({file:?})),",
                name(&file)
            )?;
        }
        writeln!(table, "    ]),")?;
    }
    writeln!(table, "]")
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
