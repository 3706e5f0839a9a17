//! What the benchmark asks for, two implementations give that share no code.

use std::time::Duration;

use isutori_bench::run;
use isutori_engine::target::Target;
use isutori_protocol::Verdict;
use suwaru_twin::Rules;

use crate::{
    app::{check_settings, spawn_quick_app},
    sparring::{run_briefly, start},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twin_conforms() {
    let (_twin, target) = start(Rules::default());

    conforms(&target).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_app_conforms() {
    let app = spawn_quick_app().await;

    conforms(&app.target).await;
}

/// Passes the consistency check and a whole run without any failure.
async fn conforms(target: &Target) {
    let failure = run::check(&check_settings(target)).await.unwrap();
    assert_eq!(failure, None);

    let result = run_briefly(target, Duration::from_secs(3), |_| ()).await;
    assert_eq!(result.verdict, Verdict::Pass, "{:?}", result.reasons);
    assert_eq!(result.failures, []);
    assert!(result.score > 0);
}
