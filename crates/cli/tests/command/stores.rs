//! Databases and session stores that cannot be had.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{not_run, place::Place, running::Running};

/// `isutori play` for an engine, with the address of a database.
fn play_with(place: &Place, engine: &str, url: &str) -> Command {
    let mut command = place.isutori(&["play", "--engine", engine]);
    command.env("DATABASE_URL", url);
    command
}

#[test]
fn a_database_of_another_engine() {
    let place = Place::new();
    let command = play_with(&place, "mysql", "postgres://chair:secret@127.0.0.1/suwaru");
    let words = [
        "begins with \"postgres\", which does not fit --engine mysql",
        "unset DATABASE_URL for a private database",
    ];
    place.refuse(command, &words);
}

#[test]
fn a_database_that_nobody_serves() {
    let place = Place::new();
    for (engine, scheme) in [("postgres", "postgres"), ("mysql", "mariadb")] {
        let url = format!("{scheme}://chair:secret@127.0.0.1:1/suwaru");
        let words = ["127.0.0.1:1", "cannot be reached", "correct the URL"];
        place.refuse(play_with(&place, engine, &url), &words);
    }
}

#[test]
fn a_password_is_never_shown() {
    let place = Place::new();
    let url = "postgres://chair:secret@127.0.0.1:1/suwaru";

    let outcome = place.finish(Running::start(play_with(&place, "postgres", url)));

    assert!(!outcome.stderr.contains("secret"), "{}", outcome.stderr);
    let mut help = place.isutori(&["play", "--help"]);
    help.env("DATABASE_URL", url);
    let help = place.finish(Running::start(help)).expect_code(0);
    assert!(!help.stdout.contains("secret"), "{}", help.stdout);
}

#[test]
fn a_server_that_is_not_installed() {
    let place = Place::new();
    let redis = ["redis-server", "valkey-server"];
    let path = place.path("bin");
    link_programs(&path, &redis);
    let args = ["play", "--session", "redis", "--duration", "1s"];
    let mut command = place.isutori(&args);
    command.env("PATH", &path);
    if let Some(found) = find_outside_of_path(&redis) {
        let reason = format!("{} cannot be hidden", found.display());
        return not_run("a_server_that_is_not_installed", &reason);
    }
    let words = [
        "redis-server was not found, which is needed for a private Redis",
        "apt install redis-server",
        "brew install redis",
    ];
    place.refuse(command, &words);
}

/// Makes a folder that stands for all folders of the PATH, without some of their programs.
fn link_programs(folder: &Path, without: &[&str]) {
    fs::create_dir(folder).expect("a folder");
    let path = env::var_os("PATH").expect("a PATH");
    let mut programs = BTreeMap::new();
    for searched in env::split_paths(&path) {
        for entry in fs::read_dir(searched).into_iter().flatten().flatten() {
            // The first one of a name wins, as in the search itself.
            programs.entry(entry.file_name()).or_insert(entry.path());
        }
    }
    for (name, program) in programs {
        if !without.iter().any(|hidden| name == *hidden) {
            symlink(program, folder.join(name)).expect("a link");
        }
    }
}

/// A program that is found whatever the PATH, because its folder is a usual one for servers.
fn find_outside_of_path(names: &[&str]) -> Option<PathBuf> {
    let usual = [
        "/usr/sbin",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
        "/opt/homebrew/sbin",
    ];
    let mut paths = usual
        .iter()
        .flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)));
    paths.find(|path| path.exists())
}
