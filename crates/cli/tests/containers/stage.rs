//! The contest under test.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    engine::{Engine, PATH},
    images::{self, BASE, PROGRAMS},
    traces,
};

/// What a command came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// All containers, stopped at the latest when this is dropped.
pub struct Stage {
    engine: Engine,
    folder: tempfile::TempDir,
}

impl Stage {
    /// Builds all images and starts everything.
    pub fn up() -> Stage {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let engine = Engine::start(folder.path());
        images::import(&engine, folder.path());
        let stage = Stage { engine, folder };
        stage.write_settings();
        stage.run(&["build"]);
        stage.run(&["up", "--detach"]);
        stage
    }

    /// A short load, and a network that is known by its name.
    fn write_settings(&self) {
        let contest = root().join("provisioning/compose/contest.toml");
        let contest = fs::read_to_string(contest).expect("a file");
        let short = contest.replace("load_seconds = 60", "load_seconds = 5");
        assert_ne!(short, contest);
        let path = self.path("contest.toml");
        fs::write(&path, short).expect("a file");
        let settings = serde_json::json!({
            "services": { "portal": {
                "volumes": [format!("{}:/etc/isutori/contest.toml:ro", path.display())],
            }},
            "networks": { "default": {
                "driver_opts": { "com.docker.network.bridge.name": traces::BRIDGE },
            }},
        });
        // What is JSON is YAML too.
        fs::write(self.path("test.yml"), settings.to_string()).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs docker-compose.
    pub fn compose(&self, arguments: &[&str]) -> Outcome {
        let mut compose = self.engine.command("docker-compose");
        compose
            .args(["--file", "docker-compose.yml", "--file"])
            .arg(self.path("test.yml"))
            .args(arguments)
            .current_dir(root())
            .env("COMPOSE_PROJECT_NAME", "isutori-test")
            // Only so are stages left out that nothing is taken from.
            .envs([("COMPOSE_DOCKER_CLI_BUILD", "1"), ("DOCKER_BUILDKIT", "1")])
            .envs([("BASE_IMAGE", BASE), ("RUST_IMAGE", BASE)])
            .envs([("SUWARU_IMAGE", PROGRAMS), ("ISUTORI_IMAGE", PROGRAMS)])
            .env("BUILD_NETWORK", "host")
            .envs([("SITE_PORT", "0"), ("PORTAL_PORT", "0")])
            .env("PATH", PATH);
        let output = compose.stdin(Stdio::null()).output();
        let output = output.expect("docker-compose");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Runs it, and it succeeds.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.compose(arguments);
        let what = || format!("{arguments:?}: {outcome:?}\n{}", self.logs());
        assert_eq!(outcome.code, 0, "{}", what());
        outcome
    }

    /// Runs docker with something to read, and it succeeds; gives what it prints.
    pub fn docker(&self, arguments: &[&str], input: &str) -> String {
        let mut docker = self.engine.command("docker");
        docker.args(arguments).stdin(Stdio::piped());
        docker.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut docker = docker.spawn().expect("docker");
        let mut stdin = docker.stdin.take().expect("standard input is piped");
        stdin.write_all(input.as_bytes()).expect("a reader");
        drop(stdin);
        let output = docker.wait_with_output().expect("docker");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What all containers have said.
    pub fn logs(&self) -> String {
        let logs = self.compose(&["logs", "--no-color", "--tail", "20"]);
        format!("{}{}", logs.stdout, logs.stderr)
    }

    /// Removes everything but the images.
    pub fn down(self) {
        self.run(&["down", "--volumes"]);
        for kept in [["ps", "--all", "--quiet"], ["volume", "ls", "--quiet"]] {
            assert_eq!(self.docker(&kept, ""), "", "{kept:?}");
        }
        drop(self.engine);
        self.folder.close().expect("nothing is mounted there");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
