//! What a benchmark might have said.

use isutori_protocol::{
    Deductions, EndpointResult, FailureResult, Health, People, RESULT_VERSION, RunResult, Verdict,
    contest::Assignment,
};

/// Endpoints: points for each right answer, how many of a hundred answers are theirs, and the
/// usual latency of the site as it was handed out, milliseconds.
const ENDPOINTS: [(&str, u64, u64, f64); 7] = [
    ("GET /", 3, 22, 180.0),
    ("GET /entries/:id", 2, 31, 95.0),
    ("GET /people/:id", 2, 17, 130.0),
    ("GET /footprints", 2, 8, 210.0),
    ("POST /entries", 5, 7, 60.0),
    ("POST /entries/:id/comments", 4, 10, 45.0),
    ("POST /login", 1, 5, 75.0),
];

/// A run with this verdict; `score` is what it would have been without a fault.
pub(super) fn judged(assignment: &Assignment, verdict: Verdict, score: u64) -> RunResult {
    let has_failed = verdict == Verdict::Fail;
    let answers = score * 100 / 255;
    let speed = 1_000.0 / score.max(1) as f64;
    let endpoints: Vec<EndpointResult> = ENDPOINTS
        .into_iter()
        .map(|(name, points_each, share, usual_ms)| {
            let count = answers * share / 100;
            let p50_ms = usual_ms * speed;
            EndpointResult {
                name: name.to_owned(),
                count,
                points_each,
                points: count * points_each,
                p50_ms,
                p95_ms: p50_ms * 2.4,
                p99_ms: p50_ms * 4.1,
                planned_p50_ms: p50_ms,
                planned_p95_ms: p50_ms * 2.4,
                planned_p99_ms: p50_ms * 4.1,
                errors: count / 800,
                drove_away: count / 90,
            }
        })
        .collect();
    let failure = |class: &str, code: &str, count, example: &str| FailureResult {
        class: class.to_owned(),
        code: code.to_owned(),
        count,
        examples: vec![example.to_owned()],
        files: Vec::new(),
    };
    let mut failures = vec![failure(
        "timeout",
        "http.timeout",
        answers / 800,
        "GET /footprints: no answer within 5 s",
    )];
    if has_failed {
        let example = "GET /entries/314: an entry for friends alone was shown to a stranger";
        failures.insert(0, failure("critical", "entry.leaked", 2, example));
    }
    RunResult {
        version: RESULT_VERSION,
        verdict,
        reasons: match has_failed {
            true => vec!["2 critical failures during the load".to_owned()],
            false => Vec::new(),
        },
        score: if has_failed { 0 } else { score },
        deductions: Deductions {
            points: endpoints.iter().map(|endpoint| endpoint.points).sum(),
            wrong_rate: 0.0,
            timeout_rate: 0.001,
            factor: 0.995,
        },
        seed: assignment.seed,
        build: super::BUILD.to_owned(),
        data: "standard-1-v1-ff716553d3ae3fde".to_owned(),
        dataset: "standard-1-v1".to_owned(),
        language: "rust".to_owned(),
        target: assignment.targets.first().cloned().unwrap_or_default(),
        targets: assignment.targets.clone(),
        started_at: String::new(),
        load_seconds: assignment.load_seconds as f64,
        load_lasted_seconds: assignment.load_seconds as f64,
        total_seconds: assignment.load_seconds as f64 + 16.0,
        note: assignment.note.clone(),
        people: People {
            peak: score / 6,
            last: score / 7,
            arrived: score / 4,
            sent_away: score / 40,
        },
        endpoints,
        failures,
        health: Health::default(),
    }
}

/// A run that the benchmark itself spoiled.
pub(super) fn void(assignment: &Assignment) -> RunResult {
    let reason = "the benchmark itself was held up: its timers were late";
    RunResult {
        verdict: Verdict::Void,
        reasons: vec![reason.to_owned()],
        ..judged(assignment, Verdict::Fail, 0)
    }
}
