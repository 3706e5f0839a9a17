//! The images that others are made from, where none can be pulled.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::engine::Engine;

/// The Debian of the labs.
pub const BASE: &str = "isutori-test-base";
/// The programs that cargo has built.
pub const PROGRAMS: &str = "isutori-test-programs";

/// Trees, which the test of the lab uses too.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/lab-cache");
const ISUTORI: &str = env!("CARGO_BIN_EXE_isutori");

/// Brings both into the engine.
pub fn import(engine: &Engine, folder: &Path) {
    let tree = isutori_lab::debian_tree(Path::new(CACHE), &|line| eprintln!("{line}"));
    let tree = tree.unwrap_or_else(|error| panic!("{error}"));
    // As in Debian's own images, packages start nothing.
    let policy = folder.join("policy/usr/sbin/policy-rc.d");
    fs::create_dir_all(policy.parent().expect("a folder")).expect("a folder");
    fs::write(&policy, "#!/bin/sh\nexit 101\n").expect("a file");
    fs::set_permissions(&policy, fs::Permissions::from_mode(0o755)).expect("a file");
    let mut base = Command::new("tar");
    base.args(["--create", "--exclude=./var/cache/apt/*", "--directory"])
        .arg(tree)
        .args([".", "--directory"])
        .arg(folder.join("policy"))
        .arg("usr/sbin/policy-rc.d");
    load(engine, &mut base, BASE);

    let built = Path::new(ISUTORI).parent().expect("a folder");
    let has_app = built.join("suwaru").exists();
    assert!(
        has_app,
        "the app is not there: cargo build --release -p suwaru"
    );
    let mut programs = Command::new("tar");
    programs.args(["--create", "--directory"]).arg(built);
    load(engine, programs.args(["isutori", "suwaru"]), PROGRAMS);
}

fn load(engine: &Engine, tar: &mut Command, name: &str) {
    let mut tar = tar.stdout(Stdio::piped()).spawn().expect("tar");
    let archive = tar.stdout.take().expect("standard output is piped");
    let mut import = engine.command("docker");
    let import = import.args(["import", "-", name]).stdin(archive).output();
    let import = import.expect("docker");
    assert!(import.status.success(), "{import:?}");
    assert!(tar.wait().expect("tar").success());
}
