//! What the benchmark does not look at, over HTTP.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::LazyLock,
};

use isutori_dataset::{Dataset, Size};
use suwaru_twin::{Break, Initial, Rules, Twin};

static INITIAL: LazyLock<Initial> = LazyLock::new(|| Initial::from(Dataset::new(1, Size::Small)));

fn start(rules: Rules) -> Twin {
    Twin::start(&INITIAL, rules).expect("a twin")
}

/// Sends a request of a connection of its own, and gives the whole answer.
fn ask(twin: &Twin, request: &str, headers: &str) -> String {
    let url = twin.url();
    let mut stream = connect(&url).expect("a connection");
    let message = format!("{request} HTTP/1.1\r\nHost: twin\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(message.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn connect(url: &str) -> std::io::Result<TcpStream> {
    TcpStream::connect(url.trim_start_matches("http://"))
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = answer.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

#[test]
fn static_files_are_kept_by_browsers_and_sent_compressed_when_asked_for() {
    let twin = start(Rules::default());

    let plain = ask(&twin, "GET /css/suwaru.css?v=1", "");
    let zipped = ask(
        &twin,
        "GET /css/suwaru.css",
        "Accept-Encoding: br, gzip\r\n",
    );
    let tag = header(&plain, "etag").expect("a tag");
    let known = ask(
        &twin,
        "GET /css/suwaru.css",
        &format!("If-None-Match: {tag}\r\n"),
    );

    assert!(plain.starts_with("HTTP/1.1 200"), "{plain}");
    assert_eq!(header(&plain, "content-encoding"), None);
    assert_eq!(header(&zipped, "content-encoding"), Some("gzip"));
    assert!(zipped.len() < plain.len());
    for answer in [&plain, &zipped, &known] {
        assert_eq!(header(answer, "etag"), Some(tag));
        assert_eq!(
            header(answer, "cache-control"),
            Some("public, max-age=86400")
        );
    }
    assert!(known.starts_with("HTTP/1.1 304"), "{known}");
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let twin = start(Rules::default());

    let answer = ask(&twin, "PUT /people/anybody", "");

    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert_eq!(header(&answer, "allow"), Some("GET, POST"));
}

#[test]
fn head_is_answered_like_get_but_without_a_body() {
    let twin = start(Rules::default());

    let get = ask(&twin, "GET /recent/1", "");
    let head = ask(&twin, "HEAD /recent/1", "");

    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(
        header(&head, "content-length"),
        header(&get, "content-length")
    );
    assert!(head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn sessions_of_before_are_worthless_even_if_nothing_else_happened() {
    let twin = start(Rules::default());
    let cookie = |answer: &str| header(answer, "set-cookie").map(str::to_owned);
    let before = cookie(&ask(&twin, "GET /login", "")).expect("a session");
    let pair = before.split(';').next().unwrap_or_default();
    let headers = format!("Cookie: other=1; {pair}\r\n");
    assert_eq!(cookie(&ask(&twin, "GET /login", &headers)), None);

    let initialized = ask(&twin, "POST /initialize", "Content-Length: 0\r\n");

    assert!(initialized.starts_with("HTTP/1.1 200"), "{initialized}");
    let after = cookie(&ask(&twin, "GET /login", &headers));
    assert!(after.is_some_and(|after| after != before));
}

#[test]
fn rules_can_be_changed_while_it_runs() {
    let twin = start(Rules::default());
    assert!(ask(&twin, "GET /recent/1", "").contains("suwaru.css"));

    twin.go_by(Rules::breaking([Break::NoStylesheet]));

    assert!(!ask(&twin, "GET /recent/1", "").contains("suwaru.css"));
}

#[test]
fn nothing_listens_when_it_was_dropped() {
    let twin = start(Rules::default());
    let url = twin.url();
    assert!(connect(&url).is_ok());

    drop(twin);

    // Its thread ends by itself, as soon as it comes to it.
    while connect(&url).is_ok() {
        std::thread::yield_now();
    }
}
