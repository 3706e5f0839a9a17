//! Loading into real databases of all engines. Each test has a database of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use isutori_dataset::{Dataset, LoadError, LoadOptions, LoadReport, Size, fingerprint_of, load};
use isutori_services::{mariadb, postgres};
use sqlx::{Any, AnyConnection, Connection, Decode, SqliteConnection, Type};
use tempfile::TempDir;
use tokio::sync::Notify;

const REPLACE: LoadOptions = LoadOptions { replace: true };

fn data(seed: u64) -> Dataset {
    Dataset::new(seed, Size::Small)
}

async fn load_quietly(
    url: &str,
    dataset: &Dataset,
    options: LoadOptions,
) -> Result<LoadReport, LoadError> {
    load(url, dataset, options, |_| {}).await
}

/// A temporary folder and the URL of a SQLite file in it.
fn sqlite() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/suwaru.db", folder.path().display());
    (folder, url)
}

/// Runs a statement as the app would, and returns the only column of what it finds.
async fn ask_all<T>(url: &str, sql: &'static str) -> Vec<T>
where
    T: for<'r> Decode<'r, Any> + Type<Any> + Send + Unpin,
{
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("a connection");
    let answers = sqlx::query_scalar(sql).fetch_all(&mut connection).await;
    connection.close().await.expect("a polite end");
    answers.expect("answers")
}

/// Runs a statement as the app would, and returns the number it asks for.
async fn ask(url: &str, sql: &'static str) -> i64 {
    ask_all(url, sql).await[0]
}

/// Compares the indexes of a loaded database with those that the app relies on; `sql` finds them
/// all, but for those of keys. Nothing else has one: what is slow without is there to be found.
async fn assert_indexes(url: &str, sql: &'static str) {
    let mut found: Vec<String> = ask_all(url, sql).await;
    found.sort();
    let expected = [
        "comments_by_entry: comments (entry_id)",
        "comments_by_time: comments (created_at)",
        "entries_by_person: entries (person_id, created_at)",
        "entries_by_time: entries (created_at)",
        "entries_by_visibility: entries (visibility, created_at)",
    ];
    assert_eq!(found, expected);
}

/// What holds on every engine for a database that is empty at first.
async fn assert_loads(url: &str) {
    assert_loads_once(url).await;
    assert_replaces(url).await;
    assert_leaves_nothing_when_interrupted(url).await;
    assert_one_of_two_loads_wins(url).await;
}

async fn assert_loads_once(url: &str) {
    let dataset = data(1);
    let error = fingerprint_of(url)
        .await
        .expect_err("nothing is loaded yet");
    assert!(
        matches!(
            error,
            LoadError::NotLoaded { .. } | LoadError::Unreachable { .. }
        ),
        "{error}"
    );

    let last_progress = AtomicU64::new(0);
    let report = load(url, &dataset, LoadOptions::default(), |progress| {
        assert!(progress.rows > last_progress.swap(progress.rows, Ordering::Relaxed));
        assert_eq!(progress.total_rows, dataset.row_count());
    })
    .await
    .expect("an empty database takes the data");

    assert_eq!(last_progress.into_inner(), dataset.row_count());
    assert_eq!(report.rows, dataset.row_count());
    assert_eq!(report.fingerprint, dataset.fingerprint());
    assert_eq!(
        fingerprint_of(url).await.expect("a fingerprint"),
        dataset.fingerprint()
    );
    assert_eq!(ask(url, "SELECT COUNT(*) FROM people_initial").await, 500);
    assert_eq!(ask(url, "SELECT last_comment FROM dataset").await, 24_000);

    let error = load_quietly(url, &data(2), LoadOptions::default()).await;
    let error = error.expect_err("the data is not overwritten unasked");
    assert!(matches!(error, LoadError::AlreadyLoaded { .. }), "{error}");
    assert!(
        error.to_string().contains(&dataset.fingerprint()),
        "{error}"
    );
}

async fn assert_replaces(url: &str) {
    load_quietly(url, &data(2), REPLACE)
        .await
        .expect("replaced when asked");
    assert_eq!(
        fingerprint_of(url).await.expect("a fingerprint"),
        data(2).fingerprint()
    );
}

async fn assert_leaves_nothing_when_interrupted(url: &str) {
    let begun = Notify::new();
    let dataset = data(3);
    let interrupted = tokio::select! {
        _ = load(url, &dataset, REPLACE, |_| begun.notify_one()) => false,
        () = begun.notified() => true,
    };
    assert!(
        interrupted,
        "the load was over before it could be interrupted"
    );
    match fingerprint_of(url).await {
        // Where the transaction holds the tables too, the former data is still there.
        Ok(fingerprint) => assert_eq!(fingerprint, data(2).fingerprint()),
        Err(error) => assert!(matches!(error, LoadError::NotLoaded { .. }), "{error}"),
    }
    load_quietly(url, &dataset, REPLACE)
        .await
        .expect("the rest is replaced when asked");
    assert_eq!(
        fingerprint_of(url).await.expect("a fingerprint"),
        dataset.fingerprint()
    );
}

async fn assert_one_of_two_loads_wins(url: &str) {
    let [one, two] = [data(1), data(2)];
    let results = tokio::join!(
        load_quietly(url, &one, REPLACE),
        load_quietly(url, &two, REPLACE)
    );
    let stored = fingerprint_of(url).await.expect("a fingerprint");
    let winners: Vec<String> = [results.0, results.1]
        .into_iter()
        .flatten()
        .map(|report| report.fingerprint)
        .collect();
    assert!(
        winners.contains(&stored),
        "{stored} is not among {winners:?}"
    );
}

#[tokio::test]
async fn sqlite_takes_the_data() {
    let (_folder, url) = sqlite();
    assert_loads(&url).await;
    let indexes = "SELECT name || ': ' || tbl_name || ' (' || \
                   (SELECT group_concat(name, ', ' ORDER BY seqno) FROM pragma_index_info(made.name)) \
                   || ')' FROM sqlite_schema made WHERE type = 'index' AND sql IS NOT NULL";
    assert_indexes(&url, indexes).await;
    assert_eq!(
        ask(&url, "SELECT journal_mode = 'wal' FROM pragma_journal_mode").await,
        1
    );
    let new_id = "INSERT INTO login_log (name, address, succeeded, created_at) VALUES ('a', 'b', 0, 0) RETURNING id";
    assert_eq!(ask(&url, new_id).await, 3_001);
}

#[tokio::test]
async fn postgres_takes_the_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = postgres::start(folder.path()).await.expect("a PostgreSQL");
    assert_loads(server.url()).await;
    let indexes = r"SELECT indexname || ': ' || tablename || ' ' || substring(indexdef FROM '\(.*\)')
                    FROM pg_indexes
                    WHERE schemaname = 'public' AND indexdef LIKE 'CREATE INDEX %'";
    assert_indexes(server.url(), indexes).await;
    let new_id = "INSERT INTO login_log (name, address, succeeded, created_at) VALUES ('a', 'b', 0, 0) RETURNING id";
    assert_eq!(ask(server.url(), new_id).await, 3_001);
    server.stop().await;
}

