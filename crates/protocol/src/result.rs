//! What a run came to: the content of `result.json`.

use serde::{Deserialize, Serialize};

/// The version of [`RunResult`] that this crate writes.
pub const RESULT_VERSION: u32 = 1;

/// How a run is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The score counts.
    Pass,
    /// The site broke the rules; the score counts as 0.
    Fail,
    /// The benchmark itself was the limit; the run counts for nothing.
    Void,
}

impl Verdict {
    /// The exit code of a command that judged: 0 pass, 1 fail, 3 void.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Pass => 0,
            Verdict::Fail => 1,
            Verdict::Void => 3,
        }
    }

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::Void => "VOID",
        }
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// [`RESULT_VERSION`] of the writer.
    pub version: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Sentences that explain a verdict other than pass.
    pub reasons: Vec<String>,
    /// The score; 0 unless the verdict is pass.
    pub score: u64,
    /// How it was made.
    pub deductions: Deductions,
    /// What drove the run.
    pub seed: u64,
    /// A hash of the benchmark's sources and tables that score.
    pub build: String,
    /// The fingerprint of the data, as the site gave it.
    pub data: String,
    /// The label of the data that the run was told, such as `small-1-v1`; empty in
    /// results of older versions.
    #[serde(default)]
    pub dataset: String,
    /// The implementation's language, as the site gave it.
    pub language: String,
    /// Where the site was: its first host, to which `POST /initialize` went.
    pub target: String,
    /// All its hosts, the first one first; empty in results of before there were
    /// several.
    #[serde(default)]
    pub targets: Vec<String>,
    /// When the run began, RFC 3339.
    pub started_at: String,
    /// Seconds of load asked for.
    pub load_seconds: f64,
    /// Seconds that the load lasted by the clock; 0 if it never began.
    #[serde(default)]
    pub load_lasted_seconds: f64,
    /// Seconds of the whole run.
    pub total_seconds: f64,
    /// Whoever started the run says what it was about.
    pub note: Option<String>,
    /// The crowd.
    pub people: People,
    /// By endpoint, in the order of the table of points.
    pub endpoints: Vec<EndpointResult>,
    /// By class and code, the worst class first.
    pub failures: Vec<FailureResult>,
    /// The benchmark's own health.
    pub health: Health,
}

/// From points to score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deductions {
    /// Points of all right answers.
    pub points: u64,
    /// Wrong answers by judged requests, 0 to 1.
    pub wrong_rate: f64,
    /// Timeouts by judged requests, 0 to 1.
    pub timeout_rate: f64,
    /// What the points were multiplied with, 0 to 1.
    pub factor: f64,
}

/// The crowd of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// The most at once.
    pub peak: u64,
    /// At the end.
    pub last: u64,
    /// Who came at all.
    pub arrived: u64,
    /// Who left because the site was slow.
    pub sent_away: u64,
}

/// One endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointResult {
    /// Such as `GET /entries/:id`.
    pub name: String,
    /// Right answers.
    pub count: u64,
    /// Points for each.
    pub points_each: u64,
    /// Points together.
    pub points: u64,
    /// Latency of right answers from sending, milliseconds.
    pub p50_ms: f64,
    /// Latency of right answers from sending, milliseconds.
    pub p95_ms: f64,
    /// Latency of right answers from sending, milliseconds.
    pub p99_ms: f64,
    /// The same from when the request was due, milliseconds.
    #[serde(default)]
    pub planned_p50_ms: f64,
    /// The same from when the request was due, milliseconds.
    #[serde(default)]
    pub planned_p95_ms: f64,
    /// The same from when the request was due, milliseconds.
    #[serde(default)]
    pub planned_p99_ms: f64,
    /// Failures that count (critical, wrong, timeout).
    pub errors: u64,
    /// People who left because an answer was slow or failed.
    #[serde(default)]
    pub drove_away: u64,
}

/// A delay of the benchmark's own is worth telling from this share of a latency on …
const TOLD_FROM: f64 = 0.1;
/// … and from so many milliseconds.
const TOLD_FROM_MS: f64 = 1.0;

