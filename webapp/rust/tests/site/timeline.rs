//! What friends publish is told to those who wait.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    app::spawn_app,
    browser::{Answer, Browser},
};

fn titles(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let entries = answer["entries"].as_array().unwrap();
    let titles = entries.iter().map(|entry| entry["title"].as_str().unwrap());
    titles.map(str::to_owned).collect()
}

/// Asks for the timeline; gives what was told and how long it took.
async fn wait(browser: &mut Browser, since: i64) -> (Vec<String>, Duration) {
    let began = Instant::now();
    let answer = browser.get(&format!("/api/timeline?since={since}")).await;
    (titles(&answer), began.elapsed())
}

#[tokio::test]
async fn what_a_friend_publishes_is_told_meanwhile() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let mut bob = app.log_in("bob").await;
    let mut carol = app.log_in("carol").await;
    let publish = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        for visibility in ["private", "friends"] {
            alice.write_entry(visibility, "B", visibility).await;
        }
    };

    let ((told, _), (nothing, waited), ()) =
        tokio::join!(wait(&mut bob, 3), wait(&mut carol, 3), publish);

    assert_eq!(told, ["friends"]);
    assert!(nothing.is_empty());
    assert!(waited >= Duration::from_secs(3), "{waited:?}");
}

#[tokio::test]
async fn what_is_known_is_told_at_once() {
    let app = spawn_app().await;
    let mut bob = app.log_in("bob").await;
    // Of the initial three, alice's private one is hidden.
    assert_eq!(wait(&mut bob, 0).await.0.len(), 2);
    assert_eq!(wait(&mut bob, 1).await.0.len(), 1);
    assert_eq!(bob.get("/api/timeline").await.status, 404);
    assert_eq!(bob.get("/api/timeline?since=x").await.status, 404);
    let answer = app.visit().get("/api/timeline?since=1").await;
    assert_eq!(answer.redirect(), "/login");
}
