//! `POST /initialize` puts the initial data back.

use crate::app::{App, spawn_app};

async fn initialize(app: &App) -> serde_json::Value {
    let mut browser = app.visit();
    let request = browser
        .request("POST", "/initialize")
        .body(r#"{"unknown": true}"#);
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn additions_edits_and_sessions_are_undone() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    alice.write_entry("New", "New", "public").await;
    alice.post("/entries/1/comments", &[("body", "New")]).await;
    alice.post("/friends", &[("name", "carol")]).await;
    alice.get("/people/bob").await;
    let fields = [("nickname", "N"), ("introduction", "New"), ("birthday", "")];
    alice.post("/people/alice", &fields).await;
    let mut hana = app.visit();
    hana.get("/signup").await;
    hana.post(
        "/signup",
        &[
            ("name", "hana"),
            ("nickname", "N"),
            ("password", "long enough"),
        ],
    )
    .await;

    let answer = initialize(&app).await;

    assert_eq!(
        answer,
        serde_json::json!({"language": "rust", "data": "test-1"})
    );
    for (table, rows) in [
        ("people", 3),
        ("entries", 3),
        ("comments", 3),
        ("friendships", 1),
        ("footprints", 0),
        ("login_log", 0),
        ("sessions", 0),
        ("settings", 0),
    ] {
        assert_eq!(app.count(table).await, rows, "{table}");
    }
    for browser in [&mut alice, &mut hana] {
        assert_eq!(browser.get("/").await.redirect(), "/login");
    }
    let mut bob = app.log_in("bob").await;
    let profile = bob.get("/people/alice").await;
    assert_eq!(profile.text("#nickname"), "ALICE");
    assert_eq!(profile.text("#introduction"), "I sit.");
    assert_eq!(profile.text("#birthday"), "1999-12-31");
    assert_eq!(
        bob.write_entry("Next", "Next", "public").await,
        "4",
        "ids count on"
    );
}

#[tokio::test]
async fn initializing_again_changes_nothing() {
    let app = spawn_app().await;
    assert_eq!(initialize(&app).await, initialize(&app).await);
    assert_eq!(app.count("people WHERE updated_at = created_at").await, 3);
}
