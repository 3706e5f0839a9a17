//! Sites that are none: they listen, and answer everybody the same words.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    thread,
};

/// Listens on a free port as long as the tests run, and returns the target for `--target`.
pub fn answer_everybody(words: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // Whoever hangs up early is free to do so.
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(words.as_bytes());
        }
    });
    format!("http://{address}")
}

/// The target of a port that was free a moment ago, and where nobody listens.
pub fn closed_port() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    format!("http://{address}")
}
