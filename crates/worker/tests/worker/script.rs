//! What the benchmark of a job does: lines of shell, with `$folder` for the run's folder and `$@`
//! for its arguments.

use std::path::Path;

use isutori_protocol::{Phase, Progress, RunResult, Verdict, sample};

/// The build that `program.sh` says it is, and that samples are of.
pub const BUILD: &str = "74eba39445b67b77";

/// Runs until it is stopped.
pub const ENDLESS: &str = "exec sleep 600";

/// Writes a result and ends with the code of its verdict.
pub fn end_with(result: &RunResult) -> String {
    let json = serde_json::to_string(result).expect("JSON");
    assert!(!json.contains('\''), "it is quoted by them");
    let code = result.verdict.exit_code();
    format!("printf '%s' '{json}'; exit {code}")
}

/// A result of a seed.
pub fn result(verdict: Verdict, seed: u64) -> RunResult {
    RunResult {
        verdict,
        seed,
        reasons: Vec::new(),
        ..sample::passed()
    }
}

/// Reports progress.
pub fn report(sequence: u64) -> String {
    let json = serde_json::to_string(&progress(sequence)).expect("JSON");
    format!("echo '{json}' >&2")
}

pub fn progress(sequence: u64) -> Progress {
    Progress {
        sequence,
        phase: Phase::Load,
        seconds_left: 12.5,
        people: 7,
        requests_per_second: 8.0,
        score: 9,
        errors: 0,
    }
}

/// Waits until a file is there.
pub fn wait_for(file: &Path) -> String {
    format!("until [ -e '{}' ]; do sleep 0.05; done", file.display())
}
