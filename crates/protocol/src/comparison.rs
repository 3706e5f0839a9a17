//! What changed between two runs, in numbers.

use serde::{Deserialize, Serialize};

use crate::{EndpointResult, RunResult, Verdict};

/// Two runs of the same site differ by less than so much in 19 of 20 cases, in percent: five runs
/// of the untouched app with different seeds had a coefficient of variation of up to 7 %.
const SPREAD: f64 = 20.0;
/// The same for the median latency of one endpoint, as a factor. Latencies differ more than scores,
/// because people come until the site is slow: four runs of 20 s on a busy machine differed by
/// less than a factor of about 3 in 19 of 20 cases.
const LATENCY_SPREAD: f64 = 3.0;
/// An endpoint with fewer right answers in either run has no median to speak of.
const ENOUGH_ANSWERS: u64 = 20;
/// Less than so many milliseconds are nobody's gain.
const NOTICEABLE_MS: f64 = 0.5;

/// An earlier and a later run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier run.
    pub before: Outcome,
    /// The later run.
    pub after: Outcome,
    /// How much the score changed, in percent to a tenth; nothing when one of the runs has no score.
    pub change_percent: Option<f64>,
    /// The change in a word.
    pub judgement: Option<Judgement>,
    /// Why the two can hardly be compared.
    pub caveats: Vec<String>,
    /// Endpoints that were called in either run, the largest change of points first.
    pub endpoints: Vec<EndpointChange>,
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it was judged.
    pub verdict: Verdict,
    /// Its score.
    pub score: u64,
}

/// A change that is more than chance, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// The later run is better.
    Faster,
    /// The earlier run was better.
    Slower,
    /// Two runs of the same site may differ as much.
    WithinNoise,
}

/// An endpoint in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointChange {
    /// Such as `GET /entries/:id`.
    pub name: String,
    /// In the earlier run.
    pub before: EndpointOutcome,
    /// In the later run.
    pub after: EndpointOutcome,
    /// How its median latency changed; nothing where too few answers came to say.
    pub judgement: Option<Judgement>,
}

/// An endpoint in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointOutcome {
    /// Right answers.
    pub count: u64,
    /// Points for all of them.
    pub points: u64,
    /// Their median latency, milliseconds.
    pub p50_ms: f64,
}

impl Comparison {
    /// Compares two runs.
    pub fn new(before: &RunResult, after: &RunResult) -> Self {
        let change_percent = change_percent(before, after);
        Comparison {
            before: Outcome::of(before),
            after: Outcome::of(after),
            change_percent,
            judgement: change_percent.map(Judgement::of_score),
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
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Judgement::Faster => "faster",
            Judgement::Slower => "slower",
            Judgement::WithinNoise => "within noise",
        }
    }

    fn of_score(change_percent: f64) -> Self {
        match change_percent {
            change if change > SPREAD => Judgement::Faster,
            change if change < -SPREAD => Judgement::Slower,
            _ => Judgement::WithinNoise,
        }
    }

    fn of_latency(before: &EndpointOutcome, after: &EndpointOutcome) -> Option<Self> {
        let (was, is) = (before.p50_ms, after.p50_ms);
        let noticeable = (is - was).abs() >= NOTICEABLE_MS;
        (before.count.min(after.count) >= ENOUGH_ANSWERS).then_some(match noticeable {
            true if was > is * LATENCY_SPREAD => Judgement::Faster,
            true if is > was * LATENCY_SPREAD => Judgement::Slower,
            _ => Judgement::WithinNoise,
        })
    }
}

impl EndpointChange {
    fn between(earlier: &EndpointResult, later: &EndpointResult) -> Self {
        let (before, after) = (EndpointOutcome::of(earlier), EndpointOutcome::of(later));
        EndpointChange {
            name: later.name.clone(),
            judgement: Judgement::of_latency(&before, &after),
            before,
            after,
        }
    }

    fn is_called(&self) -> bool {
        self.before.count > 0 || self.after.count > 0
    }

    fn size(&self) -> u64 {
        self.before.points.abs_diff(self.after.points)
    }
}

impl EndpointOutcome {
    fn of(result: &EndpointResult) -> Self {
        EndpointOutcome {
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
    for (which, run) in [("earlier", before), ("later", after)] {
        if let Some(disturbance) = &run.health.disturbance {
            caveats.push(format!("the {which} run was disturbed: {disturbance}"));
        }
    }
    caveats
}

fn endpoint_changes(before: &RunResult, after: &RunResult) -> Vec<EndpointChange> {
    let change = |later: &EndpointResult| {
        let mut earlier = before.endpoints.iter();
        let earlier = earlier.find(|earlier| earlier.name == later.name)?;
        Some(EndpointChange::between(earlier, later))
    };
    let mut changes: Vec<_> = after.endpoints.iter().filter_map(change).collect();
    changes.retain(EndpointChange::is_called);
    changes.sort_by_key(|change| std::cmp::Reverse(change.size()));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{disturbed, endpoint, passed};

    #[test]
    fn an_endpoint_is_judged_by_its_median_latency() {
        let judge = |(count, was): (u64, f64), is: f64| {
            let [was, is] = [was, is].map(|p50| endpoint("GET /", count, 3, p50));
            EndpointChange::between(&was, &is).judgement
        };
        assert_eq!(judge((100, 100.0), 30.0), Some(Judgement::Faster));
        assert_eq!(judge((100, 30.0), 100.0), Some(Judgement::Slower));
        assert_eq!(judge((100, 100.0), 40.0), Some(Judgement::WithinNoise));
        assert_eq!(judge((100, 0.5), 0.1), Some(Judgement::WithinNoise));
        assert_eq!(judge((19, 100.0), 1.0), None);
    }

    #[test]
    fn a_disturbed_run_can_hardly_be_compared() {
        let (quiet, noisy) = (passed(), disturbed());
        let caveat = |before, after| Comparison::new(before, after).caveats.join("; ");
        let disturbance = "the machine was not quiet: other processes took 51.0 s";
        assert_eq!(caveat(&quiet, &quiet), "");
        assert_eq!(
            caveat(&noisy, &quiet),
            format!("the earlier run was disturbed: {disturbance}")
        );
        assert_eq!(
            caveat(&quiet, &noisy),
            format!("the later run was disturbed: {disturbance}")
        );
    }
}
