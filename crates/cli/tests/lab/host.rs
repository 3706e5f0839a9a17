//! What a team finds out about its hosts.

use std::{fs, thread::sleep, time::Duration};

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

/// As the kernel shares them out; the worker has all there are.
pub fn teams_have_the_processors_that_they_were_given() {
    let limit = |machine: &str| {
        let newer = format!("/sys/fs/cgroup/isutori-lab/{machine}/cpu.max");
        let older = format!("/sys/fs/cgroup/cpu/isutori-lab/{machine}/cpu.cfs_quota_us");
        let limit = [newer, older].map(|file| fs::read_to_string(file).unwrap_or_default());
        let limit = limit.concat();
        limit.split_whitespace().next().map(str::to_owned)
    };
    for machine in ["l0ad7-1-1", "l0ad7-1-2", "l0ad7-2-1", "l0ad7-2-2"] {
        assert_eq!(limit(machine).as_deref(), Some("30000"), "{machine}");
    }
    let worker = limit("l0ad7-0-11");
    assert!(worker.is_none_or(|limit| limit == "max"));
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
