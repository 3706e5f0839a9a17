//! A zoo of hostile servers. Each is met in time, within bounds and with a
//! sentence that a contestant can read; and the browser is as good as new
//! afterwards.
//!
//! What is held for an exchange is less than what came off the wire, which the
//! server counts here, and a decoded body within the same limit.

mod server;
mod zoo;

use std::{collections::HashSet, sync::Arc, time::Duration};

use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    document::Document,
    exchange::{Request, Response},
    failure::{Failure, SENTENCE_LIMIT},
};
use tokio::{task::LocalSet, time::Instant};

use crate::{
    server::{HONEST, PIPE, Server},
    zoo::{Ends, Kind, zoo},
};

const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    body: 256 << 10,
};

/// Bytes that any server may get rid of: a head, twice the body's limit, what
/// is in the pipe, and one read beyond.
const MOST_DELIVERED: usize = (64 << 10) + 2 * LIMITS.body + PIPE + (512 << 10);

#[tokio::test(start_paused = true)]
async fn every_hostile_server_is_met() {
    let kinds = zoo();
    let names: HashSet<_> = kinds.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds.len(), "each kind has its own name");
    let mut complaints = Vec::new();
    for kind in kinds {
        let complaint = LocalSet::new().run_until(meet(&kind)).await.err();
        complaints.extend(complaint.map(|complaint| format!("{}: {complaint}", kind.name)));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

async fn meet(kind: &Kind) -> Result<(), String> {
    let (pipes, server) = Server::start(kind.does.clone());
    let target = "http://suwaru.example".parse().expect("a target");
    let mut browser = Browser::new(Site::over(Arc::new(pipes), target, LIMITS));
    let begun = Instant::now();
    let outcome = browser.send(&Request::get("/first")).await;
    demand("in time", begun.elapsed() <= LIMITS.time)?;
    demand("bounded", server.delivered() <= MOST_DELIVERED)?;
    if let Err(failure) = &outcome {
        demand("readable", is_readable(failure))?;
    }
    let ends = ends(outcome, &kind.ends);
    if ends != kind.ends {
        return Err(format!("ends as {ends:?}, expected {:?}", kind.ends));
    }
    if kind.does.is_some() {
        demand("not poisoned", is_honest(&mut browser).await)?;
    }
    drop(browser);
    let closed = tokio::time::timeout(Duration::from_secs(5), server.end()).await;
    demand("closed", closed.is_ok())
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