#[tokio::test]
async fn mariadb_takes_the_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = mariadb::start(folder.path()).await.expect("a MariaDB");
    assert_loads(server.url()).await;
    let indexes = "SELECT CAST(CONCAT(index_name, ': ', table_name, ' (', \
                   GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', '), ')') AS CHAR) \
                   FROM information_schema.statistics \
                   WHERE table_schema = 'suwaru' AND non_unique GROUP BY table_name, index_name";
    assert_indexes(server.url(), indexes).await;
    let next_id = "SELECT CAST(auto_increment AS SIGNED) FROM information_schema.tables \
                   WHERE table_schema = 'suwaru' AND table_name = 'login_log'";
    assert_eq!(ask(server.url(), next_id).await, 3_001);
    assert_drops_tables_when_inserts_fail(server.url()).await;
    server.stop().await;
}

/// `CREATE TABLE` commits on this engine: a load that fails must clean up after itself.
async fn assert_drops_tables_when_inserts_fail(url: &str) {
    let mut root = sqlx::MySqlConnection::connect(url)
        .await
        .expect("a connection");
    sqlx::raw_sql(
        "CREATE DATABASE other; CREATE USER limited@'%'; \
         GRANT CREATE, CREATE VIEW, DROP, SELECT ON other.* TO limited@'%'",
    )
    .execute(&mut root)
    .await
    .expect("root may do this");
    let limited = url
        .replace("root@", "limited@")
        .replace("/suwaru", "/other");

    let error = load_quietly(&limited, &data(1), LoadOptions::default()).await;

    let error = error.expect_err("inserts are denied");
    assert!(
        error.to_string().contains("INSERT command denied"),
        "{error}"
    );
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'other'";
    assert_eq!(ask(url, tables).await, 0);
}

#[tokio::test]
async fn tables_without_a_dataset_are_left_alone() {
    let (_folder, url) = sqlite();
    let new_file = format!("{url}?mode=rwc");
    let mut connection = SqliteConnection::connect(&new_file)
        .await
        .expect("a new file");
    let created = sqlx::raw_sql("CREATE TABLE comments (id INTEGER)")
        .execute(&mut connection)
        .await;
    created.expect("an empty file takes a table");

    let error = load_quietly(&url, &data(1), LoadOptions::default()).await;

    let error = error.expect_err("the table is somebody's");
    assert!(matches!(error, LoadError::TablesInTheWay { .. }), "{error}");
    assert!(error.to_string().contains("named comments"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_named_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = format!("sqlite:{}/missing/suwaru.db", folder.path().display());
    let urls = [
        missing.as_str(),
        "mysql://root:secret@127.0.0.1:1/suwaru",
        "postgres://postgres:secret@127.0.0.1:1/suwaru",
    ];
    for url in urls {
        let error = load_quietly(url, &data(1), LoadOptions::default()).await;
        let error = error.expect_err("nothing is there");
        assert!(matches!(error, LoadError::Unreachable { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn other_schemes_are_refused() {
    for url in ["redis://127.0.0.1", "suwaru.db", ""] {
        let error = load_quietly(url, &data(1), LoadOptions::default()).await;
        let error = error.expect_err("no such database");
        assert!(matches!(error, LoadError::UnknownScheme(_)), "{error}");
    }
}
