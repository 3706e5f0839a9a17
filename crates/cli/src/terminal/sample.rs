//! Results to be shown by tests.

use isutori_protocol::{
    Deductions, EndpointResult, FailureResult, Health, People, RESULT_VERSION, RunResult, Verdict,
};

/// A run without a fault.
pub(super) fn passed() -> RunResult {
    RunResult {
        version: RESULT_VERSION,
        verdict: Verdict::Pass,
        reasons: Vec::new(),
        score: 12_345,
        deductions: Deductions {
            points: 12_345,
            factor: 1.0,
            ..Deductions::default()
        },
        seed: 834_256_160,
        build: "74eba39445b67b77".to_owned(),
        data: "small-1-v1-ff716553d3ae3fde".to_owned(),
        language: "rust".to_owned(),
        target: "http://127.0.0.1:8080".to_owned(),
        started_at: "2026-03-31T23:59:59.123Z".to_owned(),
        load_seconds: 60.0,
        total_seconds: 71.5,
        note: None,
        people: People {
            peak: 1_024,
            last: 1_000,
            arrived: 1_500,
            sent_away: 500,
        },
        endpoints: vec![
            endpoint("GET /", 2_100, 3, 41.25),
            endpoint("GET /entries/:id", 3_000, 2, 8.0),
            endpoint("POST /logout", 0, 1, 0.0),
            endpoint("static files", 40_000, 0, 0.75),
        ],
        failures: Vec::new(),
        health: Health {
            lag_p95_ms: 1.25,
            lag_max_ms: 17.5,
            cpu_seconds: 6.75,
            ..Health::default()
        },
    }
}

/// The same run on a machine that was busy with something else.
pub(super) fn disturbed() -> RunResult {
    let run = passed();
    RunResult {
        health: Health {
            disturbance: Some("the machine was not quiet: other processes took 51.0 s".to_owned()),
            ..run.health
        },
        ..run
    }
}

/// The same run with some wrong answers and timeouts, for which points are taken off.
pub(super) fn passed_with_deductions() -> RunResult {
    RunResult {
        score: 10_740,
        deductions: Deductions {
            points: 12_345,
            wrong_rate: 0.0105,
            timeout_rate: 0.005,
            factor: 0.87,
        },
        failures: vec![
            failure("wrong", "entry.body", 1_050),
            failure("timeout", "http.timeout", 500),
        ],
        ..passed()
    }
}

/// A run that broke a rule.
pub(super) fn failed() -> RunResult {
    RunResult {
        verdict: Verdict::Fail,
        reasons: vec!["2 critical failures during the load".to_owned()],
        score: 0,
        failures: vec![failure("critical", "entry.leaked", 2)],
        ..passed()
    }
}

/// A run that the benchmark itself spoiled.
pub(super) fn void() -> RunResult {
    RunResult {
        verdict: Verdict::Void,
        reasons: vec!["the benchmark's timers were late by 120 ms (p99)".to_owned()],
        score: 0,
        ..passed()
    }
}

/// An endpoint; its slow answers take two and four times as long as the usual one.
pub(super) fn endpoint(name: &str, count: u64, points_each: u64, p50_ms: f64) -> EndpointResult {
    EndpointResult {
        name: name.to_owned(),
        count,
        points_each,
        points: count * points_each,
        p50_ms,
        p95_ms: p50_ms * 2.0,
        p99_ms: p50_ms * 4.0,
        errors: 0,
    }
}

fn failure(class: &str, code: &str, count: u64) -> FailureResult {
    FailureResult {
        class: class.to_owned(),
        code: code.to_owned(),
        count,
        examples: vec![
            format!("GET /entries/7: an example of {code}"),
            format!("GET /entries/8: another example of {code}"),
        ],
    }
}
