//! The end of a run, for people.

use std::fmt::Write;

use isutori_bench::{figures::grouped, language::Language, meanings, run::Finished};
use isutori_protocol::{RunResult, Verdict};

/// Prints the result on standard output, as text or as JSON.
///
/// # Errors
/// When standard output does not take it.
pub(crate) fn print(finished: &Finished, json: bool) -> anyhow::Result<()> {
    if json {
        return super::print_json(&finished.result);
    }
    let folder = finished.folder.display();
    let text = describe(&finished.result);
    let failures = finished.result.failures.iter();
    let again = match failures.map(|kind| kind.files.len()).sum::<usize>() {
        0 => String::new(),
        _ => format!("play a failure again: isutori bench replay {folder} --failure N\n"),
    };
    super::print(&format!(
        "{text}run folder: {folder}\nreport: {folder}/report.html\n{again}"
    ))
}

/// The verdict, the table of endpoints, the failures.
pub(crate) fn describe(result: &RunResult) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", headline(result));
    for reason in &result.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    let _ = writeln!(text);
    describe_endpoints(&mut text, result);
    describe_failures(&mut text, result);
    let people = &result.people;
    let _ = writeln!(
        text,
        "{} people at most, {} came, {} left because the site was slow; seed {}, data {}",
        grouped(people.peak),
        grouped(people.arrived),
        grouped(people.sent_away),
        result.seed,
        result.data,
    );
    let health = &result.health;
    describe_health(&mut text, result);
    if let Some(disturbance) = &health.disturbance {
        let _ = writeln!(
            text,
            "DISTURBED  {disturbance}; the score may have suffered"
        );
    }
    text
}

fn describe_health(text: &mut String, result: &RunResult) {
    let health = &result.health;
    let _ = writeln!(
        text,
        "benchmark: {:.1} s of processor time, timers late by {:.1} ms (p95), {:.1} ms (max), requests by {:.1} ms (p95), {:.1} ms (max); build {}",
        health.cpu_seconds,
        health.lag_p95_ms,
        health.lag_max_ms,
        health.delay_p95_ms,
        health.delay_max_ms,
        result.build
    );
    if let Some(endpoint) = result.most_delayed() {
        let _ = writeln!(
            text,
            "late requests: {} took {:.1} ms (p95) from sending, {:.1} ms from when it was due",
            endpoint.name, endpoint.p95_ms, endpoint.planned_p95_ms
        );
    }
}

fn headline(result: &RunResult) -> String {
    let deductions = &result.deductions;
    match result.verdict {
        Verdict::Pass if deductions.factor < 1.0 => format!(
            "PASS  score {}  ({} points × {:.3}: {:.2} % wrong, {:.2} % timeouts)",
            grouped(result.score),
            grouped(deductions.points),
            deductions.factor,
            deductions.wrong_rate * 100.0,
            deductions.timeout_rate * 100.0,
        ),
        Verdict::Pass => format!("PASS  score {}", grouped(result.score)),
        Verdict::Fail => format!(
            "FAIL  score 0  ({} points did not count)",
            grouped(deductions.points)
        ),
        Verdict::Void => {
            "VOID  this run counts for nothing; run it again on a quieter machine".to_owned()
        }
    }
}

fn describe_endpoints(text: &mut String, result: &RunResult) {
    let head = [
        "endpoint", "count", "p50 ms", "p95 ms", "p99 ms", "points", "errors",
    ];
    let [name, columns @ ..] = head;
    let _ = write!(text, "{name:<28}");
    columns.iter().for_each(|column| {
        let _ = write!(text, "{column:>10}");
    });
    let _ = writeln!(text);
    for endpoint in result
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.count + endpoint.errors > 0)
    {
        let _ = writeln!(
            text,
            "{:<28}{:>10}{:>10.1}{:>10.1}{:>10.1}{:>10}{:>10}",
            endpoint.name,
            grouped(endpoint.count),
            endpoint.p50_ms,
            endpoint.p95_ms,
            endpoint.p99_ms,
            grouped(endpoint.points),
            grouped(endpoint.errors),
        );
    }
    let _ = writeln!(text);
}

fn describe_failures(text: &mut String, result: &RunResult) {
    for failure in &result.failures {
        let _ = writeln!(
            text,
            "{} × {} [{}]",
            grouped(failure.count),
            failure.class,
            failure.code
        );
        if let Some(example) = failure.examples.first() {
            let _ = writeln!(text, "    {example}");
        }
        if let Some(meaning) = meanings::of(&failure.code) {
            let words = Language::ALL.map(|language| meaning.in_words(language));
            let _ = writeln!(text, "    {}", words.join(" "));
        }
        if let Some(number) = failure.files.first() {
            let _ = writeln!(text, "    whole: failures/{number:03}.json");
        }
    }
    if !result.failures.is_empty() {
        let _ = writeln!(text);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use isutori_protocol::sample;

    use super::*;

    #[test]
    fn a_good_run() {
        assert_snapshot!(describe(&sample::passed()));
    }

    #[test]
    fn a_disturbed_run() {
        assert_snapshot!(describe(&sample::disturbed()));
    }

    #[test]
    fn a_run_with_deductions() {
        assert_snapshot!(describe(&sample::passed_with_deductions()));
    }

    #[test]
    fn a_failed_run() {
        assert_snapshot!(describe(&sample::failed()));
    }

    #[test]
    fn a_void_run() {
        assert_snapshot!(describe(&sample::void()));
    }
}
