//! A visitor of Suwaru: a person with a browser and perhaps an account.

mod files;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use isutori_engine::{
    browser::{Browser, Site},
    exchange::{Request, Response, Source},
    failure::Failure,
    person::Person,
    recorder::EndpointId,
    scenario,
    target::Target,
};
use jiff::fmt::rfc2822::DateTimeParser;
use tokio::time::Instant;

use crate::{
    actions::{form::Form, session::expect_location},
    checks::{cookie::check_cookie, frame::check_frame, thing::Thing},
    consistency::FIRST_OF_CHECKS,
    endpoints::TABLE,
    model::{Look, PersonKey, View},
    observer::{Answer, Exchange},
    pages::{self, ErrorPage, Page},
    world::World,
};

/// A visitor, what it has in hand and what it has seen.
pub struct Guest {
    /// Luck, mood and pace.
    pub person: Person,
    /// The run.
    pub world: Arc<World>,
    /// The logged-in account.
    pub account: Option<PersonKey>,
    /// The account to give back when leaving, logged in or not.
    pub borrowed: Option<PersonKey>,
    /// Entries seen lately, to be opened next.
    pub seen_entries: Vec<u64>,
    /// People seen lately, by account name.
    pub seen_people: Vec<String>,
    /// The token of the last page's logout form.
    pub logout_csrf: Option<String>,
    /// From where it comes, as far as the site is told.
    pub(crate) address: Ipv4Addr,
    /// Whether it leaves white space around all that it types, as people do.
    pub untidy: bool,
    /// Whether the last page was not shown out of the cache alone.
    pub(crate) asked_site: bool,
    pub(crate) browser: Browser,
}

/// What came of a request that could take its time.
pub(crate) struct Heard<T> {
    /// As what it counts.
    pub(crate) endpoint: EndpointId,
    /// How long it felt.
    pub(crate) felt: Duration,
    /// What was told.
    pub(crate) what: T,
}

/// How the site is told from where a request comes: the benchmark is a trusted proxy.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// From where nobody comes.
const PRETENDED: &str = "203.0.113.255";
/// The network set aside for benchmarks (RFC 2544), 198.18.0.0/15.
const NETWORK: u32 = 198 << 24 | 18 << 16;
/// Its addresses.
const ADDRESSES: u64 = 1 << 17;
/// So many of them are for the checks before and after the load.
const FOR_CHECKS: u64 = 1 << 13;

/// The address of the person with this number: another one for each, as far as there are any.
fn address_of(number: u64) -> Ipv4Addr {
    let for_load = ADDRESSES - FOR_CHECKS;
    let place = match number.checked_sub(FIRST_OF_CHECKS) {
        Some(number) => for_load + number % FOR_CHECKS,
        None => number % for_load,
    };
    // An odd factor moves neighbours apart, and none onto another.
    let scattered = place.wrapping_mul(40_503) % ADDRESSES;
    Ipv4Addr::from(NETWORK | scattered as u32)
}

fn visible(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("addresses and tokens are visible ASCII")
}

/// How many things seen are remembered.
const MEMORY: usize = 30;

impl scenario::Guest for Guest {
    fn person(&mut self) -> &mut Person {
        &mut self.person
    }
}

impl Guest {
    /// Somebody who has just opened a browser.
    pub fn new(person: Person, world: Arc<World>) -> Self {
        let address = address_of(person.number);
        let browser = Browser::new(world.hosts.of(person.number).clone())
            .sending(FORWARDED_FOR, visible(&address.to_string()));
        Guest {
            person,
            world,
            account: None,
            borrowed: None,
            seen_entries: Vec::new(),
            seen_people: Vec::new(),
            logout_csrf: None,
            address,
            untidy: false,
            asked_site: true,
            browser,
        }
    }

    /// The same guest, who pretends to come from elsewhere: what stands left of one's
    /// own address in `X-Forwarded-For` may be made up, and a site must not go by it.
    pub(crate) fn pretending(mut self) -> Self {
        let forged = format!("{PRETENDED}, {}", self.address);
        let site = self.browser.site().clone();
        self.browser = Browser::new(site).sending(FORWARDED_FOR, visible(&forged));
        self
    }

