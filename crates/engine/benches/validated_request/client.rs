//! The client: one browser for each connection, all on one thread.

use std::{future::Future, net::SocketAddr, rc::Rc};

use anyhow::ensure;
use futures::future::join_all;
use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    document::Document,
    exchange::Request,
    failure::Failure,
    recorder::{EndpointId, Recorder},
    trust::Trust,
};
use nix::sys::resource::UsageWho;
use tokio::{
    task::LocalSet,
    time::{Duration, Instant},
};

use crate::{
    CONNECTIONS, ROUND,
    page::Page,
    usage::{Cost, processor_time},
};

/// What is done with an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing beyond receiving it whole.
    Fetch,
    /// Everything on it is read and compared.
    Validate,
}

/// The site at an address.
pub fn site(address: SocketAddr) -> Site {
    Site::new(address.into(), &Trust::public(), Limits::default())
}

/// Runs a future as a load thread does.
pub fn run_local<R>(future: impl Future<Output = R>) -> anyhow::Result<R> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(LocalSet::new().block_on(&runtime, future))
}

/// One round.
pub fn measure_client(address: SocketAddr, work: Work) -> anyhow::Result<Cost> {
    let recorder = Rc::new(Recorder::new(1));
    let before = processor_time(UsageWho::RUSAGE_SELF)?;
    run_local(async {
        let deadline = Instant::now() + ROUND;
        let expected = Rc::new(Page::sample());
        let browsers = (0..CONNECTIONS).map(|_| {
            let mut visitor = Visitor::new(address, recorder.clone(), expected.clone());
            async move {
                while Instant::now() < deadline {
                    visitor.ask(work).await;
                }
            }
        });
        // A task each, as people are: joined futures would all share one.
        join_all(browsers.map(tokio::task::spawn_local)).await;
    })?;
    let used = processor_time(UsageWho::RUSAGE_SELF)? - before;
    let requests = all_right(&recorder)?;
    Ok(Cost::new(used, requests))
}

/// Sends so many requests, one after another, and only receives the answers.
pub fn send_requests(address: SocketAddr, count: u64) -> anyhow::Result<()> {
    let recorder = Rc::new(Recorder::new(1));
    run_local(async {
        let mut visitor = Visitor::new(address, recorder.clone(), Rc::new(Page::sample()));
        for _ in 0..count {
            visitor.ask(Work::Fetch).await;
        }
    })?;
    all_right(&recorder).map(drop)
}

/// Reads and compares so many pages, without sending anything.
pub fn check_pages(count: u64) -> anyhow::Result<()> {
    let expected = Page::sample();
    let html = expected.to_html();
    for _ in 0..count {
        check(html.as_bytes(), &expected)?;
    }
    Ok(())
}

/// The number of requests, when every one was right.
fn all_right(recorder: &Recorder) -> anyhow::Result<u64> {
    let tally = recorder.finish();
    let failure = tally
        .failures
        .values()
        .flat_map(|kind| kind.examples.first())
        .next();
    ensure!(failure.is_none(), "a request failed: {failure:?}");
    Ok(tally.endpoints[0].right)
}

/// Somebody who asks for the page again and again.
pub struct Visitor {
    browser: Browser,
    recorder: Rc<Recorder>,
    request: Request,
    expected: Rc<Page<'static>>,
}

impl Visitor {
    /// A visitor without a connection yet.
    pub fn new(
        address: SocketAddr,
        recorder: Rc<Recorder>,
        expected: Rc<Page<'static>>,
    ) -> Visitor {
        let mut browser = Browser::new(site(address));
        browser
            .cookies_mut()
            .set("session", "0123456789abcdef0123456789abcdef");
        Visitor {
            browser,
            recorder,
            request: Request::get("/"),
            expected,
        }
    }

    /// One request, judged and counted.
    pub async fn ask(&mut self, work: Work) {
        self.recorder.begin();
        let begun = Instant::now();
        let answer = self.browser.send(&self.request).await;
        let latency = match &answer {
            Ok(response) => response.latency(),
            Err(_) => begun.elapsed(),
        };
        let outcome = answer.and_then(|response| match work {
            Work::Fetch => Ok(()),
            Work::Validate => check(&response.body, &self.expected),
        });
        let verdict = outcome.as_ref().map(|_| ());
        self.recorder.judge(EndpointId(0), latency, verdict);
        if outcome.is_err() {
            // It is reported at the end; until then it must not spin.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn check(body: &[u8], expected: &Page<'_>) -> Result<(), Failure> {
    let document = Document::parse(body)?;
    let page = Page::read(&document)?;
    match page == *expected {
        true => Ok(()),
        false => Err(Failure::wrong("page", "the page says something else")),
    }
}
