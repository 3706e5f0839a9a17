//! What external services say is shown to those who have subscribed.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::spawn_app;

/// Services that are busy at first, come in pages, or fail; gives where they are.
async fn start_services() -> String {
    let asked = Arc::new(AtomicU32::new(0));
    let quotes = move |headers: HeaderMap| async move {
        if headers["authorization"] != "Bearer sesame" {
            return Err(StatusCode::FORBIDDEN);
        }
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(StatusCode::TOO_MANY_REQUESTS),
            _ => Ok(Json(json!({ "data": "Sit." }))),
        }
    };
    let ranking = |RawQuery(query): RawQuery| async move {
        let is_first = query.as_deref() == Some("page=1");
        Json(match is_first {
            true => json!({ "data": [1, 2], "next": 2 }),
            false => json!({ "data": [3], "next": null }),
        })
    };
    let letters = |body: String| async move {
        let letter: Value = serde_json::from_str(&body).unwrap();
        Json(json!({ "data": letter["key"] }))
    };
    let weather = |Path(key): Path<String>| async move { Json(json!({ "data": { "in": key } })) };
    let router = Router::new()
        .route("/quotes/{key}", get(quotes))
        .route("/ranking/{key}", get(ranking))
        .route("/letters", post(letters))
        .route("/weather/{key}", get(weather))
        .route(
            "/seats/{key}",
            get(async || StatusCode::SERVICE_UNAVAILABLE),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn every_subscription_is_shown_in_its_order() {
    let app = spawn_app().await;
    let services = ["letters", "quotes", "seats", "ranking", "weather"];
    let subscriptions = services.map(|service| json!({ "service": service, "key": "oslo" }));
    sqlx::query("UPDATE people SET subscriptions = ? WHERE name = 'alice'")
        .bind(json!(subscriptions).to_string())
        .execute(&app.db)
        .await
        .unwrap();
    let told = json!({ "services": start_services().await, "services_token": "sesame" });
    let mut benchmark = app.visit();
    let request = benchmark.request("POST", "/initialize");
    let answer = benchmark.send(request.body(told.to_string())).await;
    assert_eq!(answer.status, 200);

    let mut alice = app.log_in("alice").await;
    let panel: Value = serde_json::from_str(&alice.get("/api/panel").await.body).unwrap();

    assert_eq!(
        panel,
        json!({ "panel": [
            { "service": "letters", "key": "oslo", "data": "oslo" },
            { "service": "quotes", "key": "oslo", "data": "Sit." },
            { "service": "seats", "key": "oslo", "unavailable": true },
            { "service": "ranking", "key": "oslo", "data": [1, 2, 3] },
            { "service": "weather", "key": "oslo", "data": { "in": "oslo" } },
        ] })
    );
    let mut bob = app.log_in("bob").await;
    assert_eq!(bob.get("/api/panel").await.body, r#"{"panel":[]}"#);
    assert_eq!(app.visit().get("/api/panel").await.redirect(), "/login");
}
