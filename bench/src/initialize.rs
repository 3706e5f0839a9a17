//! `POST /initialize`.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use isutori_dataset::Dataset;
use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    exchange::{Request, Response},
    failure::{Class, Failure, shorten},
    target::Target,
    tls,
};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use crate::{
    guest::expect_status,
    hosts::Hosts,
    observer::{Answer, Exchange, Observer},
    services::Services,
    world::organiser_token,
};

/// How long it may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// So often a site that does not answer yet is asked again.
const GLANCE: Duration = Duration::from_millis(500);

/// What the site is told: who asks, and the organiser's token from now on.
#[derive(Serialize)]
struct Instructions<'a> {
    benchmark: &'static str,
    organiser_token: &'a str,
    /// Where the external services are, and what one of them asks for.
    services: &'a str,
    services_token: &'a str,
}

/// As failures name it.
const ROUTE: &str = "POST /initialize";
/// The code of a failure to hold the initial data.
const OTHER_DATA: &str = "initialize.data";

/// What the site says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Initialized {
    /// The implementation's language.
    pub language: String,
    /// The fingerprint of the data that it holds.
    pub data: String,
}

/// Why a site could not be initialized.
#[derive(Debug)]
pub enum NotInitialized {
    /// Nobody speaks HTTP at a host: the run cannot begin.
    Unreachable {
        /// The host.
        target: Target,
        /// What happened.
        failure: Failure,
    },
    /// The site holds other data than the run was told.
    OtherData {
        /// The fingerprint that the site gave.
        site: String,
        /// What it should begin with.
        expected: String,
    },
    /// The site answers, but wrongly.
    Failed(Failure),
}

/// What a reset must come to, and what the site is told by it.
pub struct Reset {
    /// The fingerprint that the site must give.
    data: String,
    organiser_token: String,
    services: Arc<Services>,
}

impl Reset {
    /// A reset to this data, for a run of this seed. For the large data, making its
    /// fingerprint takes some seconds of processor time, once.
    pub async fn to(dataset: &Dataset, seed: u64, services: Arc<Services>) -> Self {
        let dataset = dataset.clone();
        let data = tokio::task::spawn_blocking(move || dataset.fingerprint()).await;
        Reset {
            data: data.expect("the data is made without panics"),
            organiser_token: organiser_token(seed),
            services,
        }
    }

    fn request(&self) -> Request {
        let instructions = Instructions {
            benchmark: "isutori",
            organiser_token: &self.organiser_token,
            services: self.services.url(),
            services_token: self.services.token(),
        };
        let body = serde_json::to_vec(&instructions).expect("texts are JSON");
        Request::json("/initialize", body)
    }
}

/// Makes sure that there is somebody at all hosts, resets the site and makes sure
/// that it holds the data that it should.
///
/// # Errors
/// See [`NotInitialized`].
pub async fn initialize(
    hosts: &Hosts,
    reset: &Reset,
    observer: &dyn Observer,
) -> Result<Initialized, NotInitialized> {
    for site in &hosts.all()[1..] {
        match Browser::new(site.clone()).send(&Request::get("/")).await {
            Err(failure) if is_nobody(&failure) => return Err(unreachable(site, failure)),
            // What the answer is worth will be seen.
            _ => {}
        }
    }
    send(hosts.first(), reset, observer).await
}

/// Waits until all hosts answer, and no longer than so long. A site that is just being started may
/// have a proxy that answers for it.
pub(crate) async fn await_site(hosts: &Hosts, patience: Duration) {
    if patience.is_zero() {
        return;
    }
    let all_answer = async {
        for site in hosts.all() {
            while !answers(site).await {
                sleep(GLANCE).await;
            }
        }
    };
    // Whether somebody is there is found out by whoever asks next.
    let _ = timeout(patience, all_answer).await;
}

async fn answers(site: &Site) -> bool {
    let answer = Browser::new(site.clone()).send(&Request::get("/")).await;
    answer.is_ok_and(|response| !response.status.is_server_error())
}

/// Whether a failure means that nobody speaks HTTP there.
fn is_nobody(failure: &Failure) -> bool {
    let codes = ["http.connect", "http.broken", tls::BROKEN, tls::DISTRUSTED];
    codes.contains(&&*failure.code) || failure.class == Class::System
}

fn unreachable(site: &Site, failure: Failure) -> NotInitialized {
    NotInitialized::Unreachable {
        target: site.target().clone(),
        failure,
    }
}

