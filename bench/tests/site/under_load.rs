//! Sites that are right until the load begins.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use futures::{StreamExt, stream};
use isutori_bench::endpoints;
use isutori_engine::recorder::EndpointId;
use isutori_protocol::{
    Phase::{FinalCheck, Load, Settle},
    RunResult, Verdict,
};

use crate::{
    answers::fail,
    contents::drop_comments,
    leaks::show_all_as_their_owner,
    rehearsal::{Plan, rehearse},
    tamper::{Tamper, tamper},
    writes::lose_comments,
};

/// A site that breaks a rule during some phases of a run.
struct Mutant {
    breaks: &'static str,
    plan: Plan,
    /// What the run must come to.
    caught: fn(&RunResult) -> bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_under_load_is_caught() {
    let complaints: Vec<String> = stream::iter(mutants())
        .map(async |mutant| {
            let result = rehearse(&mutant.plan).await.finished.result;
            (!(mutant.caught)(&result)).then(|| tell(mutant.breaks, &result))
        })
        .buffer_unordered(2)
        .filter_map(async |complaint| complaint)
        .collect()
        .await;
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// A rule that is broken during the load alone.
fn under_load(seconds: u64, endpoint: EndpointId, tamper: fn() -> Tamper) -> Plan {
    Plan {
        load: Duration::from_secs(seconds),
        phases: &[Load],
        tamper,
        endpoint,
    }
}

fn mutants() -> Vec<Mutant> {
    vec![
        Mutant {
            breaks: "comments are dropped from entries",
            plan: under_load(4, endpoints::ENTRY, drop_comments),
            caught: |result| {
                has(result, "wrong", "comment.missing")
                    && (result.verdict == Verdict::Fail || result.deductions.factor < 1.0)
            },
        },
        Mutant {
            breaks: "hidden entries are shown in diaries",
            plan: under_load(4, endpoints::DIARY, || {
                show_all_as_their_owner("/diary/", "main")
            }),
            caught: |result| fails_by(result, "critical", "entry.leaked"),
        },
        Mutant {
            breaks: "comments are acknowledged and lost",
            plan: under_load(7, endpoints::POST_COMMENT, lose_comments),
            caught: |result| {
                result.verdict == Verdict::Fail && has(result, "wrong", "comment.missing")
            },
        },
        Mutant {
            breaks: "what was written is gone after the load",
            plan: Plan {
                phases: &[Settle, FinalCheck],
                ..under_load(10, endpoints::POST_ENTRY, forget_everything)
            },
            caught: |result| {
                result.verdict == Verdict::Fail
                    && result.reasons[0].starts_with("final check: critical")
            },
        },
        Mutant {
            breaks: "every fifth GET is answered with 500",
            plan: under_load(3, endpoints::RECENT, || fail_every(5)),
            caught: |result| fails_by(result, "wrong", "http.status"),
        },
        Mutant {
            breaks: "every hundredth GET is answered with 500",
            plan: under_load(6, endpoints::HOME, || fail_every(100)),
            caught: |result| {
                let factor = result.deductions.factor;
                result.verdict == Verdict::Pass
                    && has(result, "wrong", "http.status")
                    && (0.5..1.0).contains(&factor)
                    && result.score == (result.deductions.points as f64 * factor) as u64
            },
        },
    ]
}

fn has(result: &RunResult, class: &str, code: &str) -> bool {
    let mut failures = result.failures.iter();
    failures.any(|failure| failure.class == class && failure.code == code)
}

fn fails_by(result: &RunResult, class: &str, code: &str) -> bool {
    result.verdict == Verdict::Fail && result.score == 0 && has(result, class, code)
}

fn tell(breaks: &str, result: &RunResult) -> String {
    let RunResult {
        verdict,
        deductions,
        failures,
        reasons,
        ..
    } = result;
    format!("{breaks}: {verdict:?}, {deductions:?}, {failures:#?}, {reasons:?}")
}

fn fail_every(nth: u64) -> Tamper {
    let asked = AtomicU64::new(nth / 2);
    fail(move |request| {
        request.gets("/") && (asked.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(nth)
    })
}

/// Puts the initial data back, once.
fn forget_everything() -> Tamper {
    let first = AtomicBool::new(true);
    tamper(move |request, app| {
        let first = first.swap(false, Ordering::SeqCst);
        async move {
            if first {
                app.post("/initialize").await;
            }
            app.send(request).await
        }
    })
}
