//! Servers that run already and are given by their URLs.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use isutori_dataset::{Dataset, Size};
use isutori_services::{Service, memcached, postgres};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    place::{Place, play_alone},
    play::play_until_judged,
};

/// A PostgreSQL and a memcached that belong to somebody else.
struct Servers {
    runtime: Runtime,
    postgres: Service,
    memcached: Service,
    _folder: TempDir,
}

impl Servers {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Servers that root starts run as somebody else, who must get to their folders.
        let open = Permissions::from_mode(0o711);
        fs::set_permissions(folder.path(), open).expect("permissions");
        let runtime = Runtime::new().expect("a runtime");
        let (postgres, memcached) = runtime.block_on(async {
            (
                postgres::start(&folder.path().join("postgres"))
                    .await
                    .expect("PostgreSQL"),
                memcached::start(&folder.path().join("memcached"))
                    .await
                    .expect("memcached"),
            )
        });
        Servers {
            runtime,
            postgres,
            memcached,
            _folder: folder,
        }
    }

    fn assert_running(&mut self) {
        self.postgres.check().expect("PostgreSQL still runs");
        self.memcached.check().expect("memcached still runs");
    }

    fn stop(&mut self) {
        self.runtime.block_on(async {
            self.postgres.stop().await;
            self.memcached.stop().await;
        });
    }
}

#[test]
fn play_on_servers_that_run_already() {
    let place = Place::new();
    let mut servers = Servers::start();
    let (database, session) = (servers.postgres.url(), servers.memcached.url());
    let args = ["play", "--database-url", database, "--session-url", session];
    let args = [&args[..], &["--duration", "2s"]].concat();
    {
        let _turn = play_alone();

        let first = play_until_judged(&place, &args);
        let second = play_until_judged(&place, &args);

        let loads = |said: &str| said.lines().any(|line| line.starts_with("loading"));
        assert!(loads(&first.stderr), "{}", first.stderr);
        assert!(!loads(&second.stderr), "{}", second.stderr);
        assert!(
            second.stdout.contains("since the last run"),
            "the same setting: {}",
            second.stdout
        );
    }
    let other = place.isutori(&["play", "--database-url", database, "--data-seed", "2"]);
    place.refuse(
        other,
        &[
            "the given database holds other data",
            &Dataset::new(1, Size::Small).label(),
            "--replace",
        ],
    );
    servers.assert_running();
    servers.stop();
}
