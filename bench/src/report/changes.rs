//! What changed since an earlier run.

use isutori_protocol::{
    Comparison, Judgement,
    comparison::{EndpointChange, EndpointOutcome, Outcome},
};

use crate::figures::{grouped, latency};

/// The whole comparison.
pub(super) struct Changes {
    pub(super) headline: String,
    pub(super) judgement: &'static str,
    pub(super) caveats: Vec<String>,
    pub(super) endpoints: Vec<ChangeRow>,
}

/// One endpoint: before and after.
pub(super) struct ChangeRow {
    pub(super) name: String,
    pub(super) count: [String; 2],
    pub(super) p50: [String; 2],
    pub(super) points: [String; 2],
    pub(super) judgement: &'static str,
}

impl Changes {
    pub(super) fn new(comparison: &Comparison) -> Self {
        Changes {
            headline: headline(comparison),
            judgement: words(comparison.judgement),
            caveats: comparison.caveats.clone(),
            endpoints: comparison.endpoints.iter().map(ChangeRow::new).collect(),
        }
    }
}

impl ChangeRow {
    fn new(change: &EndpointChange) -> Self {
        let both = |tell: fn(&EndpointOutcome) -> String| [&change.before, &change.after].map(tell);
        ChangeRow {
            name: change.name.clone(),
            count: both(|one| grouped(one.count)),
            p50: both(|one| match one.count {
                0 => "–".to_owned(),
                _ => latency(one.p50_ms),
            }),
            points: both(|one| grouped(one.points)),
            judgement: words(change.judgement),
        }
    }
}

fn headline(comparison: &Comparison) -> String {
    let tell = |one: &Outcome| format!("{} {}", one.verdict.word(), grouped(one.score));
    let scores = format!(
        "before {}, now {}",
        tell(&comparison.before),
        tell(&comparison.after)
    );
    match comparison.change_percent {
        Some(change) => format!("{scores}: {change:+.1} %"),
        None => scores,
    }
}

fn words(judgement: Option<Judgement>) -> &'static str {
    judgement.map_or("", Judgement::words)
}
