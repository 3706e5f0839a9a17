//! Who may no longer log in, and what the organiser is told.

use reqwest::StatusCode;

use crate::{
    app::{App, PASSWORD, spawn_app},
    browser::{Answer, Browser},
};

/// Tries to log in from an address, as a proxy tells it.
async fn attempt(browser: &mut Browser, address: &str, name: &str, password: &str) -> Answer {
    browser.cookie = None;
    browser.get("/login").await;
    let csrf = browser.csrf.clone();
    let request = browser
        .request("POST", "/login")
        .header("X-Forwarded-For", format!("6.6.6.6, {address}"))
        .form(&[("name", name), ("password", password), ("csrf", &csrf)]);
    browser.send(request).await
}

/// The report, as whoever holds this token.
async fn report(app: &App, token: &str) -> Answer {
    let mut browser = app.visit();
    let request = browser
        .request("GET", "/report")
        .header("Authorization", format!("Bearer {token}"));
    browser.send(request).await
}

async fn initialize(app: &App, body: &'static str) {
    let mut browser = app.visit();
    let request = browser.request("POST", "/initialize").body(body);
    assert_eq!(browser.send(request).await.status, 200);
}

#[tokio::test]
async fn three_failures_lock_a_person_and_a_success_forgives() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    let passwords = [
        ("wrong", 401),
        ("wrong", 401),
        (PASSWORD, 303),
        ("wrong", 401),
        ("wrong", 401),
        ("wrong", 401),
        (PASSWORD, 423),
    ];
    for (number, (password, status)) in passwords.into_iter().enumerate() {
        // From everywhere: it is the person that counts.
        let address = format!("192.0.2.{number}");
        let answer = attempt(&mut browser, &address, "alice", password).await;
        assert_eq!(answer.status, status, "attempt {number}");
        assert!(status == 303 || answer.has("form#login"));
    }
    let bob = attempt(&mut browser, "192.0.2.1", "bob", PASSWORD).await;
    assert_eq!(bob.status, 303);
}

#[tokio::test]
async fn ten_failures_ban_an_address_and_a_success_forgives() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    for failures in [9, 10] {
        for number in 0..failures {
            let name = format!("nobody{number}");
            let answer = attempt(&mut browser, "192.0.2.1", &name, PASSWORD).await;
            assert_eq!(answer.status, 401);
        }
        let answer = attempt(&mut browser, "192.0.2.1", "alice", PASSWORD).await;
        assert_eq!(answer.status, if failures < 10 { 303 } else { 403 });
    }
    let elsewhere = attempt(&mut browser, "192.0.2.2", "alice", PASSWORD).await;
    assert_eq!(elsewhere.status, 303);
}

#[tokio::test]
async fn the_report_is_for_the_organiser_alone() {
    let app = spawn_app().await;
    assert_eq!(report(&app, "").await.status, StatusCode::FORBIDDEN);
    initialize(&app, r#"{"organiser_token": "t0ken"}"#).await;
    let mut browser = app.visit();
    for _ in 0..4 {
        attempt(&mut browser, "192.0.2.7", "alice", "wrong").await;
    }
    for _ in 0..6 {
        attempt(&mut browser, "192.0.2.7", "nobody", "wrong").await;
    }
    attempt(&mut browser, "192.0.2.8", "bob", "wrong").await;

    let refused = report(&app, "another").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.error().contains("organiser"));
    let report_now: serde_json::Value =
        serde_json::from_str(&report(&app, "t0ken").await.body).unwrap();
    assert_eq!(
        report_now,
        serde_json::json!({"locked_people": ["alice"], "banned_addresses": ["192.0.2.7"]})
    );

    initialize(&app, "").await;
    assert_eq!(report(&app, "t0ken").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        attempt(&mut browser, "192.0.2.7", "alice", PASSWORD)
            .await
            .status,
        303
    );
}
