//! Viewers, each with a connection over which it is told.

use std::sync::Arc;

use futures::{StreamExt, stream};
use reqwest::{Client, RequestBuilder, Response, header};
use tokio::task::JoinSet;

use crate::{Failure, MEMBERS, VIEWERS, log::Log, portal::Portal};

/// So many come at the same time.
const AT_ONCE: usize = 50;

#[derive(Clone)]
struct Viewer {
    client: Client,
    url: String,
    cookie: Option<String>,
    log: Arc<Log>,
}

impl Viewer {
    fn ask(&self, path: &str) -> RequestBuilder {
        let request = self.client.get(format!("{}{path}", self.url));
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// Listens from that leaderboard on.
    async fn listen(&self, tag: &str) -> Result<Response, reqwest::Error> {
        let request = self.ask(&format!("/events?board={tag}"));
        request.send().await?.error_for_status()
    }

    /// Does with what it is told what the script of a page does, but for showing it.
    async fn look(self, mut events: Response) {
        let mut text = Vec::new();
        while let Ok(Some(more)) = events.chunk().await {
            text.extend_from_slice(&more);
            if !text.ends_with(b"\n\n") {
                continue;
            }
            let event = String::from_utf8_lossy(&text);
            if event.contains("{\"board\"") {
                self.log.told(text.len());
            } else if event.contains("{\"reload\"") {
                let whole = self.ask("/board").header(header::ACCEPT_ENCODING, "gzip");
                let whole = async { whole.send().await?.error_for_status()?.bytes().await };
                match whole.await {
                    Ok(whole) => self.log.reloaded(whole.len()),
                    Err(_) => self.log.failed(),
                }
            }
            text.clear();
        }
        self.log.failed();
    }
}

/// All viewers, until it is dropped.
pub async fn gather(portal: &Portal, log: &Arc<Log>) -> Result<JoinSet<()>, Failure> {
    let page = reqwest::get(format!("{}/board", portal.url)).await?;
    let page = page.error_for_status()?.text().await?;
    let tag = page
        .split_once("data-tag=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    let (tag, _) = tag.ok_or("a leaderboard without a tag")?;
    let client = Client::new();
    let viewer = |number: usize| Viewer {
        client: client.clone(),
        url: portal.url.clone(),
        cookie: (number < MEMBERS).then(|| portal.sessions[number % portal.sessions.len()].clone()),
        log: log.clone(),
    };
    let came = stream::iter((0..VIEWERS).map(viewer)).map(async |viewer| {
        let events = viewer.listen(tag).await?;
        Ok::<_, reqwest::Error>((viewer, events))
    });
    let mut came = came.buffer_unordered(AT_ONCE);
    let mut crowd = JoinSet::new();
    while let Some(one) = came.next().await {
        let (viewer, events) = one?;
        crowd.spawn(viewer.look(events));
    }
    Ok(crowd)
}
