//! The app: what it may open, whom it asks, and what it complained of last.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use procfs_core::{
    FromRead,
    process::{LimitValue, Limits},
};
use tokio::{
    net::{TcpStream, UnixStream},
    time::timeout,
};
use url::Url;

use super::{Level, Section, Wanted, units::App};
use crate::environment::clean;

/// So long a server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// So many of the newest lines of the journal are read, and so many complaints of them told.
const READ: &str = "300";
const TOLD: usize = 5;

/// So large a part of the files that it may open, in percent, is near the end.
const MOST_FILES: u64 = 90;

pub(super) async fn section(app: Option<App>, wanted: &Wanted) -> (Section, ()) {
    let mut section = Section::new("app");
    let environment = match &app {
        Some(app) => {
            section.fact("unit", &*app.unit);
            tell_version(&mut section, app).await;
            tell_files(&mut section, app);
            tell_complaints(&mut section, app).await;
            app.environment.clone()
        }
        None => {
            let sentence = "no unit of the app was found; name it: --unit NAME";
            section.unknown.push(sentence.to_owned());
            None
        }
    };
    if let Some(file) = wanted.environment.clone().or(environment) {
        try_servers(&mut section, &file).await;
    }
    (section, ())
}

/// Which commit lies in its folder.
async fn tell_version(section: &mut Section, app: &App) {
    let Some(folder) = app.folder.as_deref().and_then(Path::to_str) else {
        return;
    };
    let safe = format!("safe.directory={folder}");
    // Whoever looks may not own the folder, or it lies below the one that is under git.
    let arguments = [
        "-c",
        "safe.directory=*",
        "-c",
        &safe,
        "-C",
        folder,
        "log",
        "-1",
        "--format=%h %s",
    ];
    if let Some(commit) = section.ask("git", &arguments).await {
        section.fact("commit", clean(&commit));
    }
}

fn tell_files(section: &mut Section, app: &App) {
    let Some(process) = app.process else {
        return;
    };
    let folder = PathBuf::from(format!("/proc/{process}"));
    let limits = section.read(folder.join("limits")).unwrap_or_default();
    let open = match fs::read_dir(folder.join("fd")) {
        Ok(files) => Some(files.count() as u64),
        Err(error) => {
            let place = folder.join("fd").display().to_string();
            section.unknown.push(format!("{place}: {error}"));
            None
        }
    };
    judge_files(section, &limits, open);
}

fn judge_files(section: &mut Section, limits: &str, open: Option<u64>) {
    let Ok(limits) = Limits::from_read(limits.as_bytes()) else {
        return;
    };
    let LimitValue::Value(most) = limits.max_open_files.soft_limit else {
        return;
    };
    let open_now = open.map_or("?".to_owned(), |open| open.to_string());
    section.fact(
        "open files",
        format!("{open_now} of {most} that it may open"),
    );
    if open.is_some_and(|open| open * 100 >= most * MOST_FILES) {
        section.find(
            Level::Wrong,
            format!("the app has {open_now} files and sockets open, of {most}"),
            "with no more to open it can neither accept connections nor make any",
            "LimitNOFILE= in its unit, then sudo systemctl daemon-reload and restart",
        );
    }
}

async fn tell_complaints(section: &mut Section, app: &App) {
    let arguments = [
        "--no-pager",
        "--output=short-iso",
        "--lines",
        READ,
        "--unit",
        &*app.unit,
    ];
    let lines = section.ask("journalctl", &arguments).await;
    for line in complaints(&lines.unwrap_or_default()) {
        section.fact("said", line);
    }
}

/// The last lines that tell of an error.
fn complaints(journal: &str) -> Vec<String> {
    let is_complaint = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "panic", "fatal", "failed"]
            .iter()
            .any(|word| line.contains(word))
    };
    let mut lines: Vec<String> = journal
        .lines()
        .rev()
        .filter(is_complaint)
        .take(TOLD)
        .map(clean)
        .collect();
    lines.reverse();
    lines
}

/// The servers that the app asks, by its environment.
async fn try_servers(section: &mut Section, file: &Path) {
    let Some(text) = section.read(file) else {
        return;
    };
    for (name, url) in urls(&text) {
        let Some(place) = Place::of(&url) else {
            continue;
        };
        let shown = place.to_string();
        match place.reach().await {
            Ok(()) => section.fact(&name, format!("{shown} is reached")),
            Err(error) => section.find(
                Level::Wrong,
                format!("{name}: {shown} is not reached: {error}"),
                "the app cannot work without it",
                format!("look whether it runs there, and at {}", file.display()),
            ),
        }
    }
}

