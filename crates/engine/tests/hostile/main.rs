//! A zoo of hostile servers. Each is met in time, within bounds and with a
//! sentence that a contestant can read; and the browser is as good as new
//! afterwards. All of them are met plainly and behind TLS.
//!
//! What is held for an exchange is less than what came off the wire, which the
//! server counts here, and a decoded body within the same limit.

#[path = "../tls/authority.rs"]
mod authority;
mod server;
mod tls_zoo;
mod zoo;

use std::{collections::HashSet, sync::Arc, time::Duration};

use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    document::Document,
    exchange::{Request, Response},
    failure::{Failure, SENTENCE_LIMIT},
    tls::Tls,
};
use tokio::{task::LocalSet, time::Instant};

use crate::{
    authority::{Authority, Certificate, HOST},
    server::{Door, HONEST, PIPE, Server},
    tls_zoo::tls_zoo,
    zoo::{Ends, Kind, zoo},
};

const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    body: 256 << 10,
    line: None,
};

/// Bytes that any server may get rid of: a head, twice the body's limit, what
/// is in the pipe and in TLS, and one read beyond.
const MOST_DELIVERED: usize = (64 << 10) + 2 * LIMITS.body + PIPE + (576 << 10);

#[tokio::test(start_paused = true)]
async fn every_hostile_server_is_met() {
    meet_all(zoo(), &Authority::new("an authority")).await;
}

#[tokio::test(start_paused = true)]
async fn every_hostile_server_is_met_behind_tls() {
    let authority = Authority::new("an authority");
    let honest = Arc::new(authority.server(Certificate::For(&[HOST])));
    let mut kinds = zoo();
    for kind in &mut kinds {
        kind.door = Door::Tls {
            first: honest.clone(),
            later: honest.clone(),
        };
    }
    meet_all(kinds, &authority).await;
}

#[tokio::test(start_paused = true)]
async fn every_hostile_tls_is_met() {
    let authority = Authority::new("an authority");
    meet_all(tls_zoo(&authority), &authority).await;
}

async fn meet_all(kinds: Vec<Kind>, authority: &Authority) {
    let names: HashSet<_> = kinds.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds.len(), "each kind has its own name");
    let mut complaints = Vec::new();
    for kind in kinds {
        let met = meet(&kind, authority);
        let complaint = LocalSet::new().run_until(met).await.err();
        complaints.extend(complaint.map(|complaint| format!("{}: {complaint}", kind.name)));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

async fn meet(kind: &Kind, authority: &Authority) -> Result<(), String> {
    let (site, server) = build(kind, authority);
    let mut browser = Browser::new(site);
    let begun = Instant::now();
    let outcome = browser.send(&Request::get("/first")).await;
    demand("in time", begun.elapsed() <= LIMITS.time)?;
    demand("bounded", server.delivered() <= MOST_DELIVERED)?;
    if let Err(failure) = &outcome {
        demand("readable", is_readable(failure))?;
        let says = failure.sentence.contains(kind.says);
        demand(&format!("{:?}: {failure}", kind.says), says)?;
    }
    let ends = ends(outcome, &kind.ends);
    if ends != kind.ends {
        return Err(format!("ends as {ends:?}, expected {:?}", kind.ends));
    }
    if kind.script.accepts {
        demand("not poisoned", is_honest(&mut browser).await)?;
    }
    drop(browser);
    let closed = tokio::time::timeout(Duration::from_secs(5), server.end()).await;
    demand("closed", closed.is_ok())
}

fn build(kind: &Kind, authority: &Authority) -> (Site, Server) {
    let (pipes, server) = Server::start(kind.script.clone(), kind.door.clone());
    let target = |scheme| format!("{scheme}://{HOST}").parse().expect("a target");
    let site = match kind.door {
        Door::Plain => Site::over(Arc::new(pipes), target("http"), LIMITS),
        Door::Tls { .. } => {
            let tls = Tls::over(pipes, HOST, &authority.trust());
            Site::over(Arc::new(tls), target("https"), LIMITS)
        }
    };
    (site, server)
}

fn demand(what: &str, holds: bool) -> Result<(), String> {
    holds.then_some(()).ok_or_else(|| format!("is not {what}"))
}

fn ends(outcome: Result<Response, Failure>, expected: &Ends) -> Ends {
    match outcome {
        Ok(response) if matches!(expected, Ends::Page(_)) => match read_page(&response) {
            Ok(()) => Ends::Answer(response.status.as_u16(), response.body.len()),
            Err(failure) => Ends::Page(failure.code.leak()),
        },
        Ok(response) => Ends::Answer(response.status.as_u16(), response.body.len()),
        Err(failure) => Ends::Fails(failure.class, failure.code.leak()),
    }
}

fn read_page(response: &Response) -> Result<(), Failure> {
    let document = Document::parse(&response.body)?;
    document.root().one("main").map(drop)
}

fn is_readable(failure: &Failure) -> bool {
    let sentence = &failure.sentence;
    let begins = sentence.starts_with("GET /first: ");
    begins && sentence.chars().count() <= SENTENCE_LIMIT && !sentence.contains(char::is_control)
}

/// Whether the next two requests are answered with what was asked for.
async fn is_honest(browser: &mut Browser) -> bool {
    for path in ["/second", "/third"] {
        match browser.send(&Request::get(path)).await {
            Ok(response) if response.body == format!("{HONEST}{path}") => {}
            _ => return false,
        }
    }
    true
}
