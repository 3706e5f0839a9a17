//! A failure with something in every field.

use crate::{FAILURE_VERSION, KeptBody, KeptFailure, KeptPerson, KeptRequest, KeptResponse, Phase};

/// A comment that was answered with a page that it is not on.
pub fn kept_failure() -> KeptFailure {
    KeptFailure {
        version: FAILURE_VERSION,
        number: 1,
        class: "critical".to_owned(),
        code: "entry.leaked".to_owned(),
        sentence: "GET /entries/7: an example of entry.leaked".to_owned(),
        phase: Phase::Load,
        seconds: Some(12.345),
        endpoint: Some("GET /entries/:id".to_owned()),
        person: Some(KeptPerson {
            number: 17,
            account: Some("aoi_1234".to_owned()),
            scenario: Some("ReadEntry".to_owned()),
            step: Some(4),
        }),
        request: Some(KeptRequest {
            target: "http://127.0.0.1:8080".to_owned(),
            method: "GET".to_owned(),
            path: "/entries/7".to_owned(),
            headers: vec!["cookie: suwaru_session=…".to_owned()],
            body: Some(body("name=aoi_1234&password=…&csrf=…")),
        }),
        response: Some(KeptResponse {
            status: 200,
            latency_ms: 12.5,
            whole: true,
            headers: vec!["content-type: text/html; charset=utf-8".to_owned()],
            body: Some(body("<html>")),
        }),
    }
}

fn body(text: &str) -> KeptBody {
    KeptBody {
        bytes: text.len() as u64,
        text: text.to_owned(),
        cut: false,
    }
}