/// Sends `POST /initialize`, to one host for all.
async fn send(
    site: &Site,
    reset: &Reset,
    observer: &dyn Observer,
) -> Result<Initialized, NotInitialized> {
    let mut browser = Browser::new(site.with_limits(Limits {
        time: TIME_LIMIT,
        ..Limits::default()
    }));
    let request = reset.request();
    let response = browser.send(&request).await;
    let outcome = judge(site, response.as_ref(), &reset.data);
    let failure = outcome.as_ref().err().map(NotInitialized::failure);
    let verdict = failure.as_ref().map_or(Ok(()), Err);
    let place = (ROUTE, site.target());
    let headers = browser.headers_of(&request);
    let answer = Answer::to_page(response.as_ref(), &browser);
    let exchange = Exchange::of_page(None, place, &request, &headers, answer);
    observer.judged(&exchange, verdict);
    outcome
}

fn judge(
    site: &Site,
    response: Result<&Response, &Failure>,
    expected: &str,
) -> Result<Initialized, NotInitialized> {
    let response = response.map_err(|failure| match is_nobody(failure) {
        true => unreachable(site, failure.clone()),
        false => NotInitialized::Failed(failure.clone()),
    })?;
    let at_route = |failure: Failure| NotInitialized::Failed(failure.at(ROUTE));
    let answer = expect_status(response, StatusCode::OK)
        .and_then(|()| read(&response.body))
        .map_err(at_route)?;
    if answer.data == expected {
        return Ok(answer);
    }
    let (Some(label), Some(expected_label)) = (label_of(&answer.data), label_of(expected)) else {
        let sentence = format!("data {:?} is no fingerprint", shorten(&answer.data, 80));
        return Err(at_route(Failure::wrong("initialize.answer", sentence)));
    };
    if label != expected_label {
        return Err(NotInitialized::OtherData {
            site: label.to_owned(),
            expected: expected_label.to_owned(),
        });
    }
    let sentence = format!(
        "the site holds the data {}, which should be {expected}: its rows are not the initial ones",
        answer.data
    );
    Err(at_route(Failure::critical(OTHER_DATA, sentence)))
}

/// Resets a site that was initialized before, so that whatever stops it now is
/// the site's own failure.
///
/// # Errors
/// As [`initialize`], as one failure.
pub async fn initialize_again(
    hosts: &Hosts,
    reset: &Reset,
    observer: &dyn Observer,
) -> Result<Initialized, Failure> {
    let again = send(hosts.first(), reset, observer).await;
    again.map_err(|error| error.failure())
}

impl NotInitialized {
    /// Whether it is the benchmark that could not ask.
    pub(crate) fn is_our_own(&self) -> bool {
        matches!(self, NotInitialized::Unreachable { failure, .. } if failure.class == Class::System)
    }

    /// The failure of a site that should be there.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            NotInitialized::Unreachable { failure, .. } | NotInitialized::Failed(failure) => {
                failure.clone()
            }
            NotInitialized::OtherData { site, expected } => Failure::critical(
                OTHER_DATA,
                format!("{ROUTE}: the site holds the data {site}, which should be {expected}"),
            ),
        }
    }
}

/// The label (size, seed, generator) that a fingerprint begins with.
fn label_of(fingerprint: &str) -> Option<&str> {
    let (label, hash) = fingerprint.rsplit_once('-')?;
    let well_formed = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (well_formed && label.len() < 60 && label.split('-').count() == 3).then_some(label)
}

fn read(body: &[u8]) -> Result<Initialized, Failure> {
    let answer: Initialized = serde_json::from_slice(body).map_err(|error| {
        Failure::wrong(
            "initialize.answer",
            format!("the answer is not the JSON expected: {error}"),
        )
    })?;
    if answer.language.is_empty() || answer.language.chars().count() > 40 {
        return Err(Failure::wrong(
            "initialize.answer",
            "language must have 1 to 40 characters",
        ));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_told_from_nonsense() {
        assert_eq!(label_of("small-1-v1-0123456789abcdef"), Some("small-1-v1"));
        for nonsense in [
            "",
            "small-1-v1",
            "small-1-v1-xyz",
            "0123456789abcdef",
            "a-b-0123456789abcdef",
        ] {
            assert_eq!(label_of(nonsense), None, "{nonsense}");
        }
    }
}
