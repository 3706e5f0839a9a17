//! Checks and whole runs of the unbroken app, and runs that do not come to an end.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use isutori_bench::{
    endpoints,
    run::{self, Finished, RunError},
    run_folder::read_result,
    settings::Settings,
    world::BUILD,
};
use isutori_engine::target::Target;
use isutori_protocol::{Phase, Verdict};
use serde_json::Value;
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
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
    let ledger = fs::read_to_string(folder.join("ledger")).unwrap();
    check_ledger(&ledger, &app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_dies_under_load_fails() {
    let result = rehearse_death().await.finished.result;

    assert_eq!(result.verdict, Verdict::Fail, "{:?}", result.reasons);
    assert_eq!(result.score, 0);
    let mut failures = result.failures.iter();
    assert!(
        failures.any(|failure| failure.code == "http.connect"),
        "{:?}",
        result.failures
    );
}

/// Every acknowledged write is in the app's database.
async fn check_ledger(ledger: &str, app: &App) {
    let db = SqlitePoolOptions::new()
        .connect(&app.database_url())
        .await
        .unwrap();
    let mut kinds = Vec::new();
    for line in ledger.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let kind = record["kind"].as_str().unwrap().to_owned();
        assert_eq!(count_of(&record, &db).await, 1, "{record}");
        kinds.push(kind);
    }
    for kind in ["entry", "comment", "signup"] {
        assert!(
            kinds.iter().any(|known| known == kind),
            "no {kind} in {kinds:?}"
        );
    }
}

/// How many rows there are for a record of the ledger.
async fn count_of(record: &Value, db: &SqlitePool) -> i64 {
    let (sql, fields): (_, &[&str]) = match record["kind"].as_str().unwrap() {
        "entry" => (
            "SELECT COUNT(*) FROM entries e JOIN people p ON p.id = e.person_id
             WHERE e.id = ? AND p.name = ? AND e.title = ? AND e.body = ?
               AND e.visibility = CASE ? WHEN 'public' THEN 0 WHEN 'friends' THEN 1 ELSE 2 END",
            &["id", "by", "title", "body", "visibility"],
        ),
        "comment" => (
            "SELECT COUNT(*) FROM comments c JOIN people p ON p.id = c.person_id
             WHERE c.entry_id = ? AND p.name = ? AND c.body = ?",
            &["entry", "by", "body"],
        ),
        "friendship" => (
            "SELECT COUNT(*) FROM friendships f JOIN people a JOIN people b
             ON (a.id, b.id) IN ((f.one, f.another), (f.another, f.one))
             WHERE a.name = ? AND b.name = ?",
            &["by", "with"],
        ),
        // A later edit by the same person may follow.
        _ => ("SELECT COUNT(*) FROM people WHERE name = ?", &["name"]),
    };
    let query = fields.iter().fold(sqlx::query_scalar(sql), |query, field| {
        match &record[*field] {
            Value::Number(number) => query.bind(number.as_i64()),
            text => query.bind(text.as_str().map(str::to_owned)),
        }
    });
    query.fetch_one(db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_asks_the_same_questions() {
    let (first, again, other) = tokio::join!(questions(SEED), questions(SEED), questions(SEED + 1));

    assert!(first.len() > 100, "{}", first.len());
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// Method and path of every request of a check, apart from static files, which
/// are fetched side by side and arrive in any order.
async fn questions(seed: u64) -> Vec<String> {
    let app = spawn_quick_app().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let record = {
        let asked = asked.clone();
        on_answer(move |request, _| {
            let is_file = ["/css/", "/js/", "/img/"]
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
