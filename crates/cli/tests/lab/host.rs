//! What a team finds out about its hosts.

use std::{thread::sleep, time::Duration};

use crate::stage::Stage;

/// After a run of a team with two hosts, which no other team has had.
pub fn hosts_are_sampled_during_a_run(stage: &Stage) {
    let count = "import sqlite3; \
        portal = sqlite3.connect(\"/var/lib/isutori-portal/data/portal.db\"); \
        print(portal.execute(\"SELECT COUNT(DISTINCT host) FROM host_samples\").fetchone()[0])";
    let count = format!("sudo python3 -c '{count}'");
    // The rest is handed in when the run is over.
    let mut counted = stage.on("portal", &count);
    for _ in 0..600 {
        if counted.stdout.trim() == "2" {
            return;
        }
        sleep(Duration::from_millis(100));
        counted = stage.on("portal", &count);
    }
    panic!("{counted:?}");
}

pub fn a_first_look_finds_what_is_broken(stage: &Stage, host: &str) {
    let on = |command: &str| {
        let done = stage.on(host, command);
        assert_eq!(done.code, 0, "{done:?}");
    };
    let broken = [
        "nginx.service runs, but is not enabled",
        "suwaru.service is enabled, but does not run",
    ];
    on("sudo systemctl disable nginx && sudo systemctl stop suwaru");
    let look = stage.on(host, "sudo isutori doctor");
    assert_eq!(look.code, 1, "{look:?}");
    for what in broken {
        assert!(look.stdout.contains(what), "{what}: {look:?}");
    }

    on("sudo systemctl enable nginx && sudo systemctl start suwaru");
    let look = stage.on(host, "sudo isutori doctor").stdout;
    for what in broken {
        assert!(!look.contains(what), "{what}: {look}");
    }
    assert!(look.contains("DATABASE_URL"), "{look}");
}
