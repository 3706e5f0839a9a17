//! What answers at the target is not Suwaru, holds other data, or does not answer at all.

use std::fs;

use http::StatusCode;
use isutori_bench::{
    run::{self, Finished, RunError},
    settings::Settings,
};
use isutori_dataset::{Dataset, Size};
use isutori_engine::target::Target;
use isutori_protocol::Verdict;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpListener, sync::watch};

use crate::{
    app::{DATASET, check_settings, spawn_app},
    tamper::{Answer, Proxy, Request, instead},
};

/// What a run came to, and whether it left anything in its folder.
struct Attempt {
    outcome: Result<Finished, RunError>,
    leaves_something: bool,
    /// Removed at the end of the test.
    _runs: TempDir,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_answers_but_is_not_suwaru_fails() {
    let fingerprint = DATASET.fingerprint();
    let initialized = format!(r#"{{"language": "none", "data": "{fingerprint}"}}"#);
    let sites = [
        ("", "", "initialize.answer"),
        ("<h1>Hello</h1>", "<h1>Hello</h1>", "initialize.answer"),
        (&initialized, "", "html.missing"),
        (&initialized, "<h1>Hello</h1>", "html.missing"),
    ];
    for (initialize, page, code) in sites {
        let (initialize, page) = (initialize.to_owned(), page.to_owned());
        let answer = move |request: &Request| {
            let body = if request.path == "/initialize" {
                &initialize
            } else {
                &page
            };
            Some(Answer::new(StatusCode::OK, body))
        };
        let site = Proxy::start(&closed_port().await, instead(answer)).await;

        let attempt = attempt(&site.target, DATASET.clone()).await;

        let result = attempt.outcome.unwrap().result;
        assert_eq!(result.verdict, Verdict::Fail);
        assert_eq!(result.score, 0);
        let codes: Vec<&str> = result
            .failures
            .iter()
            .map(|failure| &*failure.code)
            .collect();
        assert_eq!(codes, [code]);
        assert!(result.reasons[0].contains(code), "{:?}", result.reasons);
        assert!(attempt.leaves_something, "the run's folder says why");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_speaks_no_http_is_unreachable() {
    let nothing = tempfile::tempdir().unwrap();
    let socket = nothing.path().join("socket").display().to_string();
    let targets = [
        closed_port().await,
        stammering_port(b"Who is there?\r\n").await,
        stammering_port(b"").await,
        format!("unix:{socket}").parse().unwrap(),
    ];
    for target in targets {
        let attempt = attempt(&target, DATASET.clone()).await;

        let error = attempt.outcome.unwrap_err();
        assert!(matches!(error, RunError::Unreachable { .. }), "{error:?}");
        let sentence = error.to_string();
        assert!(sentence.contains(&target.to_string()), "{sentence}");
        assert!(sentence.contains("start the site first"), "{sentence}");
        assert!(!attempt.leaves_something, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_another_seed_or_size_is_told() {
    let app = spawn_app().await;
    let own = Dataset::new(1, Size::Small).label();
    for (seed, size) in [(2, Size::Small), (1, Size::Standard)] {
        let dataset = Dataset::new(seed, size);
        let label = dataset.label();

        let attempt = attempt(&app.target, dataset.clone()).await;

        let error = attempt.outcome.unwrap_err();
        assert!(matches!(error, RunError::OtherData { .. }), "{error:?}");
        let sentence = error.to_string();
        assert!(sentence.contains(&own), "{sentence}");
        assert!(sentence.contains(&label), "{sentence}");
        assert!(!attempt.leaves_something);
        let checked = run::check(&Settings {
            dataset,
            ..check_settings(&app.target)
        })
        .await;
        assert!(matches!(checked, Err(RunError::OtherData { .. })));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_written_is_told_before_the_site_is_touched() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = Settings {
        runs: file.path().join("runs"),
        ..check_settings(&closed_port().await)
    };
    let (_stop, stopped) = watch::channel(false);

    let error = run::run(settings, stopped, |_| ()).await.unwrap_err();

    assert!(matches!(error, RunError::Folder { .. }), "{error:?}");
    let folder = file.path().display().to_string();
    assert!(error.to_string().contains(&folder), "{error}");
}

async fn attempt(target: &Target, dataset: Dataset) -> Attempt {
    let runs = tempfile::tempdir().unwrap();
    let settings = Settings {
        dataset,
        runs: runs.path().to_owned(),
        ..check_settings(target)
    };
    let (_stop, stopped) = watch::channel(false);
    let outcome = run::run(settings, stopped, |_| ()).await;
    Attempt {
        outcome,
        leaves_something: fs::read_dir(runs.path()).unwrap().next().is_some(),
        _runs: runs,
    }
}

/// An address at which nobody listens.
async fn closed_port() -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    format!("http://{address}").parse().unwrap()
}

/// A server that says the same to everybody and hangs up.
async fn stammering_port(words: &'static [u8]) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whoever has gone already need not be told.
            let _ = stream.write_all(words).await;
        }
    });
    format!("http://{address}").parse().unwrap()
}
