//! `isutori team env-check` and `rehearse-final`, before a portal that is played.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use isutori_protocol::{
    Verdict,
    contest::{HostReport, HostStep, MeasuredHost, Measurement, ReportTaken, TeamStep},
};

use crate::{
    place::{ISUTORI, Place},
    portal::FakePortal,
    running::{Outcome, Running},
    site::closed_port,
};

const REPORT: &str = "POST /api/host/report";
const REHEARSAL: &str = "/api/team/rehearsal";

fn taken(problems: &[&str]) -> ReportTaken {
    ReportTaken {
        team: "Chairs".to_owned(),
        url: Some("http://a".to_owned()),
        problems: problems.iter().map(|&problem| problem.to_owned()).collect(),
    }
}

/// Runs a command of hosts or teams, for this portal.
fn team(place: &Place, portal: &str, args: &[&str]) -> Outcome {
    let access = ["--portal", portal, "--token", "secret"];
    place.run(&[&["team"], args, &access].concat())
}

const CHECK: [&str; 5] = ["env-check", "--name", "web1", "--url", "http://a"];

#[test]
fn a_host_tells_how_it_is() {
    let (place, portal) = (Place::new(), FakePortal::start());
    portal.answer(REPORT, 200, &taken(&[]));

    let told = team(&place, portal.url(), &CHECK).expect_code(0).stdout;

    assert_eq!(told, "host web1 of Chairs at http://a: fine\n");
    let asked = &portal.asked(REPORT)[0];
    assert_eq!(asked.token.as_deref(), Some("secret"));
    let report: HostReport = serde_json::from_slice(&asked.body).expect("a report");
    let told = (&*report.name, report.url.as_deref());
    assert_eq!(told, ("web1", Some("http://a")));
    assert!(report.versions.contains_key("isutori"), "{report:?}");
    assert!(report.disks.iter().any(|disk| disk.mount == "/"));
    #[cfg(target_os = "linux")]
    {
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id");
        let boot_id = boot_id.expect("Linux");
        assert_eq!(report.boot_id.as_deref(), Some(boot_id.trim()));
        assert!(
            report
                .kernel
                .is_some_and(|kernel| kernel.starts_with("Linux "))
        );
    }
}

#[test]
fn what_is_wrong_is_told_and_ends_it_with_1() {
    let (place, portal) = (Place::new(), FakePortal::start());
    portal.answer(REPORT, 200, &taken(&["does not run: x.service"]));

    let told = team(&place, portal.url(), &CHECK).expect_code(1).stdout;
    assert_eq!(
        told,
        "host web1 of Chairs at http://a:\n  does not run: x.service\n"
    );
    let json = [&CHECK[..], &["--json"]].concat();
    let told = team(&place, portal.url(), &json).expect_code(1).json();
    assert_eq!(told["team"], "Chairs");

    let said = team(&place, &closed_port(), &CHECK).expect_code(2).stderr;
    assert!(said.contains("cannot reach the portal"), "{said}");
}

/// Nothing but what the test puts there is in its PATH.
fn check_with(place: &Place, systemctl: Option<&str>, args: &[&str]) -> HostReport {
    let programs = place.path("programs");
    fs::create_dir_all(&programs).expect("a folder");
    if let Some(script) = systemctl {
        let program = place.write("programs/systemctl", script);
        fs::set_permissions(program, Permissions::from_mode(0o755)).expect("a program");
    }
    let mut command = place.command("env");
    command.arg(format!("PATH={}", programs.display()));
    command.arg(ISUTORI).arg("team").args(CHECK);
    command.arg("--dry-run").args(args);
    let told = place.finish(Running::start(command)).expect_code(0).json();
    serde_json::from_value(told).expect("a report")
}

#[test]
fn units_are_those_of_systemd_and_its_absence_is_told() {
    let place = Place::new();
    let report = check_with(&place, None, &[]);
    assert_eq!(report.units, []);
    let told = report
        .missing
        .iter()
        .any(|what| what.starts_with("systemctl: "));
    assert!(told, "{:?}", report.missing);

    let script = "#!/bin/sh\n\
        [ \"$1\" = list-units ] && echo 'a.service loaded active running A'\n\
        [ \"$1\" = show ] && echo \"Id=$4\" && echo ActiveState=active && echo UnitFileState=disabled\n\
        true";
    let report = check_with(&place, Some(script), &[]);
    let unit = &report.units[0];
    assert_eq!((&*unit.name, &*unit.enabled), ("a.service", "disabled"));
    let report = check_with(&place, Some(script), &["--unit", "b.service"]);
    assert_eq!(report.units[0].name, "b.service");
    let told = report
        .missing
        .iter()
        .any(|what| what.starts_with("systemctl: "));
    assert!(!told, "{:?}", report.missing);
}

#[test]
fn the_hand_out_is_known_by_its_hash() {
    let place = Place::new();
    place.write("webapp/main.rs", "fn main() {}");
    let handout = |args: &[&str]| {
        let report = check_with(&place, None, &[&["--handout", "webapp"], args].concat());
        report.handout.expect("a hand-out")
    };
    let hash = handout(&[]).found;
    assert_eq!(hash.len(), 64);
    place.write("webapp/main.rs", "fn main() { }");
    let changed = handout(&["--handout-hash", &hash]);
    assert_eq!(changed.expected, hash);
    assert_ne!(changed.found, hash);
}

#[test]
fn a_rehearsal_is_followed_to_its_end() {
    let (place, portal) = (Place::new(), FakePortal::start());
    let at = |step| Measurement {
        id: 3,
        counts: false,
        step,
        since: 0,
        hosts: vec![MeasuredHost {
            name: "web1".to_owned(),
            step: HostStep::Boot,
            since: 0,
        }],
        run: None,
        verify: None,
        verdict: None,
        score: None,
        reason: None,
    };
    let passed = Measurement {
        verdict: Some(Verdict::Pass),
        score: Some(1_234),
        ..at(TeamStep::Over)
    };
    portal
        .answer(&format!("POST {REHEARSAL}"), 201, &at(TeamStep::Prepare))
        .answer(&format!("GET {REHEARSAL}"), 200, &at(TeamStep::Run))
        .answer(&format!("GET {REHEARSAL}"), 200, &passed);

    let args = ["rehearse-final", "--wait"];
    let told = team(&place, portal.url(), &args).expect_code(0);

    assert_eq!(told.stdout, "PASS, score 1,234\n");
    let course = "web1 has to report another boot id\nthe benchmark runs\n";
    assert_eq!(told.stderr, course);
    let begun = team(&place, portal.url(), &["rehearse-final", "--json"]);
    assert_eq!(begun.expect_code(0).json()["step"], "prepare");
    let args = ["rehearse-final", "--last", "--wait"];
    let told = team(&place, portal.url(), &args).expect_code(0).stdout;
    assert_eq!(told, "PASS, score 1,234\n");
    assert_eq!(portal.asked(&format!("POST {REHEARSAL}")).len(), 2);
}
