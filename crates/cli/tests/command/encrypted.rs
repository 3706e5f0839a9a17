//! A site behind the hand-out's own nginx, which serves https with the contest's certificates.

use std::{collections::BTreeMap, fs, path::Path};

use isutori_services::{
    Service,
    nginx::{self, PORT, Settings},
};
use tokio::runtime::Runtime;

use crate::{place::Place, running::Running};

const CONTEST: &str = r#"
name = "Summer"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"

[environment]
teams = 1
[[environment.host]]
roles = ["app", "database"]
"#;

/// What the role `nginx` brings.
const ROLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../provisioning/ansible/roles/nginx/files"
);

/// Starts the hosts' nginx in front of that site, with the certificate of `team1-host1`.
fn start_nginx(runtime: &Runtime, place: &Place, site: &str) -> Service {
    let tls = adapt(
        "tls.conf",
        &[
            ("listen 443 ssl", &format!("listen 127.0.0.1:{PORT} ssl")),
            ("listen [::]:443 ssl default_server;", ""),
            ("/tls/host", "/tls/team1-host1"),
        ],
    );
    let server = adapt(
        "suwaru.conf",
        &[
            ("listen 80 default_server;", ""),
            ("listen [::]:80 default_server;", ""),
            ("http://127.0.0.1:8080", site),
        ],
    );
    let settings = Settings {
        files: BTreeMap::from([
            ("nginx.conf".into(), adapt("nginx.conf", &[])),
            ("sites-enabled/suwaru.conf".into(), server),
            ("tls/contest.conf".into(), tls),
        ]),
        folders: vec![("/etc/isutori/tls".to_owned(), place.path("certificates"))],
    };
    let started = runtime.block_on(nginx::start(&place.path("nginx"), &settings));
    started.expect("nginx")
}

/// A file that hosts have, with other places and ports.
fn adapt(file: &str, changes: &[(&str, &str)]) -> String {
    let text = fs::read_to_string(Path::new(ROLE).join(file)).expect("a file of the role");
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in {file}");
        text.replace(from, to)
    })
}

/// The site passes over https for whoever trusts the contest, and nobody else believes it.
pub fn assert_passes_behind_nginx(site: &str) {
    let place = Place::new();
    place.write("contest.toml", CONTEST);
    for dir in ["certificates", "others"] {
        let certify = ["inventory", "certificates", "contest.toml", "--dir", dir];
        let made = place.run(&certify).expect_code(0);
        assert_eq!(made.stdout, "made ca\nmade portal\nmade team1-host1\n");
        assert_eq!(place.run(&certify).expect_code(0).stdout, "");
    }
    let runtime = Runtime::new().expect("a runtime");
    let nginx = start_nginx(&runtime, &place, site);
    let url = nginx.url().replacen("http", "https", 1);

    let check = ["bench", "check", "--target", &url];
    let trusting = [&check[..], &["--ca", "certificates/ca.pem"]].concat();
    place.run(&trusting).expect_code(0);
    let mut run = place.isutori(&["bench", "run", "--target", &url, "--duration", "1s"]);
    run.args(["--json"])
        .env("ISUTORI_CA", "certificates/ca.pem");
    let ran = place.finish(Running::start(run));
    // A machine busy with other tests may void it.
    assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
    assert_eq!(ran.json()["target"], url.as_str());

    // Authorities have the same name, not the same key.
    for (authority, words) in [
        (&[][..], "nobody who is trusted has signed it"),
        (
            &["--ca", "others/ca.pem"],
            "not that of the authority that it names",
        ),
    ] {
        let distrusting = [&check[..], authority].concat();
        let refused = place.run(&distrusting).expect_code(2);
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
}
