//! Writes two facts about the sources into the benchmark: the hash of
//! everything that scores, and the site's static files as they must arrive.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);

    let scoring = [
        "src",
        "../crates/engine/src",
        "../crates/dataset/src",
        "../webapp/public",
    ];
    let mut build = Xxh3::new();
    for folder in scoring {
        for (name, file) in files_below(&root.join(folder))? {
            build.update(name.as_bytes());
            build.update(&fs::read(file)?);
        }
    }
    println!(
        "cargo::rustc-env=ISUTORI_BENCH_BUILD={:016x}",
        build.digest()
    );

    let mut table = fs::File::create(out.join("static_files.rs"))?;
    writeln!(table, "&[")?;
    for (name, file) in files_below(&root.join("../webapp/public"))? {
        let content = fs::read(file)?;
        writeln!(
            table,
            "    ({:?}, {}, {:#018x}),",
            format!("/{name}"),
            content.len(),
            xxh3_64(&content)
        )?;
    }
    writeln!(table, "]")?;
    Ok(())
}

/// All files below a folder with their names relative to it, sorted. Tells
/// cargo to look at them again.
fn files_below(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).map_err(io::Error::other)?;
                found.push((name.to_string_lossy().replace('\\', "/"), path));
            }
        }
    }
    found.sort();
    Ok(found)
}
