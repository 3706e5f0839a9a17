//! A site behind the hand-out's own nginx, which serves https with the contest's certificates.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use isutori_services::{Binary, SearchPath};

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

/// So many ports are tried: one that was free a moment ago may be somebody else's now.
const TRIES: usize = 10;

/// What the role `nginx` brings.
const ROLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../provisioning/ansible/roles/nginx/files"
);

const NGINX: Binary = Binary {
    names: &["nginx"],
    purpose: "tests behind a reverse proxy",
    debian: "nginx",
    homebrew: "nginx",
};

/// The proxy, a single process; killed when dropped.
struct Nginx {
    process: Child,
    url: String,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Nginx {
    /// Starts it in front of that site, with the certificate of `team1-host1`.
    fn start(place: &Place, site: &str) -> Nginx {
        let program = NGINX.find(&SearchPath::of_system()).expect("nginx");
        for _ in 0..TRIES {
            let port = free_port();
            configure(place, site, port);
            let log = fs::File::create(place.path("nginx.log")).expect("a file");
            let process = Command::new(&program)
                .arg("-p")
                .arg(place.path(""))
                .args(["-e", "stderr", "-c", "nginx.conf"])
                .stdin(Stdio::null())
                .stderr(log)
                .spawn();
            let mut nginx = Nginx {
                process: process.expect("nginx"),
                url: format!("https://127.0.0.1:{port}"),
            };
            if nginx.listens(&place.path("nginx.pid")) {
                return nginx;
            }
        }
        let said = fs::read_to_string(place.path("nginx.log")).unwrap_or_default();
        panic!("nginx does not start: {said}");
    }

    /// Waits until it has written its number, which it does when it listens, or has ended.
    fn listens(&mut self, number: &Path) -> bool {
        loop {
            if fs::read_to_string(number).is_ok_and(|text| text.ends_with('\n')) {
                return true;
            }
            if self.process.try_wait().expect("its state").is_some() {
                return false;
            }
            sleep(Duration::from_millis(10));
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Writes the settings that hosts have, with other places and ports.
fn configure(place: &Place, site: &str, port: u16) {
    let adapt = |file: &str, changes: &[(&str, &str)]| {
        let text = fs::read_to_string(Path::new(ROLE).join(file)).expect("a file of the role");
        changes.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "{from} is not in {file}");
            text.replace(from, to)
        })
    };
    let certificate = place.path("certificates/team1-host1").display().to_string();
    let tls = adapt(
        "tls.conf",
        &[
            ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
            ("listen [::]:443 ssl default_server;", ""),
            ("/etc/isutori/tls/host", &certificate),
        ],
    );
    place.write("tls/contest.conf", tls);
    let folder = place.path("tls/").display().to_string();
    let server = adapt(
        "suwaru.conf",
        &[
            ("listen 80 default_server;", ""),
            ("listen [::]:80 default_server;", ""),
            ("/etc/nginx/tls/", &folder),
            ("http://127.0.0.1:8080", site),
        ],
    );
    let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path temporary/{kind};\n"))
        .concat();
    fs::create_dir_all(place.path("temporary")).expect("a folder");
    let whole = format!(
        "daemon off;\nmaster_process off;\nuser root;\npid nginx.pid;\nevents {{}}\n\
         http {{\naccess_log off;\n{folders}{server}}}\n"
    );
    place.write("nginx.conf", whole);
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
    let nginx = Nginx::start(&place, site);

    let check = ["bench", "check", "--target", &nginx.url];
    let trusting = [&check[..], &["--ca", "certificates/ca.pem"]].concat();
    place.run(&trusting).expect_code(0);
    let mut run = place.isutori(&["bench", "run", "--target", &nginx.url, "--duration", "1s"]);
    run.args(["--json"])
        .env("ISUTORI_CA", "certificates/ca.pem");
    let ran = place.finish(Running::start(run));
    // A machine busy with other tests may void it.
    assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
    assert_eq!(ran.json()["target"], nginx.url.as_str());

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
