//! A recorded failure and a new one, side by side.

use std::collections::BTreeSet;

use isutori_engine::failure::shorten;
use isutori_protocol::{KeptBody, KeptFailure, KeptRequest, KeptResponse};
use serde::Serialize;

/// Something that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What.
    pub what: String,
    /// In the run; absent where there was none.
    pub recorded: Option<String>,
    /// In the replay.
    pub now: Option<String>,
}

/// So many characters of each side are shown.
const LENGTH: usize = 200;

/// All in which they differ: the first line of a body that does, and all else whole.
pub(super) fn between(recorded: &KeptFailure, now: &KeptFailure) -> Vec<Difference> {
    let mut sheet = Sheet::default();
    let kind = |failure: &KeptFailure| Some(format!("{} [{}]", failure.class, failure.code));
    sheet.compare("failure", kind(recorded), kind(now));
    let sentence = |failure: &KeptFailure| Some(failure.sentence.clone());
    sheet.compare("sentence", sentence(recorded), sentence(now));
    sheet.compare_requests(recorded.request.as_ref(), now.request.as_ref());
    sheet.compare_responses(recorded.response.as_ref(), now.response.as_ref());
    sheet.0
}

#[derive(Default)]
struct Sheet(Vec<Difference>);

impl Sheet {
    fn compare(&mut self, what: &str, recorded: Option<String>, now: Option<String>) {
        if recorded != now {
            let short = |text: String| shorten(&text, LENGTH);
            self.0.push(Difference {
                what: what.to_owned(),
                recorded: recorded.map(short),
                now: now.map(short),
            });
        }
    }

    fn compare_requests(&mut self, recorded: Option<&KeptRequest>, now: Option<&KeptRequest>) {
        let line = |request: &KeptRequest| format!("{} {}", request.method, request.path);
        self.compare("request", recorded.map(line), now.map(line));
        if let (Some(recorded), Some(now)) = (recorded, now) {
            self.compare_headers("request", &recorded.headers, &now.headers);
            let (recorded, now) = (recorded.body.as_ref(), now.body.as_ref());
            self.compare_bodies("request", recorded, now);
        }
    }

    fn compare_responses(&mut self, recorded: Option<&KeptResponse>, now: Option<&KeptResponse>) {
        let status = |response: &KeptResponse| match response.whole {
            true => response.status.to_string(),
            false => format!("{}, and not all of the answer", response.status),
        };
        self.compare("status", recorded.map(status), now.map(status));
        if let (Some(recorded), Some(now)) = (recorded, now) {
            self.compare_headers("response", &recorded.headers, &now.headers);
            let (recorded, now) = (recorded.body.as_ref(), now.body.as_ref());
            self.compare_bodies("response", recorded, now);
        }
    }

    /// The headers of both; those that tell the time and the length always differ.
    fn compare_headers(&mut self, of: &str, recorded: &[String], now: &[String]) {
        let lines = recorded.iter().chain(now);
        let names: BTreeSet<&str> = lines.filter_map(|line| line.split(':').next()).collect();
        for name in names {
            if ["date", "host", "content-length"].contains(&name) {
                continue;
            }
            let what = format!("{of} header {name}");
            self.compare(&what, values(recorded, name), values(now, name));
        }
    }

    fn compare_bodies(&mut self, of: &str, recorded: Option<&KeptBody>, now: Option<&KeptBody>) {
        let [recorded, now] = [recorded, now].map(lines);
        let pair = |n: usize| (recorded.get(n), now.get(n));
        let mut numbers = 0..recorded.len().max(now.len());
        if let Some(first) = numbers.find(|n| pair(*n).0 != pair(*n).1) {
            let what = format!("{of} body, line {}", first + 1);
            let (recorded, now) = pair(first);
            let text = |line: &&str| (*line).to_owned();
            self.compare(&what, recorded.map(text), now.map(text));
        }
    }
}

fn lines(body: Option<&KeptBody>) -> Vec<&str> {
    body.map_or_else(Vec::new, |body| body.text.lines().collect())
}

/// The values of the headers of one name.
fn values(headers: &[String], name: &str) -> Option<String> {
    let values = headers.iter().filter_map(|line| {
        let value = line.strip_prefix(name)?;
        value.strip_prefix(": ")
    });
    let values: Vec<&str> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use isutori_protocol::sample::kept_failure;

    use super::*;

    fn whats(recorded: &KeptFailure, now: &KeptFailure) -> Vec<String> {
        let differences = between(recorded, now).into_iter();
        differences.map(|difference| difference.what).collect()
    }

    #[test]
    fn only_what_differs_is_shown() {
        let recorded = kept_failure();
        assert_eq!(between(&recorded, &recorded), []);

        let mut now = recorded.clone();
        let response = now.response.as_mut().expect("a response");
        response.status = 404;
        response.latency_ms = 1.0;
        response.headers.push("age: 1".to_owned());
        let body = response.body.as_mut().expect("a body");
        body.text.push_str("\nmore");
        let shown = whats(&recorded, &now);
        let expected = ["status", "response header age", "response body, line 2"];
        assert_eq!(shown, expected);

        now.response = None;
        now.code = "http.timeout".to_owned();
        assert_eq!(whats(&recorded, &now), ["failure", "status"]);
    }
}
