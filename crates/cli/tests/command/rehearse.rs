//! What cannot be rehearsed.

use crate::{lab::refuse_to_others, place::Place};

const CONTEST: &str = r#"name = "Summer"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"
"#;

#[test]
fn a_rehearsal_is_refused_to_whoever_is_not_root() {
    refuse_to_others(
        "a_rehearsal_is_refused_to_whoever_is_not_root",
        &["rehearse"],
        "there can be no lab here: it must be run by root",
    );
}

#[test]
fn a_contest_without_hosts_is_refused_before_anything_is_made() {
    let place = Place::new();
    place.write("contest.toml", CONTEST);

    let rehearse = place.isutori(&["rehearse", "--contest", "contest.toml", "--dir", "lab"]);

    place.refuse(rehearse, &["no table [environment]"]);
    place.write("contest.toml", "name = ");
    let rehearse = place.isutori(&["rehearse", "--contest", "contest.toml", "--dir", "lab"]);
    place.refuse(rehearse, &["contest.toml", "cannot be rehearsed"]);
    let rehearse = place.isutori(&["rehearse", "--contest", "absent.toml", "--dir", "lab"]);
    place.refuse(rehearse, &["absent.toml"]);
    assert!(!place.path("lab").exists());
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let place = Place::new();
    for (args, words) in [
        (&["--duration", "5s"][..], "from 1m to 1440m"),
        (
            &["--teams", "3", "--contest", "contest.toml"],
            "cannot be used with",
        ),
        (&["--existing", "--teams", "3"], "cannot be used with"),
        (&["--hosts", "6"], "1 to 5 hosts"),
        (&["--workers", "0"], "workers are 1 to 99"),
        (&["--existing", "--dir", "nowhere"], "there is no lab in"),
    ] {
        place.refuse(place.isutori(&[&["rehearse"], args].concat()), &[words]);
    }
}