/// Whether a latency from when the request was due tells something else than
/// the one from sending.
pub fn is_delayed(latency_ms: f64, planned_ms: f64) -> bool {
    let delay = planned_ms - latency_ms;
    delay >= TOLD_FROM_MS && delay >= latency_ms * TOLD_FROM
}

impl RunResult {
    /// The endpoint whose answers were the most delayed by the benchmark itself,
    /// if that is worth telling.
    pub fn most_delayed(&self) -> Option<&EndpointResult> {
        let delayed = self
            .endpoints
            .iter()
            .filter(|endpoint| is_delayed(endpoint.p95_ms, endpoint.planned_p95_ms));
        let delay = |endpoint: &EndpointResult| endpoint.planned_p95_ms - endpoint.p95_ms;
        delayed.max_by(|a, b| delay(a).total_cmp(&delay(b)))
    }
}

/// Failures of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureResult {
    /// `critical`, `wrong`, `timeout`, `cancelled` or `system`.
    pub class: String,
    /// Such as `entry.leaked`.
    pub code: String,
    /// How many.
    pub count: u64,
    /// The first few sentences.
    pub examples: Vec<String>,
    /// The numbers of the files in `failures/` that hold some of them whole.
    #[serde(default)]
    pub files: Vec<u32>,
}

/// What the benchmark knows of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Lag of the benchmark's timers, milliseconds.
    pub lag_p50_ms: f64,
    /// Lag of the benchmark's timers, milliseconds.
    pub lag_p95_ms: f64,
    /// Lag of the benchmark's timers, milliseconds.
    pub lag_p99_ms: f64,
    /// Lag of the benchmark's timers, milliseconds.
    pub lag_max_ms: f64,
    /// How late the benchmark sent requests, milliseconds.
    #[serde(default)]
    pub delay_p95_ms: f64,
    /// How late the benchmark sent requests, milliseconds.
    #[serde(default)]
    pub delay_max_ms: f64,
    /// Processor seconds of the benchmark during the load.
    pub cpu_seconds: f64,
    /// Seconds for which the load's threads were ready to run but had no
    /// processor, added up.
    #[serde(default)]
    pub run_delay_seconds: f64,
    /// The share of the load in which a thread had no time to spare, 0 to 1.
    #[serde(default)]
    pub busy_share: f64,
    /// The largest share of a second that a thread computed, 0 to 1.
    #[serde(default)]
    pub thread_cpu_max: f64,
    /// The largest share of a second that a thread was ready to run but had no
    /// processor, 0 to 1.
    #[serde(default)]
    pub thread_wait_max: f64,
    /// The most that was taken of what there is a limited number of.
    #[serde(default)]
    pub supplies: Supplies,
    /// Failures of the benchmark's own.
    pub system_failures: u64,
    /// Requests cut off by the end of the load, free.
    pub cancelled: u64,
    /// The machine of the benchmark during the load; absent where it does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// With figures, when others took so much of the machine that the score may
    /// have suffered. Not told where the site runs on the same machine and its
    /// processes are unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disturbance: Option<String>,
}

/// What the benchmark took at most, and what there was; 0 where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplies {
    /// Open file descriptors.
    pub descriptors: u64,
    /// How many it might have had.
    pub descriptors_limit: u64,
    /// Local ports that were in use at most.
    pub ports: u64,
    /// How many the system gives to connections.
    pub ports_limit: u64,
    /// Memory since the benchmark was started, mebibytes.
    pub memory_mib: u64,
}

/// Where the processor time of the benchmark's machine went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// What there was to have: processors times seconds.
    pub capacity_seconds: f64,
    /// Taken by the site, as far as it ran on this machine and was started by `isutori`.
    pub site_seconds: f64,
    /// Taken by all other processes, the benchmark apart, and by the kernel.
    pub others_seconds: f64,
    /// Taken by the host of a virtual machine.
    pub stolen_seconds: f64,
}
