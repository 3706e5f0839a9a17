//! What changed between two runs, for people.

use std::fmt::Write;

use isutori_bench::figures::grouped;
use isutori_protocol::{
    Comparison,
    comparison::{EndpointChange, Outcome},
};

/// The scores, one word on the whole, and so many of the endpoints that changed most.
pub(crate) fn describe(comparison: &Comparison, named: usize) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", headline(comparison));
    for caveat in &comparison.caveats {
        let _ = writeln!(text, "  but {caveat}");
    }
    for endpoint in comparison.endpoints.iter().take(named) {
        let _ = writeln!(text, "{}", line(endpoint));
    }
    text
}

fn line(endpoint: &EndpointChange) -> String {
    let (before, after) = (&endpoint.before, &endpoint.after);
    let line = format!(
        "  {:<28} count {:>7} → {:>7}, p50 {:>8.1} → {:>8.1} ms, points {:>7} → {:>7}",
        endpoint.name,
        grouped(before.count),
        grouped(after.count),
        before.p50_ms,
        after.p50_ms,
        grouped(before.points),
        grouped(after.points),
    );
    match endpoint.judgement {
        Some(judgement) => format!("{line}, {}", judgement.words()),
        None => line,
    }
}

fn headline(comparison: &Comparison) -> String {
    let (before, after) = (&comparison.before, &comparison.after);
    match (comparison.change_percent, comparison.judgement) {
        (Some(change), Some(judgement)) => format!(
            "before {}, now {}: {change:+.1} %, {}",
            grouped(before.score),
            grouped(after.score),
            judgement.words(),
        ),
        _ => format!("before {}, now {}", whole(before), whole(after)),
    }
}

fn whole(outcome: &Outcome) -> String {
    let word = outcome.verdict.word();
    format!("{word} {}", grouped(outcome.score))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use isutori_protocol::{
        RunResult,
        sample::{disturbed, endpoint, failed, passed},
    };

    use super::*;

    fn compare(before: &RunResult, after: &RunResult) -> String {
        describe(&Comparison::new(before, after), usize::MAX)
    }

    fn scored(score: u64) -> RunResult {
        RunResult { score, ..passed() }
    }

    #[test]
    fn an_index_was_added() {
        let after = RunResult {
            endpoints: vec![
                endpoint("GET /", 3_900, 3, 12.5),
                endpoint("GET /entries/:id", 5_000, 2, 7.5),
                endpoint("POST /logout", 0, 1, 0.0),
                endpoint("static files", 70_000, 0, 0.5),
            ],
            ..scored(21_700)
        };
        assert_snapshot!(compare(&passed(), &after));
    }

    #[test]
    fn runs_that_can_hardly_be_compared() {
        let after = RunResult {
            build: "0123456789abcdef".to_owned(),
            data: "small-2-v1-0123456789abcdef".to_owned(),
            load_seconds: 10.0,
            ..passed()
        };
        assert_snapshot!(compare(&passed(), &after));
    }

    #[test]
    fn a_disturbed_run_can_hardly_be_compared() {
        assert_snapshot!(compare(&passed(), &disturbed()));
    }

    #[test]
    fn a_failed_run_has_no_percentage() {
        assert_snapshot!(compare(&passed(), &failed()));
    }

    #[test]
    fn changes_within_the_spread_are_noise() {
        let headline = |after: u64| {
            let text = compare(&scored(10_000), &scored(after));
            text.lines().next().unwrap_or_default().to_owned()
        };

        let headlines = [7_990, 8_000, 9_999, 12_000, 12_010].map(headline);

        assert_eq!(
            headlines,
            [
                "before 10,000, now 7,990: -20.1 %, slower",
                "before 10,000, now 8,000: -20.0 %, within noise",
                "before 10,000, now 9,999: +0.0 %, within noise",
                "before 10,000, now 12,000: +20.0 %, within noise",
                "before 10,000, now 12,010: +20.1 %, faster",
            ]
        );
    }
}
