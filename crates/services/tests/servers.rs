//! Every private server starts, answers, stops and leaves nothing behind.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use isutori_services::{Binary, Process, ProcessSpec, SearchPath, Service};
use isutori_services::{mariadb, memcached, nginx, postgres, redis};

const LIMIT: Duration = Duration::from_secs(30);

/// The address after the scheme and the account, such as `127.0.0.1:40123`.
fn address(service: &Service) -> &str {
    let after_scheme = service.url().split_once("//").expect("a scheme").1;
    let host = after_scheme.split('/').next().expect("a host");
    host.rsplit('@').next().expect("an address")
}

/// Says something to a server and reads all that it answers until it hangs up.
fn converse(service: &Service, words: &str) -> String {
    let mut stream = TcpStream::connect(address(service)).expect("a connection");
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
    stream.write_all(words.as_bytes()).expect("words sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Runs a client that is installed with a server, and returns what it said.
async fn run_client(names: &'static [&'static str], args: &[&str], folder: &Path) -> String {
    let client = Binary {
        names,
        ..Binary::MARIADB
    };
    let search = SearchPath::of_system();
    let log = folder.join("client.log");
    let spec = ProcessSpec::new(client.find(&search).expect("a client"), &log).args(args);
    Process::run(spec, LIMIT).await.expect("a good end");
    fs::read_to_string(log).expect("a log")
}

/// Stops a server and asserts that neither its port nor any process of its group is left.
async fn assert_leaves_nothing(mut service: Service) {
    let (address, id) = (address(&service).to_owned(), service.process().id());
    service.stop().await;
    TcpStream::connect(address).expect_err("the port is closed");
    let group = nix::unistd::Pid::from_raw(id.cast_signed());
    nix::sys::signal::killpg(group, None).expect_err("the group is empty");
}

#[tokio::test]
async fn redis_serves_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");

    let service = redis::start(folder.path()).await.expect("a Redis");

    let answer = converse(&service, "CONFIG GET save\r\nPING\r\nQUIT\r\n");
    assert_eq!(answer, "*2\r\n$4\r\nsave\r\n$0\r\n\r\n+PONG\r\n+OK\r\n");
    assert_leaves_nothing(service).await;
}

#[tokio::test]
async fn memcached_serves_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");

    let service = memcached::start(folder.path()).await.expect("a memcached");

    let answer = converse(
        &service,
        "set chair 0 0 5\r\nstool\r\nget chair\r\nquit\r\n",
    );
    assert_eq!(answer, "STORED\r\nVALUE chair 0 5\r\nstool\r\nEND\r\n");
    let settings = converse(&service, "stats settings\r\nquit\r\n");
    assert!(settings.contains("STAT udpport 0\r\n"), "{settings}");
    assert_leaves_nothing(service).await;
}

#[tokio::test]
async fn mariadb_serves_and_keeps_its_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let query = async |service: &Service, sql: &str| {
        let port = address(service).rsplit(':').next().expect("a port");
        let port = format!("--port={port}");
        let args = [
            "--no-defaults",
            "--user=root",
            "--host=127.0.0.1",
            "--batch",
            "--skip-column-names",
        ];
        let args = [&args[..], &[&port, "--execute", sql, "suwaru"]].concat();
        run_client(&["mariadb", "mysql"], &args, folder.path()).await
    };

    let mut service = mariadb::start(folder.path()).await.expect("a MariaDB");
    query(
        &service,
        "CREATE TABLE chairs (legs INT); INSERT INTO chairs VALUES (4)",
    )
    .await;
    service.stop().await;
    assert_eq!(service.slow_log(), None);
    let settings = "[mariadbd]\nslow_query_log\nlong_query_time = 0\nbind-address = 0.0.0.0\n";
    let service = mariadb::start_with(folder.path(), settings)
        .await
        .expect("a MariaDB again");

    assert_eq!(
        query(
            &service,
            "SELECT legs, @@socket, @@bind_address FROM chairs"
        )
        .await,
        "4\t\t127.0.0.1\n"
    );
    let read = || std::fs::read_to_string(service.slow_log().expect("a slow query log"));
    assert!(read().expect("a log").contains("FROM chairs"));
    service.restart_slow_log().expect("an empty log");
    query(&service, "SELECT 'another chair'").await;
    let log = read().expect("a log");
    assert!(log.contains("another chair"), "{log}");
    assert!(!log.contains("FROM chairs") && !log.contains('\0'), "{log}");
    assert_leaves_nothing(service).await;
}

