//! What changed between two runs, for people.

use std::fmt::Write;

use isutori_protocol::{EndpointResult, RunResult, Verdict};

use super::grouped;

/// Scores of the same site differ by about so much from run to run.
const SPREAD: f64 = 0.05;
/// So many endpoints are named.
const NAMED: usize = 5;

/// The scores, one word on the whole, and the endpoints that changed most.
pub(crate) fn describe(before: &RunResult, after: &RunResult) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", headline(before, after));
    for caveat in caveats(before, after) {
        let _ = writeln!(text, "  but {caveat}");
    }
    for (earlier, later) in most_changed(before, after) {
        let _ = writeln!(
            text,
            "  {:<28} p50 {:>8.1} → {:>8.1} ms, points {:>9} → {:>9}",
            later.name,
            earlier.p50_ms,
            later.p50_ms,
            grouped(earlier.points),
            grouped(later.points),
        );
    }
    text
}

fn headline(before: &RunResult, after: &RunResult) -> String {
    let word = |verdict| match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Void => "VOID",
    };
    let (was, is) = (before.score, after.score);
    if before.verdict != Verdict::Pass || after.verdict != Verdict::Pass || was == 0 {
        let (was, is) = (grouped(was), grouped(is));
        return format!(
            "before {} {was}, now {} {is}",
            word(before.verdict),
            word(after.verdict)
        );
    }
    let change = is as f64 / was as f64 - 1.0;
    let judgement = match change {
        change if change > SPREAD => "faster",
        change if change < -SPREAD => "slower",
        _ => "within noise",
    };
    format!(
        "before {}, now {}: {:+.1} %, {judgement}",
        grouped(was),
        grouped(is),
        change * 100.0
    )
}

/// Why the two can hardly be compared.
fn caveats(before: &RunResult, after: &RunResult) -> Vec<String> {
    let mut caveats = Vec::new();
    let mut differs = |what: &str, was: &str, is: &str| {
        if was != is {
            caveats.push(format!("{what} differs: {was}, now {is}"));
        }
    };
    differs("the benchmark's build", &before.build, &after.build);
    differs("the data", &before.data, &after.data);
    differs(
        "the load",
        &format!("{} s", before.load_seconds),
        &format!("{} s", after.load_seconds),
    );
    caveats
}

/// Pairs of endpoints, the largest change of points first.
fn most_changed<'a>(
    before: &'a RunResult,
    after: &'a RunResult,
) -> Vec<(&'a EndpointResult, &'a EndpointResult)> {
    let pair = |later: &'a EndpointResult| {
        let earlier = before
            .endpoints
            .iter()
            .find(|earlier| earlier.name == later.name)?;
        (earlier.count > 0 || later.count > 0).then_some((earlier, later))
    };
    let mut pairs: Vec<_> = after.endpoints.iter().filter_map(pair).collect();
    pairs.sort_by_key(|(earlier, later)| std::cmp::Reverse(earlier.points.abs_diff(later.points)));
    pairs.truncate(NAMED);
    pairs
}
