//! `isutori doctor` on this machine, with a systemd that is played.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};

use crate::{
    place::{ISUTORI, Place},
    running::{Outcome, Running},
};

/// Nothing but what the test puts there is in its PATH.
fn examine(place: &Place, systemctl: Option<&str>, args: &[&str]) -> Outcome {
    let programs = place.path("programs");
    fs::create_dir_all(&programs).expect("a folder");
    if let Some(script) = systemctl {
        let program = place.write("programs/systemctl", script);
        fs::set_permissions(program, Permissions::from_mode(0o755)).expect("a program");
    }
    let mut command = place.command("env");
    command.arg(format!("PATH={}", programs.display()));
    command
        .arg(ISUTORI)
        .args(["doctor", "--look", "1"])
        .args(args);
    place.finish(Running::start(command))
}

/// The findings of the sections of these names.
fn findings(told: &serde_json::Value, names: &[&str]) -> Vec<String> {
    let sections = told["sections"].as_array().expect("sections");
    let sections = sections
        .iter()
        .filter(|section| names.iter().any(|name| section["name"] == *name));
    let findings = sections.flat_map(|section| section["findings"].as_array().expect("findings"));
    findings
        .map(|finding| finding["what"].as_str().expect("a sentence").to_owned())
        .collect()
}

#[test]
fn a_machine_without_systemd_is_looked_at_all_the_same() {
    let place = Place::new();
    let outcome = examine(&place, None, &[]);
    let told = &outcome.stdout;
    assert!(matches!(outcome.code, Some(0 | 1)), "{}", outcome.stderr);
    assert!(
        told.contains("not seen               systemctl: "),
        "{told}"
    );
    for section in [
        "load", "memory", "disks", "sockets", "units", "app", "versions", "logs", "clock",
    ] {
        assert!(
            told.lines().any(|line| line == section),
            "{section}: {told}"
        );
    }
}

#[test]
fn what_is_broken_is_told_with_what_to_do() {
    let place = Place::new();
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let env = format!("DATABASE_URL=mysql://suwaru:secret@127.0.0.1:{port}/suwaru\n");
    let env = place.write("env.sh", &env);
    let script = format!(
        "#!/bin/sh\n\
         [ \"$1\" = list-units ] && printf 'nginx.service x\\nsuwaru.service x\\n' && exit\n\
         printf 'Id=nginx.service\\nActiveState=active\\nSubState=running\\nUnitFileState=disabled\\n\\n'\n\
         printf 'Id=suwaru.service\\nActiveState=failed\\nSubState=failed\\nUnitFileState=enabled\\n'\n\
         printf 'FragmentPath=/etc/systemd/system/suwaru.service\\nWorkingDirectory=/\\n'\n\
         printf 'EnvironmentFiles={} (ignore_errors=no)\\n'\n",
        env.display()
    );
    place.write("webapp/a", "b");
    let handout = ["--handout", "webapp", "--handout-hash", "0"];

    let told = examine(&place, Some(&script), &[&handout[..], &["--json"]].concat());
    let told = told.expect_code(1).json();

    let expected = [
        "nginx.service runs, but is not enabled",
        "suwaru.service has failed",
    ];
    assert_eq!(findings(&told, &["units"]), expected);
    let database = &findings(&told, &["app"])[0];
    assert!(
        database.starts_with("DATABASE_URL: 127.0.0.1:"),
        "{database}"
    );
    let handout = findings(&told, &["hand-out"]);
    assert_eq!(handout, ["webapp is not as it was handed out"]);
    let text = examine(&place, Some(&script), &[]).expect_code(1).stdout;
    assert!(
        text.contains("  WRONG: suwaru.service has failed\n"),
        "{text}"
    );
    assert!(
        text.contains("do:  sudo systemctl enable nginx.service"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
}

/// Whatever a program does, it is not waited for without end.
#[test]
fn a_program_that_hangs_is_told() {
    let place = Place::new();
    let script = "#!/bin/sh\nexec /bin/sleep 1000\n";
    let told = examine(&place, Some(script), &["--json"]).json();
    let units = told["sections"].as_array().expect("sections").iter();
    let units = { units }.find(|section| section["name"] == "units");
    let unknown = units.expect("units")["unknown"][0].as_str();
    assert!(
        unknown.is_some_and(|what| what.starts_with("systemctl: ")),
        "{unknown:?}"
    );
}
