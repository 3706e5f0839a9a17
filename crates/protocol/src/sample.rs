//! Results to be shown by tests.

mod failure;
mod timeline;

pub use self::{failure::kept_failure, timeline::timeline};
use crate::{
    Deductions, EndpointResult, FailureResult, Health, Machine, People, RESULT_VERSION, RunResult,
    Supplies, Verdict,
};

/// A run without a fault.
pub fn passed() -> RunResult {
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
        dataset: "small-1-v1".to_owned(),
        language: "rust".to_owned(),
        target: "http://127.0.0.1:8080".to_owned(),
        targets: vec!["http://127.0.0.1:8080".to_owned()],
        started_at: "2026-03-31T23:59:59.123Z".to_owned(),
        load_seconds: 60.0,
        load_lasted_seconds: 60.001,
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
            delay_p95_ms: 1.5,
            delay_max_ms: 21.0,
            cpu_seconds: 6.75,
            ..Health::default()
        },
    }
}

/// The same run on a machine that was busy with something else.
pub fn disturbed() -> RunResult {
    let run = passed();
    RunResult {
        health: Health {
            disturbance: Some("the machine was not quiet: other processes took 51.0 s".to_owned()),
            delay_p95_ms: 70.0,
            delay_max_ms: 90.0,
            ..run.health
        },
        endpoints: run.endpoints.into_iter().map(delayed).collect(),
        ..run
    }
}

/// The same endpoint, when a twentieth of its requests left 70 ms late. Static
/// files leave with their page, and what was never answered has no latency.
fn delayed(endpoint: EndpointResult) -> EndpointResult {
    if endpoint.count == 0 || endpoint.points_each == 0 {
        return endpoint;
    }
    EndpointResult {
        planned_p95_ms: endpoint.p95_ms + 70.0,
        planned_p99_ms: endpoint.p99_ms + 70.0,
        ..endpoint
    }
}

/// The same run with some wrong answers and timeouts, for which points are taken off.
pub fn passed_with_deductions() -> RunResult {
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
pub fn failed() -> RunResult {
    RunResult {
        verdict: Verdict::Fail,
        reasons: vec!["2 critical failures during the load".to_owned()],
        score: 0,
        failures: vec![failure("critical", "entry.leaked", 2)],
        ..passed()
    }
}

/// A run that the benchmark itself spoiled.
pub fn void() -> RunResult {
    RunResult {
        verdict: Verdict::Void,
        reasons: vec![
            "the benchmark itself was held up: for 5 % of the time its timers were more than 120 ms late (limit 100 ms)".to_owned(),
        ],
        score: 0,
        ..passed()
    }
}

/// A run with something in every field.
pub fn full() -> RunResult {
    let run = passed_with_deductions();
    RunResult {
        reasons: vec!["a sentence that explains the verdict".to_owned()],
        note: Some("index on comments".to_owned()),
        health: Health {
            lag_p50_ms: 0.5,
            lag_p99_ms: 3.5,
            run_delay_seconds: 0.25,
            busy_share: 0.03,
            thread_cpu_max: 0.75,
            thread_wait_max: 0.25,
            supplies: Supplies {
                descriptors: 1_100,
                descriptors_limit: 20_000,
                ports: 1_300,
                ports_limit: 28_232,
                memory_mib: 48,
            },
            system_failures: 1,
            cancelled: 37,
            machine: Some(Machine {
                capacity_seconds: 120.0,
                site_seconds: 90.0,
                others_seconds: 4.5,
                stolen_seconds: 0.5,
            }),
            ..disturbed().health
        },
        endpoints: disturbed().endpoints,
        ..run
    }
}

/// A run in which every text that comes from the site or from whoever started the run tries to be
/// more than text.
pub fn hostile() -> RunResult {
    let attack = r#"</title><script src="http://evil.example/x.js">alert(1)</script><img src=x onerror='x'>"&"#;
    let mut run = full();
    let texts = [
        &mut run.data,
        &mut run.language,
        &mut run.target,
        &mut run.targets[0],
        &mut run.build,
        &mut run.started_at,
        &mut run.reasons[0],
        &mut run.endpoints[0].name,
    ];
    texts.into_iter().for_each(|text| attack.clone_into(text));
    run.note = Some(attack.to_owned());
    run.health.disturbance = Some(attack.to_owned());
    for failure in &mut run.failures {
        attack.clone_into(&mut failure.code);
        failure.examples = vec![attack.to_owned()];
    }
    run
}

/// An endpoint; its slow answers take two and four times as long as the usual one.
pub fn endpoint(name: &str, count: u64, points_each: u64, p50_ms: f64) -> EndpointResult {
    EndpointResult {
        name: name.to_owned(),
        count,
        points_each,
        points: count * points_each,
        p50_ms,
        p95_ms: p50_ms * 2.0,
        p99_ms: p50_ms * 4.0,
        planned_p50_ms: p50_ms,
        planned_p95_ms: p50_ms * 2.0,
        planned_p99_ms: p50_ms * 4.0,
        errors: 0,
        drove_away: 0,
    }
}

/// Failures of one kind, with two examples.
pub fn failure(class: &str, code: &str, count: u64) -> FailureResult {
    FailureResult {
        class: class.to_owned(),
        code: code.to_owned(),
        count,
        examples: vec![
            format!("GET /entries/7: an example of {code}"),
            format!("GET /entries/8: another example of {code}"),
        ],
        files: vec![1, 2],
    }
}
