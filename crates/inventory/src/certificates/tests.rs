use std::{fs, os::unix::fs::PermissionsExt};

use tempfile::TempDir;

use super::*;

const CONTEST: &str = r#"
ends_at = "2026-08-01T18:00:00+09:00"
[environment]
teams = 1
portal_url = "https://contest.example:8443/"
[[environment.host]]
roles = ["app", "database"]
"#;

fn now() -> Timestamp {
    "2026-07-20T12:00:00Z".parse().expect("a time")
}

fn certify(contest: &str, folder: &TempDir, now: Timestamp) -> Vec<String> {
    let inventory = Inventory::parse(contest).expect("an inventory");
    let made = inventory.certify(folder.path(), now);
    made.expect("certificates")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn what_was_made_is_kept() {
    let folder = folder();

    let first = certify(CONTEST, &folder, now());
    let again = certify(CONTEST, &folder, now());

    assert_eq!(first, ["ca", "portal", "team1-host1"]);
    assert!(again.is_empty(), "{again:?}");
    for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
        let mode = file.metadata().expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
    }
    let ignored = fs::read_to_string(folder.path().join(".gitignore"));
    assert_eq!(ignored.expect("a file"), "*\n");
}

#[test]
fn a_host_that_changes_gets_another_certificate() {
    let folder = folder();
    certify(CONTEST, &folder, now());
    let moved = format!("{CONTEST}[environment.addresses]\nteam1-host1 = \"192.0.2.7\"\n");

    assert_eq!(certify(&moved, &folder, now()), ["team1-host1"]);
    let renamed = moved.replace("contest.example", "other.example");
    assert_eq!(certify(&renamed, &folder, now()), ["portal"]);
}

#[test]
fn a_certificate_near_its_end_is_made_anew() {
    let folder = folder();
    certify(CONTEST, &folder, now());
    let end: Timestamp = "2026-08-01T09:00:00Z".parse().expect("a time");
    let days = |days: i64| SignedDuration::from_hours(24 * days);

    assert!(certify(CONTEST, &folder, end + days(20)).is_empty());
    let anew = certify(CONTEST, &folder, end + days(25));
    assert_eq!(anew, ["portal", "team1-host1"]);

    let later = CONTEST.replace("2026-08-01", "2026-12-01");
    assert_eq!(certify(&later, &folder, now()), ["portal", "team1-host1"]);
}

#[test]
fn another_key_or_authority_makes_certificates_worthless() {
    let (folder, other) = (folder(), self::folder());
    certify(CONTEST, &folder, now());
    certify(CONTEST, &other, now());
    let copy = |name: &str| {
        fs::copy(other.path().join(name), folder.path().join(name)).expect("a copy");
    };

    copy("portal.key");
    assert_eq!(certify(CONTEST, &folder, now()), ["portal"]);
    copy("portal.key");
    copy("portal.pem");
    assert_eq!(certify(CONTEST, &folder, now()), ["portal"]);
}

#[test]
fn an_authority_is_never_replaced() {
    let folder = folder();
    certify(CONTEST, &folder, now());
    let inventory = Inventory::parse(CONTEST).expect("an inventory");
    let refused = || {
        let error = inventory.certify(folder.path(), now());
        error.expect_err("a refusal").to_string()
    };

    fs::copy(
        folder.path().join("portal.key"),
        folder.path().join("ca.key"),
    )
    .expect("a copy");
    assert!(refused().contains("ca.key is not the key of ca.pem"));
    fs::remove_file(folder.path().join("ca.key")).expect("a file");
    let said = refused();
    assert!(said.contains("its key is missing"), "{said}");
    assert!(said.contains("put its files ca.pem and ca.key back"));
}

#[test]
fn the_host_of_a_url_is_found() {
    assert_eq!(
        host_of("https://a.example:8443/"),
        Some("a.example".to_owned())
    );
    assert_eq!(host_of("http://10.0.0.1"), Some("10.0.0.1".to_owned()));
    assert_eq!(host_of("nonsense"), None);
}
