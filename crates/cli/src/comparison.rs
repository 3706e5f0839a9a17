//! What changed between two runs, in numbers.

use isutori_protocol::{EndpointResult, RunResult, Verdict};
use serde::Serialize;

/// Two runs of the same site differ by less than so much in 19 of 20 cases, in percent: five runs
/// of the untouched app with different seeds had a coefficient of variation of up to 9 %.
const SPREAD: f64 = 25.0;

/// An earlier and a later run.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) before: Outcome,
    pub(crate) after: Outcome,
    /// How much the score changed, to a tenth; nothing when one of the runs has no score.
    pub(crate) change_percent: Option<f64>,
    /// The change in a word.
    pub(crate) judgement: Option<Judgement>,
    /// Why the two can hardly be compared.
    pub(crate) caveats: Vec<String>,
    /// Endpoints that were called in either run, the largest change of points first.
    pub(crate) endpoints: Vec<EndpointChange>,
}

/// What one run came to.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) score: u64,
}

/// A change of the score that is more than chance, or is not.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Judgement {
    Faster,
    Slower,
    WithinNoise,
}

/// An endpoint in both runs.
#[derive(Debug, Serialize)]
pub(crate) struct EndpointChange {
    pub(crate) name: String,
    pub(crate) before: Endpoint,
    pub(crate) after: Endpoint,
}

/// An endpoint in one run.
#[derive(Debug, Serialize)]
pub(crate) struct Endpoint {
    /// Right answers.
    pub(crate) count: u64,
    /// Points for all of them.
    pub(crate) points: u64,
    /// Their median latency, milliseconds.
    pub(crate) p50_ms: f64,
}

impl Comparison {
    /// Compares two runs.
    pub(crate) fn new(before: &RunResult, after: &RunResult) -> Self {
        let change_percent = change_percent(before, after);
        Comparison {
            before: Outcome::of(before),
            after: Outcome::of(after),
            change_percent,
            judgement: change_percent.map(Judgement::of),
            caveats: caveats(before, after),
            endpoints: endpoint_changes(before, after),
        }
    }
}

impl Outcome {
    fn of(run: &RunResult) -> Self {
        Outcome {
            verdict: run.verdict,
            score: run.score,
        }
    }
}

impl Judgement {
    fn of(change_percent: f64) -> Self {
        match change_percent {
            change if change > SPREAD => Judgement::Faster,
            change if change < -SPREAD => Judgement::Slower,
            _ => Judgement::WithinNoise,
        }
    }
}

impl EndpointChange {
    fn is_called(&self) -> bool {
        self.before.count > 0 || self.after.count > 0
    }

    fn size(&self) -> u64 {
        self.before.points.abs_diff(self.after.points)
    }
}

impl From<&EndpointResult> for Endpoint {
    fn from(result: &EndpointResult) -> Self {
        Endpoint {
            count: result.count,
            points: result.points,
            p50_ms: result.p50_ms,
        }
    }
}

fn change_percent(before: &RunResult, after: &RunResult) -> Option<f64> {
    let passed = [before, after].map(|run| run.verdict) == [Verdict::Pass; 2];
    let (was, is) = (before.score as f64, after.score as f64);
    (passed && before.score > 0).then(|| {
        let tenths = ((is / was - 1.0) * 1000.0).round();
        // Nothing is added but the right sign to a negative zero.
        tenths / 10.0 + 0.0
    })
}

fn caveats(before: &RunResult, after: &RunResult) -> Vec<String> {
    let seconds = |run: &RunResult| format!("{} s", run.load_seconds);
    let mut caveats = Vec::new();
    let mut differs = |what: &str, was: &str, is: &str| {
        if was != is {
            caveats.push(format!("{what} differs: {was}, now {is}"));
        }
    };
    differs("the benchmark's build", &before.build, &after.build);
    differs("the data", &before.data, &after.data);
    differs("the load", &seconds(before), &seconds(after));
    caveats
}

fn endpoint_changes(before: &RunResult, after: &RunResult) -> Vec<EndpointChange> {
    let change = |later: &EndpointResult| {
        let mut earlier = before.endpoints.iter();
        let earlier = earlier.find(|earlier| earlier.name == later.name)?;
        Some(EndpointChange {
            name: later.name.clone(),
            before: earlier.into(),
            after: later.into(),
        })
    };
    let mut changes: Vec<_> = after.endpoints.iter().filter_map(change).collect();
    changes.retain(EndpointChange::is_called);
    changes.sort_by_key(|change| std::cmp::Reverse(change.size()));
    changes
}
