//! Sites that cannot be benchmarked. Those that can are with the app that is kept.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener},
};

use isutori_protocol::{Phase, Progress};
use serde_json::json;

use crate::{
    place::Place,
    site::{answer_everybody, closed_port},
};

const BROKEN: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_closed_port() {
    let (place, target) = (Place::new(), closed_port());
    let words = [
        &format!("cannot reach {target}"),
        "Connection refused",
        "start the site first, or correct the target",
    ];
    for command in ["run", "check"] {
        place.refuse(
            place.isutori(&["bench", command, "--target", &target]),
            &words,
        );
    }
    assert_eq!(place.runs().len(), 0);
}

#[test]
fn a_closed_port_fails_a_run_that_must_be_answered() {
    let (place, target) = (Place::new(), closed_port());
    let args = [
        "--json",
        "--must-answer",
        "--wait",
        "1s",
        "--progress",
        "json",
    ];

    let ran = place.run(&[&["bench", "run", "--target", &target], &args[..]].concat());

    let ran = ran.expect_code(1);
    let phases = ran.stderr.lines().map(|line| {
        let progress: Progress = serde_json::from_str(line).expect("progress alone");
        progress.phase
    });
    assert!(phases.eq([Phase::Await, Phase::Initialize, Phase::Done]));
    let result = ran.json();
    assert_eq!(
        (&result["verdict"], &result["score"]),
        (&json!("fail"), &json!(0))
    );
    let reason = result["reasons"][0].as_str().expect("a sentence");
    assert!(reason.contains("Connection refused"), "{reason}");
    let log = place.runs()[0].join("contestant.ja.log");
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("サイトに接続できませんでした"), "{log}");
}

#[test]
fn a_site_that_comes_late_is_waited_for() {
    let place = Place::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    // As long as it is starting, the proxy before it answers.
    let starting = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream
                .write_all(b"HTTP/1.1 503 So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        let mut asked = Vec::new();
        while asked
            .last()
            .is_none_or(|line: &String| !line.starts_with("POST /initialize"))
        {
            let (stream, _) = listener.accept().expect("a connection");
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            let _ = stream.read_line(&mut line);
            asked.push(line);
            let _ = stream
                .get_mut()
                .write_all(b"HTTP/1.1 404 So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        asked
    });
    let target = format!("http://{address}");

    let args = ["--must-answer", "--wait", "10m"];
    let ran = place.run(&[&["bench", "run", "--target", &target], &args[..]].concat());

    ran.expect_code(1);
    let asked = starting.join().expect("no panic");
    let asked: Vec<&str> = asked.iter().map(|line| line.trim_end()).collect();
    assert_eq!(asked, ["GET / HTTP/1.1", "POST /initialize HTTP/1.1"]);
}

#[test]
fn a_socket_that_is_not_there() {
    let place = Place::new();
    let words = ["cannot reach unix:chair.sock", "No such file"];
    let args = ["bench", "run", "--target", "unix:chair.sock"];
    place.refuse(place.isutori(&args), &words);
}

#[test]
fn a_server_that_speaks_no_http() {
    let place = Place::new();
    let target = answer_everybody("220 chairs.example ESMTP\r\n");
    for command in ["run", "check"] {
        let args = ["bench", command, "--target", &target];
        place.refuse(place.isutori(&args), &["cannot reach", &target]);
    }
    assert_eq!(place.runs().len(), 0);
}

#[test]
fn a_server_that_speaks_no_tls() {
    let place = Place::new();
    let target = answer_everybody(BROKEN).replace("http://", "https://");
    for command in ["run", "check"] {
        let args = ["bench", command, "--target", &target];
        let words = [&format!("cannot reach {target}"), "speaks no TLS"];
        place.refuse(place.isutori(&args), &words);
    }
    assert_eq!(place.runs().len(), 0);
}

#[test]
fn a_site_that_answers_wrongly_fails_the_check() {
    let place = Place::new();
    let target = answer_everybody(BROKEN);

    let checked = place.run(&["bench", "check", "--target", &target]);

    let said = checked.expect_code(1).stdout;
    assert!(said.starts_with("FAIL: "), "{said}");
    assert!(said.contains("POST /initialize"), "{said}");
    assert!(said.contains("500"), "{said}");
}

#[test]
fn a_site_that_answers_wrongly_fails_the_run() {
    let place = Place::new();
    let target = answer_everybody(BROKEN);

    let ran = place.run(&["bench", "run", "--target", &target, "--json"]);

    let result = ran.expect_code(1).json();
    assert_eq!(result["verdict"], "fail");
    assert_eq!(result["score"], 0);
    let reason = result["reasons"][0].as_str().expect("a sentence");
    assert!(reason.starts_with("initialize: "), "{reason}");
    assert!(place.runs()[0].join("result.json").exists());
}

#[test]
fn the_build_is_told() {
    let told = Place::new().run(&["bench", "build"]).expect_code(0).stdout;
    assert_eq!(told, format!("{}\n", isutori_bench::world::BUILD));
}

#[test]
fn progress_is_told_to_programs() {
    let place = Place::new();
    let target = answer_everybody(BROKEN);

    let ran = place.run(&["bench", "run", "--target", &target, "--progress", "json"]);

    let told = ran.expect_code(1).stderr;
    let told: Vec<Progress> = told
        .lines()
        .map(|line| serde_json::from_str(line).expect("progress alone"))
        .collect();
    assert_eq!(told[0].phase, Phase::Initialize);
    assert_eq!(told[told.len() - 1].phase, Phase::Done);
}
