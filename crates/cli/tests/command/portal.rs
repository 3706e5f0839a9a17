//! A portal that answers what the test wants, and writes down what it is asked.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use serde::Serialize;

/// A portal on a free port, as long as the tests run.
pub struct FakePortal {
    url: String,
    known: Arc<Mutex<Known>>,
}

/// What a portal knows.
#[derive(Default)]
struct Known {
    /// Answers in turn, the last one for ever, by method and path.
    answers: BTreeMap<String, Vec<(u16, String)>>,
    asked: Vec<Call>,
}

/// What a portal was asked.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method and path with its query.
    pub what: String,
    pub body: Vec<u8>,
    pub token: Option<String>,
}

impl FakePortal {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let known = Arc::new(Mutex::new(Known::default()));
        let portal = FakePortal {
            url: format!("http://{address}"),
            known: known.clone(),
        };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, known) = (stream.expect("a connection"), known.clone());
                // Whoever hangs up early is free to do so.
                thread::spawn(move || serve(stream, &known));
            }
        });
        portal
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers a call, such as `GET /api/team`, after the answers that it has for it already.
    pub fn answer(&self, what: &str, status: u16, body: &impl Serialize) -> &Self {
        let body = match status {
            204 => String::new(),
            _ => serde_json::to_string(body).expect("JSON"),
        };
        let mut known = look(&self.known);
        let answers = known.answers.entry(what.to_owned()).or_default();
        answers.push((status, body));
        drop(known);
        self
    }

    /// All calls whose method and path begin like this.
    pub fn asked(&self, what: &str) -> Vec<Call> {
        let known = look(&self.known);
        let asked = known.asked.iter();
        asked
            .filter(|call| call.what.starts_with(what))
            .cloned()
            .collect()
    }
}

fn look(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, known: &Mutex<Known>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let call = read(&mut stream)?;
    let (status, body) = {
        let mut known = look(known);
        let path = call.what.split('?').next().unwrap_or_default();
        let answer = match known.answers.get_mut(path) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => (404, r#"{"error":"there is nothing"}"#.to_owned()),
        };
        known.asked.push(call);
        answer
    };
    let length = match status {
        204 => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    let head = format!("HTTP/1.1 {status} So\r\nConnection: close\r\n{length}\r\n");
    stream.get_mut().write_all(head.as_bytes()).ok()?;
    stream.get_mut().write_all(body.as_bytes()).ok()
}

fn read(stream: &mut impl BufRead) -> Option<Call> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let what = lines.first()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let header = |name: &str| {
        lines.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let length = header("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let token = header("authorization").and_then(|value| {
        let token = value.strip_prefix("Bearer ")?;
        Some(token.to_owned())
    });
    Some(Call { what, body, token })
}
