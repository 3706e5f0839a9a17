//! How a contest ends on hosts of one's own, whose end no lab cares for.

use std::{fs, process::Command, thread::sleep, time::Duration};

use serde_json::Value;

use crate::stage::{ISUTORI, Stage};

/// By this file a host knows that a lab cares for its end.
const LAB_KEY: &str = "/etc/isutori/lab_key";

/// A host of one's own waits for the end of its contest and then switches itself off, with time
/// enough to keep it on.
pub fn a_host_switches_itself_off(stage: &Stage, host: &str) {
    let does = |command: &str| {
        let done = stage.on(host, command);
        assert_eq!(done.code, 0, "{command}: {done:?}");
        done.stdout
    };
    let start = "sudo systemctl start isutori-stop.timer";
    let next = "systemctl show --property=NextElapseUSecRealtime --value isutori-stop.timer";
    does(start);
    assert_eq!(does(next), "\n", "a lab's machine waits for an end");

    does(&format!("sudo mv {LAB_KEY} {LAB_KEY}.aside"));
    does(start);
    let told = does(
        "date --utc --date=\"$(systemctl show --property=NextElapseUSecRealtime \
        --value isutori-stop.timer)\" +%FT%TZ",
    );
    let expected = stage.stops_at().strftime("%FT%TZ").to_string();
    assert_eq!(told.trim(), expected);
    let welcome = does("run-parts /etc/update-motd.d");
    assert!(welcome.contains("switches itself off on"), "{welcome}");

    let soon = "/run/systemd/system/isutori-stop.timer.d";
    does(&format!(
        "sudo mkdir --parents {soon} && \
        printf '[Timer]\\nOnCalendar=\\nOnActiveSec=1s\\n' | sudo tee {soon}/zz-soon.conf && \
        sudo systemctl daemon-reload && sudo systemctl restart isutori-stop.timer"
    ));
    let plan =
        does("timeout 60 bash -c 'until cat /run/systemd/shutdown/scheduled; do sleep 0.1; done'");
    assert!(plan.contains("MODE=poweroff"), "{plan}");
    does("sudo shutdown -c && ! test -e /run/systemd/shutdown/scheduled");

    does(&format!(
        "sudo rm --recursive {soon} && sudo mv {LAB_KEY}.aside {LAB_KEY} && \
        sudo systemctl daemon-reload && sudo systemctl stop isutori-stop.timer"
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
    let export = (Command::new(ISUTORI).args(["portal", "export", "--data"]))
        .arg(stage.folder("backups/data"))
        .output()
        .expect("an export");
    let text = String::from_utf8_lossy(&export.stdout);
    assert!(export.status.success(), "{export:?}");
    assert!(text.contains("team2"), "{text}");

    let mut status = Value::Null;
    for _ in 0..600 {
        let told = stage.run(&["status", "--json"]);
        status = serde_json::from_str(&told.stdout).expect("JSON");
        let hosts = status["machines"].as_array().expect("machines");
        if hosts.iter().all(|host| host["is_running"] == false) {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("a host stays on: {status:#}");
}
