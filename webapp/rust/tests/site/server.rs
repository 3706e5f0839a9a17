//! The process: how it starts, what it serves besides pages, how it stops.

use std::process::Stdio;

use nix::sys::signal::Signal;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, UnixStream},
};

use crate::app::{command, create_database, spawn_app, spawn_app_with};

#[tokio::test]
async fn static_files_are_served_byte_for_byte() {
    let app = spawn_app().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../public");
    for path in ["/css/suwaru.css", "/js/suwaru.js", "/img/logo.svg"] {
        let answer = app.visit().get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.body,
            std::fs::read_to_string(format!("{folder}{path}")).unwrap()
        );
    }
}

#[tokio::test]
async fn every_page_links_the_static_files() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    for path in [
        "/",
        "/recent/1",
        "/people/bob",
        "/diary/bob",
        "/entries/1",
        "/friends",
        "/footprints",
        "/login",
        "/signup",
        "/nothing",
    ] {
        let page = alice.get(path).await;
        for selector in [
            "link[href^='/css/suwaru.css']",
            "script[src^='/js/suwaru.js']",
            "img[src^='/img/logo.svg']",
            "a.me[href='/people/alice']",
            "form#logout",
        ] {
            assert!(page.has(selector), "{selector} on {path}");
        }
    }
}

/// The answer's head must have been given up to the blank line already.
async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the head is complete"));
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_stopping() {
    let mut app = spawn_app().await;
    let alice = app.log_in("alice").await;
    let body = format!(
        "title=Last&body=Words&visibility=public&csrf={}",
        alice.csrf
    );
    let head = format!(
        "POST /entries HTTP/1.1\r\nHost: suwaru\r\nCookie: suwaru_session={}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        alice.cookie.as_deref().unwrap(),
        body.len()
    );
    let address = app.url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The application asks for the body, so it is at work on the request.
    assert!(read_head(&mut stream).await.starts_with("HTTP/1.1 100"));

    app.signal(Signal::SIGTERM);
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(body.as_bytes()).await.unwrap();

    assert!(read_head(&mut stream).await.starts_with("HTTP/1.1 303"));
    assert!(app.process.wait().await.unwrap().success());
    assert_eq!(app.count("entries WHERE title = 'Last'").await, 1);
}

#[tokio::test]
async fn sigint_stops_it_too() {
    let mut app = spawn_app().await;
    app.signal(Signal::SIGINT);
    assert!(app.process.wait().await.unwrap().success());
}

#[tokio::test]
async fn without_data_it_says_so_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    create_database(&folder).await.close().await;
    let output = command(&folder).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("load the initial data"), "{message}");
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn an_occupied_port_is_told() {
    let app = spawn_app().await;
    let address = app.url.strip_prefix("http://").unwrap();
    let output = command(&app.folder)
        .args(["--listen", address])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&format!("cannot listen on {address}")),
        "{message}"
    );
}

#[tokio::test]
async fn a_socket_left_behind_is_replaced_and_a_living_one_is_not() {
    let mut app = spawn_app().await;
    let path = app.folder.path().join("suwaru.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let address = format!("unix:{}", path.display());

    let mut second = command(&app.folder)
        .args(["--listen", &address])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(second.stdout.take().unwrap()).lines();
    let line = stdout.next_line().await.unwrap().unwrap();
    assert_eq!(line, format!("listening on {address}"));
    let mut stream = UnixStream::connect(&path).await.unwrap();
    stream
        .write_all(b"GET /login HTTP/1.1\r\nHost: suwaru\r\n\r\n")
        .await
        .unwrap();
    assert!(read_head(&mut stream).await.starts_with("HTTP/1.1 200"));

    let third = command(&app.folder)
        .args(["--listen", &address])
        .output()
        .await
        .unwrap();
    assert_eq!(third.status.code(), Some(1));
    assert!(app.stop().await.success());
}

#[tokio::test]
async fn the_access_log_has_a_line_for_each_request() {
    let mut app = spawn_app_with(&[("ACCESS_LOG", "json")]).await;
    let mut browser = app.visit();
    for (path, route, status) in [
        ("/entries/1?a=b", "/entries/{id}", 200),
        ("/css/suwaru.css", "/css/{*file}", 200),
        ("/nothing", "-", 404),
    ] {
        let answer = browser.get(path).await;
        let line = app.stdout.next_line().await.unwrap().unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["uri"], path);
        assert_eq!(line["route"], route);
        assert_eq!(line["status"], status);
        assert_eq!(line["method"], "GET");
        assert_eq!(line["host"], "127.0.0.1");
        assert_eq!(line["size"], answer.body.len());
        assert!(line["reqtime"].is_f64());
    }
}

#[tokio::test]
async fn arguments_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(&folder).arg("--lisen").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage"));
}
