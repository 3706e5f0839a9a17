//! Every error is a page that a person can read.

use crate::app::spawn_app;

#[tokio::test]
async fn what_does_not_exist_is_404() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    for path in [
        "/nothing",
        "/people/nobody",
        "/people/No-Name",
        "/people/%00%00%00",
        "/diary/nobody",
        "/entries/0",
        "/entries/999",
        "/entries/x",
        "/entries/99999999999999999999",
        "/recent/0",
        "/recent/2",
        "/recent/x",
        "/diary/alice?page=0",
        "/diary/alice?page=2",
        "/diary/alice?page=x",
        "/css/nothing.css",
        "/css/..%2f..%2frust%2fCargo.toml",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.error().is_empty());
        assert!(answer.has("link[href^='/css/suwaru.css']"), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_405() {
    let app = spawn_app().await;
    for (method, path) in [
        ("GET", "/initialize"),
        ("GET", "/entries"),
        ("DELETE", "/people/alice"),
        ("POST", "/recent/1"),
        ("POST", "/css/suwaru.css"),
    ] {
        let mut browser = app.visit();
        let request = browser.request(method, path);
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert!(!answer.error().is_empty());
        assert!(answer.headers.contains_key("allow"), "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_no_form_is_415() {
    let app = spawn_app().await;
    let member = app.log_in("alice").await;
    // Somebody without a session is told the same, before a token is missed.
    for (mut browser, path) in [
        (member, "/entries"),
        (app.visit(), "/login"),
        (app.visit(), "/signup"),
    ] {
        let request = browser
            .request("POST", path)
            .header("content-type", "application/json")
            .body("{}");
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 415, "{path}");
        assert!(!answer.error().is_empty());
    }
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_413() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    for (path, size) in [
        ("/entries/1/comments", (1 << 20) + 1),
        ("/people/alice", 8 << 20),
        // Where a form may have a file, more is taken.
        ("/entries", (11 << 20) + 1),
    ] {
        let answer = alice.post(path, &[("body", &"x".repeat(size))]).await;
        assert_eq!(answer.status, 413);
        assert!(answer.has("a.me"));
        assert!(!answer.error().is_empty());
    }
}

#[tokio::test]
async fn a_long_body_that_nobody_wanted_is_answered() {
    let app = spawn_app().await;
    let answer = app
        .visit()
        .post("/entries", &[("body", &"x".repeat(1_000_000))])
        .await;
    assert_eq!(answer.redirect(), "/login");
}
