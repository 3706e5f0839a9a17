//! One line of an access log.

use std::str::FromStr;

use serde_json::{Map, Value};

/// One request and how it was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// The address with its query, as it was asked for.
    pub uri: String,
    /// The pattern that the app says it matched, if it does.
    pub route: Option<String>,
    /// The answer's status.
    pub status: u16,
    /// Bytes of the answer's body; 0 where nobody knows.
    pub bytes: u64,
    /// Seconds until it was answered.
    pub seconds: f64,
}

/// Why a line is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither of the two formats.
    #[error("neither LTSV (label:value, separated by tabs) nor a JSON object")]
    Format,
    /// A label that must be there.
    #[error("no {0}: one of the labels {1} must be there")]
    Missing(&'static str, &'static str),
    /// A value that is none.
    #[error("{0} is {1:?}, which is no number")]
    Number(&'static str, String),
}

const METHODS: &[&str] = &["method", "request_method", "verb"];
const URIS: &[&str] = &["uri", "request_uri", "path", "url"];
const ROUTES: &[&str] = &["route", "matched_path"];
const STATUSES: &[&str] = &["status", "status_code"];
const SIZES: &[&str] = &["size", "body_bytes_sent", "bytes_sent", "bytes"];
const TIMES: &[&str] = &[
    "reqtime",
    "request_time",
    "response_time",
    "duration",
    "apptime",
];

/// Labels and values of one line.
enum Fields<'a> {
    Ltsv(Vec<(&'a str, &'a str)>),
    Json(Map<String, Value>),
}

impl Fields<'_> {
    fn of(line: &str) -> Result<Fields<'_>, Unreadable> {
        if line.starts_with('{') {
            return serde_json::from_str(line)
                .map(Fields::Json)
                .map_err(|_| Unreadable::Format);
        }
        let fields = line.split('\t').map(|field| field.split_once(':'));
        let fields: Option<Vec<_>> = fields.collect();
        fields.map(Fields::Ltsv).ok_or(Unreadable::Format)
    }

    /// The first of these labels that says something.
    fn text(&self, labels: &[&str]) -> Option<String> {
        let text = labels.iter().find_map(|label| match self {
            Fields::Ltsv(fields) => {
                let mut fields = fields.iter();
                fields
                    .find(|(known, _)| known == label)
                    .map(|(_, value)| (*value).to_owned())
            }
            Fields::Json(fields) => match fields.get(*label)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            },
        });
        text.filter(|text| !text.is_empty() && text != "-")
    }
}

impl FromStr for Request {
    type Err = Unreadable;

    fn from_str(line: &str) -> Result<Self, Unreadable> {
        let fields = Fields::of(line)?;
        // Also as servers write it in one: GET /entries/7 HTTP/1.1
        let whole = fields.text(&["request"]);
        let mut words = whole.iter().flat_map(|whole| whole.split(' '));
        let (method, uri) = (words.next(), words.next());
        let method = fields.text(METHODS).or(method.map(str::to_owned));
        let uri = fields.text(URIS).or(uri.map(str::to_owned));
        let status = fields.text(STATUSES);
        let status = status.ok_or(Unreadable::Missing("status", "status, status_code"))?;
        let time = fields.text(TIMES);
        let time = time.ok_or(Unreadable::Missing(
            "time",
            "reqtime, request_time, response_time, duration, apptime",
        ))?;
        let seconds = time.parse().ok();
        let seconds = seconds.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
        Ok(Request {
            method: method.ok_or(Unreadable::Missing(
                "method",
                "method, request_method, verb, request",
            ))?,
            uri: uri.ok_or(Unreadable::Missing(
                "address",
                "uri, request_uri, path, url, request",
            ))?,
            route: fields.text(ROUTES),
            status: status
                .parse()
                .map_err(|_| Unreadable::Number("status", status.clone()))?,
            bytes: fields
                .text(SIZES)
                .and_then(|size| size.parse().ok())
                .unwrap_or(0),
            seconds: seconds.ok_or(Unreadable::Number("time", time))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Request {
        Request {
            method: "GET".to_owned(),
            uri: "/entries/7?a=b".to_owned(),
            route: None,
            status: 200,
            bytes: 1234,
            seconds: 0.25,
        }
    }

    #[test]
    fn common_labels_are_known_in_both_formats() {
        for line in [
            "time:2026-04-01T00:00:00Z\tmethod:GET\turi:/entries/7?a=b\tstatus:200\tsize:1234\treqtime:0.250",
            "request:GET /entries/7?a=b HTTP/1.1\tstatus:200\tbody_bytes_sent:1234\trequest_time:0.25",
            r#"{"request_method":"GET","path":"/entries/7?a=b","status_code":200,"bytes":1234,"duration":0.25}"#,
            r#"{"method":"GET","uri":"/entries/7?a=b","status":"200","size":"1234","response_time":"0.250"}"#,
        ] {
            assert_eq!(line.parse(), Ok(entry()), "{line}");
        }
    }

    #[test]
    fn what_is_unknown_is_nothing() {
        let line = "method:GET\turi:/entries/7?a=b\troute:-\tstatus:200\tsize:-\treqtime:0.25";
        let expected = Request {
            bytes: 0,
            ..entry()
        };
        assert_eq!(line.parse(), Ok(expected));
    }

    #[test]
    fn what_is_no_request_says_why() {
        let reason = |line: &str| line.parse::<Request>().expect_err("no request").to_string();
        let combined = r#"192.0.2.1 - - [01/Apr/2026:00:00:00 +0900] "GET / HTTP/1.1" 200 12"#;
        assert!(
            reason(combined).starts_with("no status"),
            "{}",
            reason(combined)
        );
        assert!(reason("nonsense").starts_with("neither LTSV"));
        assert!(reason("{").starts_with("neither LTSV"));
        assert!(reason("method:GET\turi:/\tstatus:200").starts_with("no time"));
        assert!(reason("uri:/\tstatus:200\treqtime:0.1").starts_with("no method"));
        let number = reason("method:GET\turi:/\tstatus:200\treqtime:NaN");
        assert_eq!(number, "time is \"NaN\", which is no number");
    }
}
