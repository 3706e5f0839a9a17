//! Sites on several hosts.

use std::time::Duration;

use http::header;
use isutori_bench::{
    hosts::Hosts,
    run::{self, RunError},
    settings::Settings,
};
use isutori_engine::{
    failure::{Class, Failure},
    target::Target,
};
use isutori_protocol::Verdict;

use crate::{
    app::{check_settings, spawn_quick_app},
    rehearsal::rehearse_on_two_hosts,
    tamper::{Proxy, Tamper, tamper},
};

async fn check(targets: [&Target; 2]) -> Result<Option<Failure>, RunError> {
    let settings = Settings {
        hosts: Hosts::new(&targets.map(Target::clone), None).unwrap(),
        ..check_settings(targets[0])
    };
    run::check(&settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_pass() {
    let rehearsal = rehearse_on_two_hosts(Duration::from_secs(5)).await;

    let result = rehearsal.finished.result;
    assert_eq!(result.verdict, Verdict::Pass, "{:?}", result.reasons);
    assert_eq!(result.failures, []);
    assert_eq!(result.targets.len(), 2);
    assert_eq!(result.target, result.targets[0]);
    assert_eq!(result.target, rehearsal.app.target.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_databases_of_their_own_fail() {
    let (one, another) = tokio::join!(spawn_quick_app(), spawn_quick_app());

    let failure = check([&one.target, &another.target])
        .await
        .unwrap()
        .unwrap();

    assert_disagrees(&failure, &one.target, &another.target);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_one_host_alone_fail() {
    let app = spawn_quick_app().await;
    let [one, another] = [
        Proxy::start(&app.target, keep_sessions("a")).await,
        Proxy::start(&app.target, keep_sessions("b")).await,
    ];

    let failure = check([&one.target, &another.target])
        .await
        .unwrap()
        .unwrap();

    assert_disagrees(&failure, &one.target, &another.target);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_host_that_is_not_there_is_named() {
    let app = spawn_quick_app().await;
    let gone = Proxy::start(&app.target, keep_sessions(""))
        .await
        .target
        .clone();

    let error = check([&app.target, &gone]).await.unwrap_err();

    let words = format!("cannot reach {gone}: ");
    assert!(error.to_string().starts_with(&words), "{error}");
}

fn assert_disagrees(failure: &Failure, one: &Target, another: &Target) {
    assert_eq!(
        (failure.class, &*failure.code),
        (Class::Wrong, "http.status")
    );
    for words in [
        "sessions and data must be the same on all hosts",
        "303 See Other",
        &one.to_string(),
        &another.to_string(),
    ] {
        assert!(failure.sentence.contains(words), "{failure}");
    }
}

/// A host that knows no sessions but those that it has begun itself: its name is in their cookies.
fn keep_sessions(name: &'static str) -> Tamper {
    const COOKIE: &str = "suwaru_session=";
    tamper(move |mut request, app| async move {
        let own = format!("{COOKIE}{name}");
        if let Some(cookie) = request.headers.remove(header::COOKIE)
            && let Some(session) = cookie.to_str().unwrap().strip_prefix(&own)
        {
            let cookie = format!("{COOKIE}{session}").parse().unwrap();
            request.headers.insert(header::COOKIE, cookie);
        }
        let mut answer = app.send(request).await;
        if let Some(cookie) = answer.headers.remove(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().replace(COOKIE, &own);
            answer.set(header::SET_COOKIE, &cookie);
        }
        answer
    })
}
