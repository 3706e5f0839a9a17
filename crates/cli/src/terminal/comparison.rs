//! What changed between two runs, for people.

use std::fmt::Write;

use isutori_protocol::Verdict;

use super::grouped;
use crate::comparison::{Comparison, Judgement, Outcome};

/// So many endpoints are named.
const NAMED: usize = 5;

/// The scores, one word on the whole, and the endpoints that changed most.
pub(crate) fn describe(comparison: &Comparison) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", headline(comparison));
    for caveat in &comparison.caveats {
        let _ = writeln!(text, "  but {caveat}");
    }
    for endpoint in comparison.endpoints.iter().take(NAMED) {
        let (before, after) = (&endpoint.before, &endpoint.after);
        let _ = writeln!(
            text,
            "  {:<28} p50 {:>8.1} → {:>8.1} ms, points {:>9} → {:>9}",
            endpoint.name,
            before.p50_ms,
            after.p50_ms,
            grouped(before.points),
            grouped(after.points),
        );
    }
    text
}

fn headline(comparison: &Comparison) -> String {
    let (before, after) = (&comparison.before, &comparison.after);
    match (comparison.change_percent, comparison.judgement) {
        (Some(change), Some(judgement)) => format!(
            "before {}, now {}: {change:+.1} %, {}",
            grouped(before.score),
            grouped(after.score),
            judgement.word(),
        ),
        _ => format!("before {}, now {}", whole(before), whole(after)),
    }
}

fn whole(outcome: &Outcome) -> String {
    let word = match outcome.verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Void => "VOID",
    };
    format!("{word} {}", grouped(outcome.score))
}

impl Judgement {
    fn word(self) -> &'static str {
        match self {
            Judgement::Faster => "faster",
            Judgement::Slower => "slower",
            Judgement::WithinNoise => "within noise",
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use isutori_protocol::RunResult;

    use super::super::sample::{endpoint, failed, passed};
    use super::*;

    fn compare(before: &RunResult, after: &RunResult) -> String {
        describe(&Comparison::new(before, after))
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
    fn a_failed_run_has_no_percentage() {
        assert_snapshot!(compare(&passed(), &failed()));
    }

    #[test]
    fn changes_within_the_spread_are_noise() {
        let headline = |after: u64| {
            let text = compare(&scored(10_000), &scored(after));
            text.lines().next().unwrap_or_default().to_owned()
        };

        let headlines = [7_490, 7_500, 9_999, 12_500, 12_510].map(headline);

        assert_eq!(
            headlines,
            [
                "before 10,000, now 7,490: -25.1 %, slower",
                "before 10,000, now 7,500: -25.0 %, within noise",
                "before 10,000, now 9,999: +0.0 %, within noise",
                "before 10,000, now 12,500: +25.0 %, within noise",
                "before 10,000, now 12,510: +25.1 %, faster",
            ]
        );
    }
}
