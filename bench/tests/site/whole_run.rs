//! Checks and whole runs of the unbroken app, and runs that do not come to an end.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use isutori_bench::{
    endpoints,
    past_run::PastRun,
    run::{self, Finished, RunError},
    run_folder::read_result,
    settings::Settings,
    verify::verify,
    world::BUILD,
};
use isutori_engine::target::Target;
use isutori_protocol::{KeptFailure, Phase, Verdict};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::sync::watch;

use crate::{
    app::{App, DATASET, SEED, check_settings, spawn_app, spawn_quick_app},
    page::Page,
    rehearsal::{Plan, Rehearsal, rehearse, rehearse_death},
    tamper::{Proxy, on_answer, on_page, pass},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_app_passes() {
    let app = spawn_app().await;

    let failure = run::check(&check_settings(&app.target)).await.unwrap();

    assert_eq!(failure, None);
}

/// Without this, the other tests could pass because of what the proxy itself does to pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_passes_when_its_pages_are_written_anew() {
    let app = spawn_quick_app().await;
    let rewrite = on_page(|_, page| *page = Page::parse(&page.html()));
    let proxy = Proxy::start(&app.target, rewrite).await;

    let failure = run::check(&check_settings(&proxy.target)).await.unwrap();

    assert_eq!(failure, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_unbroken_app_passes_and_leaves_the_evidence() {
    let plan = Plan {
        load: Duration::from_secs(8),
        phases: &[],
        tamper: pass,
        endpoint: endpoints::POST_COMMENT,
    };

    let Rehearsal { finished, app } = rehearse(&plan).await;

    let Finished { result, folder } = finished;
    assert_eq!(result.verdict, Verdict::Pass, "{:?}", result.reasons);
    assert_eq!(result.failures, []);
    assert_eq!(result.deductions.factor, 1.0);
    assert_eq!(result.score, result.deductions.points);
    assert!(result.score > 0);
    assert_eq!((result.seed, &*result.build), (SEED, BUILD));
    assert_eq!(result.data, DATASET.fingerprint());
    assert_eq!(result.language, "rust");
    assert_eq!(read_result(&folder).unwrap(), result);
    for log in ["contestant.log", "staff.log"] {
        let log = fs::read_to_string(folder.join(log)).unwrap();
        assert!(log.contains("PASS, score"), "{log}");
    }
    check_later(&folder, app).await;
}

/// What the run wrote is there after a restart, until somebody takes it away.
async fn check_later(folder: &Path, mut app: App) {
    app.restart().await;
    let lost = async || {
        let run = PastRun::open(folder, std::slice::from_ref(&app.target), None).unwrap();
        let verified = verify(&run, true, Duration::ZERO, |_, _| ()).await.unwrap();
        assert_eq!(verified.broke_off, None);
        assert!(verified.looked_for > 0, "{verified:?}");
        assert_eq!(verified.looked_for, verified.acknowledged);
        verified.lost
    };
    assert_eq!(lost().await, []);

    let mut db = SqliteConnection::connect(&app.database_url())
        .await
        .unwrap();
    // Before the load, one comment and one entry were written.
    let counts = DATASET.counts();
    for (table, older, sql, expected) in [
        (
            "comments",
            counts.comments + 1,
            "DELETE FROM comments WHERE id = ?",
            "comment.missing",
        ),
        (
            "entries",
            counts.entries + 1,
            "UPDATE entries SET body = 'x' WHERE id = ?",
            "entry.altered",
        ),
        (
            "people",
            counts.people,
            "DELETE FROM people WHERE id = ?",
            "http.status",
        ),
    ] {
        let first = format!("SELECT MIN(id) FROM current_{table} WHERE id > {older}");
        let first: Option<i64> = sqlx::query_scalar(AssertSqlSafe(first))
            .fetch_one(&mut db)
            .await
            .unwrap();
        let Some(id) = first else {
            // The run told of comments; on a busy machine it may not have come to the others.
            assert_ne!(table, "comments");
            continue;
        };
        sqlx::query(sql).bind(id).execute(&mut db).await.unwrap();
        let lost = lost().await;
        let is_found = lost.iter().any(|failure| failure.code == expected);
        assert!(is_found, "{sql} {id}: {lost:#?}");
        assert!(lost.iter().all(|failure| failure.class == "critical"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_dies_under_load_fails() {
    let Rehearsal {
        finished,
        app: _app,
    } = rehearse_death().await;

    let Finished { result, folder } = finished;

    assert_eq!(result.verdict, Verdict::Fail, "{:?}", result.reasons);
    assert_eq!(result.score, 0);
    let mut failures = result.failures.iter();
    let unreached = failures.find(|failure| failure.code == "http.connect");
    let unreached = unreached.unwrap_or_else(|| panic!("{:?}", result.failures));
    let file = format!("failures/{:03}.json", unreached.files[0]);
    let kept = fs::read_to_string(folder.join(file)).unwrap();
    let kept: KeptFailure = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept.response, None);
    assert!(kept.request.is_some() && kept.person.is_some(), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_asks_the_same_questions() {
    let (first, again, other) = tokio::join!(questions(SEED), questions(SEED), questions(SEED + 1));

    assert!(first.len() > 100, "{}", first.len());
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// Method and path of every request of a check, apart from files, which
/// are fetched side by side and arrive in any order.
async fn questions(seed: u64) -> Vec<String> {
    let app = spawn_quick_app().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let record = {
        let asked = asked.clone();
        on_answer(move |request, _| {
            let is_file = ["/css/", "/js/", "/img/", "/images/", "/icons/"]
                .map(|folder| request.gets(folder))
                .contains(&true);
            if !is_file {
                let question = format!("{} {}", request.method, request.path);
                asked.lock().unwrap().push(question);
            }
        })
    };
    let proxy = Proxy::start(&app.target, record).await;
    let settings = Settings {
        seed,
        ..check_settings(&proxy.target)
    };
    assert_eq!(run::check(&settings).await.unwrap(), None);
    asked.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_leaves_nothing() {
    let app = spawn_quick_app().await;
    for phase in [Phase::ConsistencyCheck, Phase::Load] {
        let outcome = interrupt_at(phase, &app, &app.target).await;

        assert!(matches!(outcome, Err(RunError::Interrupted)), "{outcome:?}");
        let left: Vec<_> = fs::read_dir(app.runs()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

async fn interrupt_at(phase: Phase, app: &App, target: &Target) -> Result<Finished, RunError> {
    let (stop, stopped) = watch::channel(false);
    run::run(
        app.settings(target, Duration::from_secs(60)),
        stopped,
        |progress| {
            if progress.phase == phase {
                stop.send_replace(true);
            }
        },
    )
    .await
}
