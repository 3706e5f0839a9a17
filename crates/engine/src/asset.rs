//! Static files, fetched side by side over a browser's few connections.

use std::{cell::RefCell, time::Duration};

use bytes::Bytes;
use futures::future::join_all;
use hyper::{HeaderMap, StatusCode};
use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    body::Collected,
    browser::Site,
    connection::Head,
    failure::Failure,
    lane::{Lane, Lost, Message},
};

/// What asking for a static file came to.
#[derive(Debug)]
pub enum Asset {
    /// The cache held it fresh; nothing was sent. The XXH3 of what it held.
    Cached(u64),
    /// The site said `304` to a condition. The XXH3 of what the cache held.
    Unchanged(u64),
    /// The site sent it (or something else: the caller judges).
    Sent(SentAsset),
}

/// A file as it came.
#[derive(Debug)]
pub struct SentAsset {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Bytes,
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
    /// What the cache holds, if `304` is an answer to it.
    pub(crate) held: Option<u64>,
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
    pub fn without_request(outcome: Result<Asset, Failure>) -> Self {
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
    fn new(head: &Head, body: Collected) -> Self {
        SentAsset {
            status: head.status,
            headers: head.headers.clone(),
            body: body.into_bytes(),
        }
    }

    /// The XXH3 of the body, 64 bits.
    pub fn xxh3(&self) -> u64 {
        xxh3_64(&self.body)
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
        let message = || Ok(self.message.clone());
        let answer = lane.ask(site, message).await;
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
                    lost: came.map(|(head, body)| SentAsset::new(&head, body)),
                    ..AssetFetch::without_request(Err(failure))
                };
            }
        };
        let asset = match self.held {
            Some(xxh3) if head.status == StatusCode::NOT_MODIFIED => Asset::Unchanged(xxh3),
            _ => Asset::Sent(SentAsset::new(&head, body)),
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