    /// The same guest with the organiser's token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        let bearer = visible(&format!("Bearer {token}"));
        self.browser = self.browser.sending(header::AUTHORIZATION, bearer);
        self
    }

    /// Sits down at the organiser's desk: another browser, with the organiser's token.
    pub(crate) fn become_organiser(&mut self) {
        let token = self.world.organiser_token();
        let address = visible(&self.address.to_string());
        let site = self.browser.site().clone();
        self.browser = Browser::new(site)
            .sending(FORWARDED_FOR, address)
            .sending(header::AUTHORIZATION, visible(&format!("Bearer {token}")));
        self.account = None;
        self.logout_csrf = None;
        // The organiser may see less than whoever sat there before.
        self.seen_entries.clear();
        self.seen_people.clear();
    }

    /// Remembers an entry to open later.
    pub fn remember_entry(&mut self, id: u64) {
        remember(&mut self.seen_entries, id);
    }

    /// Remembers somebody to visit later.
    pub fn remember_person(&mut self, name: &str) {
        remember(&mut self.seen_people, name.to_owned());
    }

    /// The token of the session, as the last page had it.
    pub(crate) fn csrf(&self) -> String {
        self.logout_csrf.clone().unwrap_or_default()
    }

    /// Sends a request and judges its answer by `check`; counts both.
    pub(crate) async fn ask<T>(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
        check: impl FnOnce(&mut Self, &Response, View) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let asked = self.person.ask(endpoint);
        let answer = self.browser.send(request).await;
        let finished = Instant::now();
        let outcome = self.check(request, &answer, check);
        let verdict = outcome.as_ref().map(|_| ());
        let is_kept = |response: &Response| response.source == Source::Cache;
        self.asked_site = !answer.as_ref().is_ok_and(is_kept);
        match verdict.is_ok() && !self.asked_site {
            true => self.person.need_not_ask(finished),
            false => self.person.judge(asked, finished, verdict),
        }
        self.show(endpoint, request, &answer, verdict);
        outcome
    }

    /// The same of what may take its time; `check` says how long it felt and as what it counts.
    pub(crate) async fn listen<T>(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
        check: impl FnOnce(&mut Self, &Response, View) -> Result<Heard<T>, Failure>,
    ) -> Result<T, Failure> {
        let asked = self.person.listen(endpoint);
        let answer = self.browser.send(request).await;
        let finished = Instant::now();
        let outcome = self.check(request, &answer, check);
        let verdict = outcome.as_ref().map(|heard| (heard.endpoint, heard.felt));
        self.person.judge_heard(asked, finished, verdict);
        self.show(endpoint, request, &answer, verdict.map(drop));
        outcome.map(|heard| heard.what)
    }

    fn check<T>(
        &mut self,
        request: &Request,
        answer: &Result<Response, Failure>,
        check: impl FnOnce(&mut Self, &Response, View) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let outcome = match answer {
            Ok(response) => {
                let view = View {
                    viewer: self.account,
                    sent: response.sent,
                    finished: response.finished,
                    kept: response.source == Source::Cache,
                };
                let context = format!("{} {}", request.method, request.path);
                check_cookie(response, self.host())
                    .and_then(|()| check(self, response, view))
                    .map_err(|failure| failure.at(&context))
            }
            Err(failure) => Err(failure.clone()),
        };
        outcome.map_err(|failure| self.locate(failure))
    }

    /// Shows what was judged to whoever looks on.
    fn show(
        &self,
        endpoint: EndpointId,
        request: &Request,
        answer: &Result<Response, Failure>,
        verdict: Result<(), &Failure>,
    ) {
        let headers = match verdict {
            Ok(()) => HeaderMap::new(),
            Err(_) => self.browser.headers_of(request),
        };
        let exchange = Exchange::of_page(
            Some(self),
            (TABLE[endpoint.0].name, self.host()),
            request,
            &headers,
            Answer::to_page(answer.as_ref(), &self.browser),
        );
        self.world.observer.judged(&exchange, verdict);
    }

    /// The host that the browser is at.
    pub(crate) fn host(&self) -> &Target {
        self.browser.site().target()
    }

    /// Goes on at another host of the site, as if it were the same.
    pub(crate) fn turn_to(&mut self, host: &Site) {
        self.browser.turn_to(host.clone());
    }

    /// The failure with the name of the host that it came from, where there are others.
    fn locate(&self, failure: Failure) -> Failure {
        self.world.hosts.locate(failure, self.host())
    }

    /// Opens a page: `200`, its frame right, then `check`, then its static files.
    pub(crate) async fn open<P: Page>(
        &mut self,
        endpoint: EndpointId,
        path: &str,
        check: impl FnOnce(&mut Look<'_>, &P, &View) -> Result<(), Failure>,
    ) -> Result<P, Failure> {
        let found = self.find(endpoint, path, None, check).await?;
        found.ok_or_else(|| nothing_there(path))
    }

    /// The same of a thing's page; nothing if that was taken away.
    pub(crate) async fn find<P: Page>(
        &mut self,
        endpoint: EndpointId,
        path: &str,
        thing: Option<Thing>,
        check: impl FnOnce(&mut Look<'_>, &P, &View) -> Result<(), Failure>,
    ) -> Result<Option<P>, Failure> {
        let request = Request::get(path);
        let found = self
            .ask(endpoint, &request, |guest, response, view| {
                if guest.is_gone(thing, response, &view)? {
                    return Ok(None);
                }
                expect_status(response, StatusCode::OK)?;
                let (frame, page) = pages::read::<P>(response, guest.host())?;
                let mut look = guest.world.model.look();
                check_frame(&look, &frame, &view)?;
                check(&mut look, &page, &view)?;
                Ok(Some((frame, page)))
            })
            .await?;
        let Some((frame, page)) = found else {
            return Ok(None);
        };
        self.fetch_assets(frame).await?;
        Ok(Some(page))
    }

    /// Whether an answer says, readably, that a thing was taken away.
    fn is_gone(
        &self,
        thing: Option<Thing>,
        response: &Response,
        view: &View,
    ) -> Result<bool, Failure> {
        let Some(thing) = thing else {
            return Ok(false);
        };
        let is_gone = thing.is_gone(response, &self.world.model.look(), view)?;
        if is_gone {
            self.read_refusal::<ErrorPage>(response, view)?;
        }
        Ok(is_gone)
    }

    /// Asks for what must be refused with `status` and a readable sentence.
    pub(crate) async fn be_refused(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
        status: StatusCode,
    ) -> Result<(), Failure> {
        self.refusal_of(endpoint, request, status).await.map(drop)
    }

    /// The same; gives the sentence.
    pub(crate) async fn refusal_of(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
        status: StatusCode,
    ) -> Result<String, Failure> {
        let refused = self.ask(endpoint, request, |guest, response, view| {
            expect_status(response, status)?;
            guest.read_refusal::<ErrorPage>(response, &view)
        });
        Ok(refused.await?.sentence)
    }

    /// Reads the page of an answer that refuses: its frame is right as well.
    pub(crate) fn read_refusal<P: Page>(
        &self,
        response: &Response,
        view: &View,
    ) -> Result<P, Failure> {
        let (frame, page) = pages::read::<P>(response, self.host())?;
        check_frame(&self.world.model.look(), &frame, view)?;
        Ok(page)
    }

    /// Sends a form that must be accepted with a redirect to a path that `accept` reads.
    pub(crate) async fn submit<T>(
        &mut self,
        form: &Form,
        accept: impl FnOnce(&mut Self, &str) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let request = self.filled_in(form);
        self.be_redirected(form.endpoint, &request, accept).await
    }

    /// Sends a form about a thing, which must be accepted with a redirect to this path; says
    /// whether it was, and the thing not taken away.
    pub(crate) async fn submit_about(
        &mut self,
        thing: Thing,
        form: &Form,
        back: &str,
    ) -> Result<bool, Failure> {
        let request = self.filled_in(form);
        self.ask(form.endpoint, &request, |guest, response, view| {
            if guest.is_gone(Some(thing), response, &view)? {
                return Ok(false);
            }
            let location = expect_redirect(guest, response)?;
            guest.read_clock(response);
            expect_location(&location, back).map(|()| true)
        })
        .await
    }

    /// A form as this guest types it.
    pub(crate) fn filled_in(&self, form: &Form) -> Request {
        match self.untidy {
            true => form.padded().request(),
            false => form.request(),
        }
    }

    /// Sends what must be answered with a redirect to a path that `accept` reads.
    pub(crate) async fn be_redirected<T>(
        &mut self,
        endpoint: EndpointId,
        request: &Request,
        accept: impl FnOnce(&mut Self, &str) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.ask(endpoint, request, |guest, response, _| {
            let location = expect_redirect(guest, response)?;
            if request.method == Method::POST {
                guest.read_clock(response);
            }
            accept(guest, &location)
        })
        .await
    }

    /// Takes the site's time from an answer that cannot come from a cache.
    pub(crate) fn read_clock(&self, response: &Response) {
        let date = response.header(header::DATE);
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        if let Some(date) = date {
            let (sent, finished) = (response.sent, response.finished);
            let mut look = self.world.model.look();
            look.learn_date(sent, finished, date.as_millisecond());
        }
    }
}

/// What was asked for is not there, though it must be.
pub(crate) fn nothing_there(what: &str) -> Failure {
    Failure::wrong("http.status", format!("{what} is not there, but should be"))
}

fn remember<T: PartialEq>(memory: &mut Vec<T>, thing: T) {
    if !memory.contains(&thing) {
        if memory.len() >= MEMORY {
            memory.remove(0);
        }
        memory.push(thing);
    }
}

pub(crate) fn expect_status(response: &Response, expected: StatusCode) -> Result<(), Failure> {
    let status = response.status;
    if status == expected {
        return Ok(());
    }
    Err(Failure::wrong(
        "http.status",
        format!("the status is {status}, expected {expected}"),
    ))
}

/// `303` to a path on the same site.
pub(crate) fn expect_redirect(guest: &Guest, response: &Response) -> Result<String, Failure> {
    expect_status(response, StatusCode::SEE_OTHER)?;
    let location = response.header(header::LOCATION).unwrap_or_default();
    match guest.host().path_on_site(location) {
        Some(path) => Ok(path.to_owned()),
        None => Err(Failure::wrong(
            "http.location",
            format!("Location {location:?} is no path on this site"),
        )),
    }
}
