//! Twins to run against.

use std::{sync::LazyLock, time::Duration};

use isutori_bench::{run, settings::Settings};
use isutori_engine::target::Target;
use isutori_protocol::{Phase, RunResult, Verdict};
use suwaru_twin::{Initial, Rules, Twin};
use tokio::sync::watch;

use crate::app::{DATASET, check_settings};

/// The initial data, made once for all twins.
static INITIAL: LazyLock<Initial> = LazyLock::new(|| Initial::from(DATASET.clone()));

/// On a busy machine a run may be void, which says nothing about the site.
const ATTEMPTS: u32 = 3;

/// Starts a twin with these rules, which ends when dropped.
pub fn start(rules: Rules) -> (Twin, Target) {
    let twin = Twin::start(&INITIAL, rules).unwrap();
    let target = twin.url().parse().unwrap();
    (twin, target)
}

/// Makes a short run, again if it is void, and gives what it came to. `enter` is told of phases.
pub async fn run_briefly(target: &Target, load: Duration, enter: impl Fn(Phase)) -> RunResult {
    let mut result = run_once(target, load, &enter).await;
    for _ in 1..ATTEMPTS {
        if result.verdict != Verdict::Void {
            break;
        }
        result = run_once(target, load, &enter).await;
    }
    result
}

async fn run_once(target: &Target, load: Duration, enter: impl Fn(Phase)) -> RunResult {
    let runs = tempfile::tempdir().unwrap();
    let settings = Settings {
        duration: load,
        runs: runs.path().to_owned(),
        ..check_settings(target)
    };
    let (_stop, stopped) = watch::channel(false);
    let finished = run::run(settings, stopped, |progress| enter(progress.phase)).await;
    finished.unwrap().result
}
