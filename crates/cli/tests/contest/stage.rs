//! The processes of a contest, and their database.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use isutori_portal::{
    contest::{Contest, RunSettings},
    desk, serve,
    state::AppState,
    teams::{self, Host},
};
use isutori_protocol::sample;
use isutori_worker::Portal;
use tempfile::TempDir;
use tokio::time::sleep;

/// A job is taken away from a worker that is silent for so long.
pub const LEASE: Duration = Duration::from_secs(2);

/// A contest in a folder.
pub struct Stage {
    folder: TempDir,
    port: u16,
    worker_token: String,
    /// The same database that the portal has.
    pub state: AppState,
}

/// A process that is killed when dropped.
pub struct Actor(pub Child);

impl Drop for Actor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Stage {
    /// A contest that is on, with a played benchmark and nobody there yet.
    pub async fn set() -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("program.sh");
        fs::write(&program, include_str!("program.sh")).expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
        let result = serde_json::to_string(&sample::passed()).expect("JSON");
        fs::write(folder.path().join("result.json"), result).expect("a file");
        let store = serve::open_folder(&folder.path().join("portal")).await;
        let state = AppState::new(store.expect("a database"));
        let hours = |hours: i64| {
            let at = state.clock.now() + hours * 3_600_000;
            jiff::Timestamp::from_millisecond(at).expect("a time")
        };
        let contest = format!(
            "name = \"Kills\"\nstarts_at = \"{}\"\nends_at = \"{}\"",
            hours(-1),
            hours(7)
        );
        let mut contest = Contest::parse(&contest).expect("a contest");
        contest.run = RunSettings {
            load_seconds: 1,
            time_limit_seconds: 60,
            ..RunSettings::default()
        };
        import(&state, contest).await;
        let worker_token = desk::worker_token(&state, "test").await.expect("a token");
        // Nobody else is given this port before the portal takes it.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = port.local_addr().expect("an address").port();
        Stage {
            folder,
            port,
            worker_token,
            state,
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, args: &[&str]) -> Actor {
        let child = Command::new(env!("CARGO_BIN_EXE_isutori"))
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Actor(child.expect("a process"))
    }

    pub fn start_portal(&self) -> Actor {
        let listen = format!("127.0.0.1:{}", self.port);
        let lease = LEASE.as_secs().to_string();
        self.start(&[
            "portal", "serve", "--data", "portal", "--listen", &listen, "--lease", &lease,
        ])
    }

    pub fn start_worker(&self, name: &str) -> Actor {
        let program = self.path("program.sh");
        let program = program.to_str().expect("a path in UTF-8");
        self.start(&[
            "worker",
            "run",
            "--portal",
            &self.url(),
            "--token",
            &self.worker_token,
            "--name",
            name,
            "--concurrency",
            "2",
            "--program",
            program,
        ])
    }

    /// The hosts of a team, as they call the portal.
    pub async fn hosts_of(&self, team: &str) -> Portal {
        let token = desk::hosts_token(&self.state, team, "test").await;
        Portal::new(&self.url(), &token.expect("a token")).expect("a portal")
    }

    /// Lets this line of shell reboot hosts, with the host's team as `$1`.
    pub async fn reboot_by(&self, script: &str) {
        let mut contest = self.state.contest().await.expect("a contest").contest;
        let words = ["sh", "-c", script, "reboot", "{team}"];
        contest.final_measurement.reboot = words.map(str::to_owned).into();
        import(&self.state, contest).await;
    }

    /// A team with a host, as its programs call the portal.
    pub async fn team(&self, name: &str) -> Portal {
        let mut connection = self.state.connection().await.expect("a connection");
        let now = self.state.clock.now();
        let id = teams::create(&mut connection, name, now).await;
        let host = Host {
            name: "web".to_owned(),
            url: Some("http://127.0.0.1:9".to_owned()),
        };
        teams::put_host(&mut connection, id.expect("a team"), &host)
            .await
            .expect("a host");
        let token = desk::team_token(&self.state, name, "test").await;
        Portal::new(&self.url(), &token.expect("a token")).expect("a portal")
    }
}

async fn import(state: &AppState, contest: Contest) {
    let import = desk::Import {
        contest: Some(contest),
        ..desk::Import::default()
    };
    let imported = desk::import(state, &import, false).await;
    imported.expect("a contest");
}

/// Waits a moment, for whom there is nothing better to do.
pub async fn moment() {
    sleep(Duration::from_millis(50)).await;
}
