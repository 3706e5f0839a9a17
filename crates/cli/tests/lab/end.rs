//! How a contest ends on hosts of one's own, whose end no lab cares for.

use std::{fs, process::Command, thread::sleep, time::Duration};

use serde_json::Value;

use crate::stage::{ISUTORI, Stage};

/// Settings of the timer that are gone with the next boot.
const SETTINGS: &str = "/run/systemd/system/isutori-stop.timer.d";

/// A host of one's own waits for the end of its contest and then switches itself off, with time
/// enough to keep it on.
pub fn a_host_switches_itself_off(stage: &Stage, host: &str) {
    let does = |command: &str| {
        let done = stage.on(host, command);
        assert_eq!(done.code, 0, "{command}: {done:?}");
        done.stdout
    };
    let set = |settings: &str| {
        does(&format!(
            "sudo mkdir --parents {SETTINGS} && \
            printf '{settings}' | sudo tee {SETTINGS}/zz-test.conf && \
            sudo systemctl daemon-reload && sudo systemctl restart isutori-stop.timer"
        ));
    };
    let next = "systemctl show --property=NextElapseUSecRealtime --value isutori-stop.timer";
    assert_eq!(
        does(next),
        "\n",
        "a lab's machine waits for an end of its own"
    );

    let own = "[Unit]\\nConditionPathExists=\\n";
    set(own);
    let told = does(&format!("date --utc --date=\"$({next})\" +%FT%TZ"));
    let expected = stage.stops_at().strftime("%FT%TZ").to_string();
    assert_eq!(told.trim(), expected);
    let welcome = does("run-parts /etc/update-motd.d");
    assert!(welcome.contains("switches itself off on"), "{welcome}");

    set(&format!("{own}[Timer]\\nOnCalendar=\\nOnActiveSec=1s\\n"));
    let scheduled = "/run/systemd/shutdown/scheduled";
    let plan = does(&format!(
        "timeout 60 bash -c 'until cat {scheduled}; do sleep 0.1; done'"
    ));
    assert!(plan.contains("MODE=poweroff"), "{plan}");
    does(&format!("sudo shutdown -c && ! test -e {scheduled}"));

    does(&format!(
        "sudo rm --recursive {SETTINGS} && sudo systemctl daemon-reload && \
        sudo systemctl restart isutori-stop.timer"
    ));
}

/// The portal's data is here, and every host is off.
pub fn tearing_down_keeps_the_contest(stage: &Stage) {
    let played = stage.play("tear-down.yml");
    assert_eq!(played.code, 0, "{played:?}");
    let kept: Vec<_> = (fs::read_dir(stage.folder("backups")).expect("backups"))
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let unpack = (Command::new("tar")
        .arg("--extract")
        .arg("--file")
        .arg(&kept[0]))
    .arg("--directory")
    .arg(stage.folder("backups"))
    .status();
    assert!(unpack.expect("tar").success());
    let asked = (Command::new(ISUTORI).args(["portal", "invite", "--team", "team2", "--data"]))
        .arg(stage.folder("backups/data"))
        .output()
        .expect("an invitation");
    assert!(asked.status.success(), "the team is lost: {asked:?}");

    let mut status = Value::Null;
    for _ in 0..600 {
        let told = stage.run(&["status", "--json"]);
        status = serde_json::from_str(&told.stdout).expect("JSON");
        let hosts = status["hosts"].as_array().expect("hosts");
        if hosts.iter().all(|host| host["is_running"] == false) {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("a host stays on: {status:#}");
}
