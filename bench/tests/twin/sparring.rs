//! Twins to run against.

use std::{path::Path, sync::LazyLock, time::Duration};

use isutori_bench::{
    run::{self, Finished},
    settings::Settings,
};
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

/// Makes a short run and gives what it came to. `enter` is told of phases.
pub async fn run_briefly(target: &Target, load: Duration, enter: impl Fn(Phase)) -> RunResult {
    let runs = tempfile::tempdir().unwrap();
    run_into(runs.path(), target, load, enter).await.result
}

/// Makes a short run whose folder stays, again if it is void.
pub async fn run_into(
    runs: &Path,
    target: &Target,
    load: Duration,
    enter: impl Fn(Phase),
) -> Finished {
    let mut finished = run_once(runs, target, load, &enter).await;
    for _ in 1..ATTEMPTS {
        if finished.result.verdict != Verdict::Void {
            break;
        }
        finished = run_once(runs, target, load, &enter).await;
    }
    finished
}

async fn run_once(runs: &Path, target: &Target, load: Duration, enter: impl Fn(Phase)) -> Finished {
    let settings = Settings {
        duration: load,
        runs: runs.to_owned(),
        ..check_settings(target)
    };
    let (_stop, stopped) = watch::channel(false);
    let finished = run::run(settings, stopped, |progress| enter(progress.phase)).await;
    finished.unwrap()
}
