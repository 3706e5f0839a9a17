//! A failure and its exchange, put into words.

use http::HeaderMap;
use isutori_engine::failure::{Failure, shorten};
use isutori_protocol::{
    FAILURE_VERSION, KeptBody, KeptFailure, KeptPerson, KeptRequest, KeptResponse, Phase,
};

use super::mask::{LONGEST_SECRET, Secrets, mask_header};
use crate::{guest::Guest, observer::Exchange};

/// So much of a body is kept.
const BODY: usize = 64 << 10;
/// So much of a path is kept, in characters.
const PATH: usize = 4000;

/// The failure, and what was sent and came if that is known. It has no number yet.
pub(crate) fn record(
    failure: &Failure,
    phase: Phase,
    exchange: Option<&Exchange<'_>>,
) -> KeptFailure {
    let secrets = exchange.map(Secrets::of).unwrap_or_default();
    KeptFailure {
        version: FAILURE_VERSION,
        number: 0,
        class: failure.class.to_string(),
        code: failure.code.clone(),
        sentence: secrets.mask(&failure.sentence),
        phase,
        seconds: None,
        endpoint: exchange.map(|exchange| exchange.endpoint.to_owned()),
        person: exchange.and_then(|exchange| exchange.guest).map(person),
        request: exchange.map(|exchange| request(exchange, &secrets)),
        response: exchange.and_then(|exchange| response(exchange, &secrets)),
    }
}

fn person(guest: &Guest) -> KeptPerson {
    let account = guest.account.or(guest.borrowed);
    let doing = guest.person.doing;
    KeptPerson {
        number: guest.person.number,
        account: account.map(|account| guest.world.model.look().name(account)),
        scenario: doing.map(|doing| doing.scenario.to_owned()),
        step: doing.map(|doing| doing.step),
    }
}

fn request(exchange: &Exchange<'_>, secrets: &Secrets) -> KeptRequest {
    KeptRequest {
        target: exchange.target.to_string(),
        method: exchange.method.to_string(),
        path: shorten(&secrets.mask(exchange.path), PATH),
        headers: headers(exchange.headers, secrets),
        body: exchange.body.map(|bytes| body(bytes, secrets)),
    }
}

fn response(exchange: &Exchange<'_>, secrets: &Secrets) -> Option<KeptResponse> {
    let answer = exchange.answer.as_ref()?;
    Some(KeptResponse {
        status: answer.status.as_u16(),
        latency_ms: answer.latency.as_secs_f64() * 1000.0,
        whole: answer.whole,
        headers: headers(answer.headers, secrets),
        body: answer.body.map(|bytes| body(bytes, secrets)),
    })
}

/// Their number and length is bounded by the engine.
fn headers(headers: &HeaderMap, secrets: &Secrets) -> Vec<String> {
    let headers = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = mask_header(name, &value);
        format!("{name}: {}", secrets.mask(&value))
    });
    headers.collect()
}

/// The beginning of a body. Somewhat more is searched for secrets, so that none
/// is missed because its end was cut off.
fn body(bytes: &[u8], secrets: &Secrets) -> KeptBody {
    let beginning = &bytes[..bytes.len().min(BODY + LONGEST_SECRET)];
    let mut text = secrets.mask(&String::from_utf8_lossy(beginning));
    let is_whole = beginning.len() == bytes.len();
    let most = match is_whole {
        true => BODY,
        false => BODY.min(text.len().saturating_sub(LONGEST_SECRET)),
    };
    let end = text.floor_char_boundary(most);
    let cut = !is_whole || end < text.len();
    text.truncate(end);
    KeptBody {
        bytes: bytes.len() as u64,
        text,
        cut,
    }
}
