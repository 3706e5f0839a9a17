//! What a team does on its hosts.

use crate::stage::{Stage, TRIES};

/// A visible line of the app, and what it is changed to.
const CHANGE: [&str; 2] = ["for people who like chairs", "for people who like sofas"];

/// Asks for a run, and is told that the site has passed.
pub fn passes(stage: &Stage, host: &str) {
    for _ in 0..TRIES {
        let run = stage.on(host, "isutori team enqueue --wait");
        match run.code {
            0 => return assert!(run.stdout.contains("PASS"), "{run:?}"),
            // Another program kept the benchmark from its work.
            3 => {}
            _ => panic!("{run:?}"),
        }
    }
    panic!("{TRIES} runs were void");
}

/// A command that is given to ssh, without a login, knows the portal and the team as well.
pub fn asks_by_ssh(stage: &Stage, host: &str) {
    let status = stage.run(&["ssh", host, "--", "isutori", "team", "status"]);
    assert!(status.stdout.contains("team1"), "{status:?}");
}

/// Changes a line of the app and builds it, without any network. It gives way to those who sit in
/// a benchmark meanwhile.
pub fn rebuild(stage: &Stage, host: &str) {
    let [old, new] = CHANGE;
    let change = format!("sed -i 's/{old}/{new}/' ~/webapp/rust/templates/layout.html");
    assert_eq!(stage.on(host, &change).code, 0);
    let build = "sudo unshare --net runuser --login \"$USER\" --command \
        'cd webapp/rust && nice -n 9 cargo build --release'";
    let built = stage.on(host, build);
    assert_eq!(built.code, 0, "{built:?}");
}

/// Lets what was built serve, and sees the change.
pub fn deploy(stage: &Stage, host: &str) {
    let [old, new] = CHANGE;
    let count = |line: &str| format!("curl --silent http://127.0.0.1/login | grep -c '{line}'");
    assert_eq!(stage.on(host, &count(old)).stdout, "1\n");
    let restarted = stage.on(host, "sudo systemctl restart suwaru");
    assert_eq!(restarted.code, 0, "{restarted:?}");
    let wait = format!("until {}; do sleep 0.1; done", count(new));
    let seen = stage.on(host, &format!("timeout 300 bash -c \"{wait}\""));
    assert_eq!(seen.code, 0, "{seen:?}");
}

/// Goes through the final measurement, in which the host that was asked on is rebooted too.
pub fn rehearses(stage: &Stage, host: &str) {
    for _ in 0..TRIES {
        let before = stage.boot_id(host);
        let begun = stage.on(host, "isutori team rehearse-final");
        assert_eq!(begun.code, 0, "{begun:?}");
        stage.wait_for_reboot(host, &before);
        let told = stage.on(host, "isutori team rehearse-final --last --wait");
        match told.code {
            0 => return assert!(told.stdout.contains("PASS"), "{told:?}"),
            2 if told.stdout.contains("no verdict") => {}
            _ => panic!("{told:?}"),
        }
    }
    panic!("{TRIES} rehearsals had no verdict");
}

/// Puts everything back; the site answers when that is done.
pub fn resets(stage: &Stage, host: &str) {
    let [old, _] = CHANGE;
    let reset = "sudo reset-handout && curl --silent --fail http://127.0.0.1/login";
    let reset = stage.on(host, reset);
    assert_eq!(reset.code, 0, "{reset:?}");
    assert!(reset.stdout.contains(old), "{reset:?}");
}
