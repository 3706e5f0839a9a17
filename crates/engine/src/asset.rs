//! Static files, fetched side by side over a browser's few connections.

use std::{cell::RefCell, time::Duration};

use futures::future::join_all;
use hyper::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::{
    body::Fingerprint,
    browser::Site,
    connection::Head,
    failure::Failure,
    lane::{Lane, Lost, Message},
};

/// What asking for a static file came to.
#[derive(Debug)]
pub enum Asset {
    /// The cache held it fresh; nothing was sent.
    Cached,
    /// The site said `304` to a condition.
    Unchanged,
    /// The site sent it (or something else: the caller judges).
    Sent(SentAsset),
}

/// A file as it came. Its bytes are not kept: what they come to is compared.
#[derive(Debug)]
pub struct SentAsset {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Bytes of the decoded body.
    pub length: usize,
    /// Their XXH3, 64 bits.
    pub xxh3: u64,
}

/// One file of several that were fetched.
#[derive(Debug)]
pub struct AssetFetch {
    /// No answer in time, a broken connection or body, or our own trouble are
    /// errors.
    pub outcome: Result<Asset, Failure>,
    /// What came of an answer that did not come whole.
    lost: Option<SentAsset>,
    /// From the file's turn on a connection to its last byte.
    pub latency: Duration,
    /// The request's headers; empty without one.
    pub asked: HeaderMap,
    /// The answer's headers, for cookies and the cache; empty without one.
    pub(crate) headers: HeaderMap,
}

/// A request for a file.
pub(crate) struct Errand {
    pub(crate) message: Message,
    /// Whether `304` is an answer to it.
    pub(crate) conditional: bool,
}

impl AssetFetch {
    /// The file, or what came of it, if anything did.
    pub fn came(&self) -> Option<&SentAsset> {
        match &self.outcome {
            Ok(Asset::Sent(sent)) => Some(sent),
            _ => self.lost.as_ref(),
        }
    }

    /// Whether it came whole.
    pub fn is_whole(&self) -> bool {
        self.lost.is_none()
    }

    /// What needed no request.
    pub(crate) fn without_request(outcome: Result<Asset, Failure>) -> Self {
        AssetFetch {
            outcome,
            lost: None,
            latency: Duration::ZERO,
            asked: HeaderMap::new(),
            headers: HeaderMap::new(),
        }
    }
}

impl SentAsset {
    fn new(head: &Head, body: &Fingerprint) -> Self {
        SentAsset {
            status: head.status,
            headers: head.headers.clone(),
            length: body.length(),
            xxh3: body.xxh3(),
        }
    }
}

/// Runs all errands; a lane that is free takes the next. The outcomes come in
/// the order of the errands.
pub(crate) async fn run_all(
    site: &Site,
    lanes: &mut [Lane],
    errands: Vec<Errand>,
) -> Vec<AssetFetch> {
    let queue = RefCell::new(errands.into_iter().enumerate());
    let lanes = lanes.iter_mut().map(async |lane| {
        let mut fetched = Vec::new();
        loop {
            let next = queue.borrow_mut().next();
            match next {
                None => return fetched,
                Some((number, errand)) => fetched.push((number, errand.run(site, lane).await)),
            }
        }
    });
    let fetched = join_all(lanes).await;
    let mut fetched: Vec<_> = fetched.into_iter().flatten().collect();
    fetched.sort_by_key(|(number, _)| *number);
    fetched.into_iter().map(|(_, fetch)| fetch).collect()
}

impl Errand {
    async fn run(self, site: &Site, lane: &mut Lane) -> AssetFetch {
        let sent = Instant::now();
        let intake = Fingerprint::up_to(site.limits().body);
        let message = || Ok(self.message.clone());
        let answer = lane.ask(site, message, intake).await;
        let latency = sent.elapsed();
        let path = self.message.uri().to_string();
        let asked = self.message.into_parts().0.headers;
        let (head, body) = match answer {
            Ok(answer) => answer,
            Err(Lost { failure, came }) => {
                let failure = failure.at(&format!("GET {path}"));
                return AssetFetch {
                    latency,
                    asked,
                    lost: came.map(|(head, body)| SentAsset::new(&head, &body)),
                    ..AssetFetch::without_request(Err(failure))
                };
            }
        };
        let asset = match self.conditional && head.status == StatusCode::NOT_MODIFIED {
            true => Asset::Unchanged,
            false => Asset::Sent(SentAsset::new(&head, &body)),
        };
        AssetFetch {
            outcome: Ok(asset),
            lost: None,
            latency,
            asked,
            headers: head.headers,
        }
    }
}