/// Variables that hold URLs, from lines of `NAME=value`.
fn urls(text: &str) -> Vec<(String, Url)> {
    let lines = text.lines().filter_map(|line| {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        let (name, value) = line.split_once('=')?;
        let value = value.trim_matches(['"', '\'']);
        Some((name.to_owned(), Url::parse(value).ok()?))
    });
    lines.filter(|(name, _)| name.ends_with("_URL")).collect()
}

/// Where a server listens, without any password.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Tcp(String, u16),
    Unix(PathBuf),
    File(PathBuf),
}

impl Place {
    fn of(url: &Url) -> Option<Place> {
        let usual = match url.scheme() {
            "mysql" | "mariadb" => 3306,
            "postgres" | "postgresql" => 5432,
            "redis" => 6379,
            "memcached" | "memcache" => 11211,
            "sqlite" => return Some(Place::File(url.path().into())),
            "redis+unix" | "memcached+unix" | "unix" => {
                return Some(Place::Unix(url.path().into()));
            }
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let mut pairs = url.query_pairs();
        let socket =
            pairs.find(|(key, value)| key == "socket" || (key == "host" && value.starts_with('/')));
        if let Some((key, path)) = socket {
            let path = PathBuf::from(&*path);
            // PostgreSQL is told the folder of its socket.
            let port = url.port().unwrap_or(usual);
            return Some(Place::Unix(match key == "host" {
                true => path.join(format!(".s.PGSQL.{port}")),
                false => path,
            }));
        }
        let host = url.host_str()?.trim_matches(['[', ']']);
        Some(Place::Tcp(host.to_owned(), url.port().unwrap_or(usual)))
    }

    async fn reach(&self) -> Result<(), String> {
        let reaching = async {
            match self {
                Place::Tcp(host, port) => TcpStream::connect((&**host, *port)).await.map(drop),
                Place::Unix(path) => UnixStream::connect(path).await.map(drop),
                Place::File(path) => fs::metadata(path).map(drop),
            }
        };
        match timeout(PATIENCE, reaching).await {
            Ok(reached) => reached.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Tcp(host, port) => write!(f, "{host}:{port}"),
            Place::Unix(path) | Place::File(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn servers_are_known_by_their_urls() {
        let place =
            |url: &str| Place::of(&Url::parse(url).expect("a URL")).map(|place| place.to_string());
        for (url, expected) in [
            ("mysql://suwaru:secret@database/suwaru", "database:3306"),
            ("postgres://a@[::1]:5433/a", "::1:5433"),
            (
                "mysql://a@localhost/a?socket=/run/mysqld/mysqld.sock",
                "/run/mysqld/mysqld.sock",
            ),
            (
                "postgres:///a?host=/run/postgresql",
                "/run/postgresql/.s.PGSQL.5432",
            ),
            ("memcached://127.0.0.1", "127.0.0.1:11211"),
            ("sqlite:///tmp/a.db", "/tmp/a.db"),
        ] {
            assert_eq!(place(url).as_deref(), Some(expected), "{url}");
        }
        assert_eq!(place("db:"), None);
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("env.sh");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let text = format!(
            "LISTEN=127.0.0.1:1\nDATABASE_URL=mysql://a:secret@127.0.0.1:{port}/a\nSESSION_URL=db:\n"
        );
        fs::write(&file, text).expect("a file");

        let mut section = Section::new("app");
        try_servers(&mut section, &file).await;
        assert_eq!(
            (section.facts.len(), section.findings.len()),
            (1, 0),
            "{section:?}"
        );

        drop(listener);
        let mut section = Section::new("app");
        try_servers(&mut section, &file).await;
        let what = &section.findings[0].what;
        assert!(what.starts_with("DATABASE_URL: 127.0.0.1:"), "{what}");
        assert!(!format!("{section:?}").contains("secret"));
    }

    #[test]
    fn an_app_that_may_open_no_more_is_wrong() {
        let limits = include_str!("recorded/limits");
        let findings = |open| {
            let mut section = Section::new("app");
            judge_files(&mut section, limits, open);
            (section.facts.len(), section.findings.len())
        };
        assert_eq!(findings(Some(921)), (1, 0));
        assert_eq!(findings(Some(922)), (1, 1));
        assert_eq!(findings(None), (1, 0));
    }

    #[test]
    fn the_last_complaints_are_told() {
        let lines =
            (1..=9).map(|number| format!("12:00 app: ERROR number {number}\n12:00 app: fine\n"));
        let told = complaints(&lines.collect::<String>());
        assert_eq!(told.len(), TOLD);
        assert_eq!(
            told.last().map(String::as_str),
            Some("12:00 app: ERROR number 9")
        );
    }
}
