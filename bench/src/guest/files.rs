//! What a page brings along: static files and pictures.

use std::time::Duration;

use http::{Method, StatusCode};
use isutori_engine::{
    asset::{Asset, AssetFetch, SentAsset},
    failure::Failure,
    person::Person,
    recorder::{EndpointId, Latency},
};
use tokio::time::Instant;

use super::Guest;
use crate::{
    checks::pictures::{Address, Wanted},
    endpoints::{self, TABLE},
    model::View,
    observer::{Answer, Exchange},
    pages::Frame,
    world::static_file,
};

impl Guest {
    /// Gets a page's static files and pictures, as far as they are not in the cache.
    pub(super) async fn fetch_assets(&mut self, frame: Frame) -> Result<(), Failure> {
        self.logout_csrf = frame.logout_csrf;
        let mut paths = frame.assets;
        let sent = Instant::now();
        let kept = paths.iter().map(|path| self.judge_kept(path, sent));
        let kept: Vec<_> = kept.collect();
        paths.retain(|path| self.browser.fresh(path).is_none());
        paths.iter().for_each(|_| self.person.recorder.begin());
        let delay = self.person.delay();
        let fetches = self.browser.assets(&paths).await;
        let finished = Instant::now();
        self.person.go_on(finished);
        let view = View {
            viewer: self.account,
            sent,
            finished,
            kept: false,
        };
        let judged = paths.iter().zip(fetches);
        // Every file is judged, though the first failure is enough to report.
        let verdicts: Vec<_> = judged
            .map(|(path, fetch)| self.judge_asset(path, fetch, delay, &view))
            .collect();
        kept.into_iter().chain(verdicts).collect()
    }

    /// Judges what the browser shows of a page without asking: a picture may have been replaced
    /// since it came. Counted only if it is wrong, because nothing was asked.
    fn judge_kept(&self, path: &str, now: Instant) -> Result<(), Failure> {
        let Some((address, xxh3)) = Address::of(path).zip(self.browser.fresh(path)) else {
            return Ok(());
        };
        let view = View {
            viewer: self.account,
            sent: now,
            finished: now,
            kept: true,
        };
        let wanted = Wanted::at(&address, &self.world.model.look(), &view);
        let verdict = wanted.and_then(|wanted| wanted.judge_kept(&self.world.gallery, path, xxh3));
        verdict.inspect_err(|failure| {
            let fetch = AssetFetch::without_request(Ok(Asset::Cached(xxh3)));
            self.person.recorder.begin();
            self.count_asset(path, &fetch, Duration::ZERO, Err(failure));
        })
    }

    fn judge_asset(
        &mut self,
        path: &str,
        fetch: AssetFetch,
        delay: Duration,
        view: &View,
    ) -> Result<(), Failure> {
        let outcome = match (&fetch.outcome, Address::of(path)) {
            (Err(failure), _) => Err(failure.clone()),
            (Ok(asset), Some(address)) => self.check_picture(path, &address, asset, view),
            (Ok(Asset::Cached(_) | Asset::Unchanged(_)), None) => Ok(()),
            (Ok(Asset::Sent(sent)), None) => check_asset(path, sent),
        };
        if let (Ok(()), Ok(Asset::Sent(sent))) = (&outcome, &fetch.outcome)
            && sent.status == StatusCode::OK
        {
            self.browser.keep_asset(path, sent);
        }
        let outcome = outcome.map_err(|failure| self.locate(failure));
        self.count_asset(path, &fetch, delay, outcome.as_ref().map(|_| ()));
        outcome
    }

    fn check_picture(
        &self,
        path: &str,
        address: &Address<'_>,
        asset: &Asset,
        view: &View,
    ) -> Result<(), Failure> {
        let wanted = Wanted::at(address, &self.world.model.look(), view)?;
        let gallery = &self.world.gallery;
        if let Asset::Sent(sent) = asset
            && sent.status == StatusCode::NOT_FOUND
            && wanted.may_be_gone()
        {
            return Ok(());
        }
        wanted.check_shown()?;
        match asset {
            Asset::Cached(xxh3) | Asset::Unchanged(xxh3) => wanted.judge_kept(gallery, path, *xxh3),
            Asset::Sent(sent) => {
                expect_file(path, sent)?;
                wanted.judge(gallery, path, (&sent.body, sent.xxh3()))
            }
        }
    }

    fn count_asset(
        &self,
        path: &str,
        fetch: &AssetFetch,
        delay: Duration,
        verdict: Result<(), &Failure>,
    ) {
        let endpoint = match Address::of(path) {
            Some(Address::Photo(_)) => endpoints::IMAGE,
            Some(Address::Icon(..)) => endpoints::ICON,
            None => endpoints::STATIC_FILE,
        };
        let answer = fetch.latency;
        let Person { recorder, mood, .. } = &self.person;
        recorder.judge(endpoint, Latency { answer, delay }, verdict);
        if verdict.is_err() {
            mood.ask(endpoint);
            mood.upset();
            self.show_asset((endpoint, path), fetch, verdict);
        }
    }

    fn show_asset(
        &self,
        (endpoint, path): (EndpointId, &str),
        fetch: &AssetFetch,
        verdict: Result<(), &Failure>,
    ) {
        let exchange = Exchange {
            guest: Some(self),
            endpoint: TABLE[endpoint.0].name,
            target: self.browser.site().target(),
            method: &Method::GET,
            path,
            headers: &fetch.asked,
            body: None,
            answer: Answer::of_file(fetch),
        };
        self.world.observer.judged(&exchange, verdict);
    }
}

/// Whether a file was sent at all.
fn expect_file(path: &str, sent: &SentAsset) -> Result<(), Failure> {
    if sent.status == StatusCode::OK {
        return Ok(());
    }
    let sentence = format!("{path}: the status is {}, expected 200 OK", sent.status);
    Err(Failure::wrong("http.status", sentence))
}

fn check_asset(path: &str, sent: &SentAsset) -> Result<(), Failure> {
    expect_file(path, sent)?;
    let Some((length, hash)) = static_file(path) else {
        return Err(Failure::wrong(
            "static.unknown",
            format!("{path} is none of the site's static files"),
        ));
    };
    let came = sent.body.len();
    if (came, sent.xxh3()) != (length, hash) {
        let sentence =
            format!("{path} differs from webapp/public: {came} bytes came, {length} were expected");
        return Err(Failure::wrong("static.altered", sentence));
    }
    Ok(())
}