#[tokio::test]
async fn postgres_serves_and_keeps_its_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let query = async |service: &Service, sql: &str| {
        let args = [
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            sql,
            service.url(),
        ];
        run_client(&["psql"], &args, folder.path()).await
    };

    let mut service = postgres::start(folder.path()).await.expect("a PostgreSQL");
    query(
        &service,
        "CREATE TABLE chairs (legs INT); INSERT INTO chairs VALUES (4)",
    )
    .await;
    service.stop().await;
    let service = postgres::start(folder.path())
        .await
        .expect("a PostgreSQL again");

    let sql = "SELECT legs, current_setting('unix_socket_directories') FROM chairs";
    assert_eq!(query(&service, sql).await, "4|\n");
    assert_leaves_nothing(service).await;
}

/// Settings as a host has them, with a folder to serve.
fn host_settings(folder: &Path, site: &str) -> nginx::Settings {
    let main = "user www-data;\nworker_processes 4;\nerror_log /var/log/nginx/error.log;\nevents {}\n\
                http {\n    access_log /var/log/nginx/access.log;\n    \
                include /etc/nginx/sites-enabled/*;\n}\n";
    let files = [("nginx.conf", main), ("sites-enabled/chairs.conf", site)];
    nginx::Settings {
        files: BTreeMap::from(files.map(|(name, text)| (PathBuf::from(name), text.to_owned()))),
        folders: vec![("/srv/chairs".to_owned(), folder.to_owned())],
    }
}

#[tokio::test]
async fn nginx_serves_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let chairs = folder.path().join("chairs");
    fs::create_dir_all(chairs.join("round")).expect("a folder");
    fs::write(chairs.join("round/stool.txt"), "three legs").expect("a file");
    let listen = format!("listen 127.0.0.1:{};", nginx::PORT);
    let ask = |service: &Service| converse(service, "GET /round/stool.txt HTTP/1.0\r\n\r\n");

    let settings = host_settings(&chairs, &format!("server {{ {listen} return 404; }}"));
    let mut service = nginx::start(folder.path(), &settings)
        .await
        .expect("an nginx");
    assert!(ask(&service).starts_with("HTTP/1.1 404 "));
    let before = address(&service).to_owned();
    service.stop().await;
    let site = format!("server {{ {listen} root /srv/chairs; }}");
    let mut settings = host_settings(&chairs, &site);
    let file = PathBuf::from("sites-enabled/chairs.conf");
    let site = settings.files.remove(&file).expect("a site");
    settings.files.insert("sites-enabled/stools".into(), site);
    let service = nginx::start(folder.path(), &settings)
        .await
        .expect("an nginx again");

    let answer = ask(&service);
    assert!(answer.ends_with("\r\n\r\nthree legs"), "{answer}");
    if address(&service) != before {
        TcpStream::connect(before).expect_err("the first site is forgotten");
    }
    let logged = fs::read_to_string(find(folder.path(), "access.log")).expect("a log");
    assert_eq!(logged.matches("GET /round/stool.txt").count(), 2);
    assert!(find(folder.path(), "client_body").is_dir());
    assert_leaves_nothing(service).await;
}

/// What has this name somewhere below a folder.
fn find(folder: &Path, name: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.ends_with(name) {
                return path;
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    panic!("there is no {name}");
}

#[tokio::test]
async fn what_nginx_does_not_understand_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let chairs = tempfile::tempdir().expect("a folder");
    let settings = host_settings(chairs.path(), "server { lisssten 80; }");

    let error = nginx::start(folder.path(), &settings)
        .await
        .expect_err("a fault");

    let error = error.to_string();
    assert!(
        error.starts_with("nginx ended with exit status: 1 instead of"),
        "{error}"
    );
    assert!(error.contains("unknown directive \"lisssten\""), "{error}");
    assert!(error.contains("etc/sites-enabled/chairs.conf:1"), "{error}");
}

#[tokio::test]
async fn a_dead_server_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut service = memcached::start(folder.path()).await.expect("a memcached");
    service.check().expect("a server that runs");
    let id = nix::unistd::Pid::from_raw(service.process().id().cast_signed());

    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL).expect("a kill");

    let death = async {
        loop {
            match service.check() {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => break error.to_string(),
            }
        }
    };
    let error = tokio::time::timeout(LIMIT, death).await.expect("a death");
    assert!(
        error.starts_with("memcached ended with signal: 9"),
        "{error}"
    );
}
