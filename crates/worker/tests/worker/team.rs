//! The calls of teams' programs, against answers as the portal gives them.

use std::net::Ipv4Addr;

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use isutori_protocol::{
    contest::{Enqueue, Job, JobKind, JobState, Log, LogLine},
    sample,
};
use isutori_worker::{Portal, PortalError, client::Enqueued};
use tokio::net::TcpListener;

use crate::portal::refuse;

fn job(id: i64, state: JobState) -> Job {
    Job {
        id,
        kind: JobKind::Run,
        state,
        ahead: None,
        expected_wait_seconds: None,
        attempt: 0,
        note: None,
        commit: None,
        targets: Vec::new(),
        enqueued_at: 0,
        started_at: None,
        finished_at: None,
        progress: None,
        verdict: None,
        score: None,
        seed: None,
        reason: None,
    }
}

/// Answers a job by the host that is asked for.
async fn enqueue(Json(enqueue): Json<Enqueue>) -> axum::response::Response {
    match enqueue.hosts.first().map(String::as_str) {
        None => (StatusCode::CREATED, Json(job(1, JobState::Waiting))).into_response(),
        Some("busy") => (StatusCode::CONFLICT, Json(job(2, JobState::Running))).into_response(),
        Some("early") => refuse(StatusCode::CONFLICT, "the contest has not begun"),
        Some(_) => refuse(StatusCode::UNPROCESSABLE_ENTITY, "no such host"),
    }
}

/// A log that says how it was asked for.
async fn log(Path(id): Path<i64>, RawQuery(query): RawQuery) -> Json<Log> {
    let text = format!("{id}: {}", query.unwrap_or_default());
    Json(Log {
        attempt: 1,
        state: JobState::Running,
        lines: vec![LogLine {
            sequence: 0,
            language: "en".to_owned(),
            text,
        }],
    })
}

async fn paste(headers: HeaderMap, body: String) -> impl IntoResponse {
    let kind = headers[header::CONTENT_TYPE].to_str().expect("text");
    let url = format!("/pastes?{kind},{body}");
    (StatusCode::CREATED, Json(serde_json::json!({ "url": url })))
}

async fn portal() -> Portal {
    let routes = Router::new()
        .route("/at/api/team/jobs", post(enqueue))
        .route(
            "/at/api/team/jobs/{id}",
            get(|Path(id)| async move { Json(job(id, JobState::Errored)) }),
        )
        .route(
            "/at/api/team/jobs/{id}/cancel",
            post(|Path(id)| async move { Json(job(id, JobState::Cancelled)) }),
        )
        .route("/at/api/team/jobs/{id}/log", get(log))
        .route(
            "/at/api/team/jobs/1/result",
            get(|| async { Json(sample::passed()) }),
        )
        .route("/at/api/team/jobs/2/result", get(|| async { "<html>" }))
        .route("/at/api/team/pastes", post(paste));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Portal::new(&format!("http://{address}/at/"), "token").expect("a portal")
}

fn with_host(host: &str) -> Enqueue {
    Enqueue {
        hosts: vec![host.to_owned()],
        ..Enqueue::default()
    }
}

#[tokio::test]
async fn a_job_is_new_under_way_or_refused() {
    let portal = portal().await;

    let new = portal.enqueue(&Enqueue::default()).await.expect("a job");
    assert_eq!(new, Enqueued::New(job(1, JobState::Waiting)));
    let busy = portal.enqueue(&with_host("busy")).await.expect("a job");
    assert_eq!(busy, Enqueued::UnderWay(job(2, JobState::Running)));
    for (host, sentence) in [
        ("early", "the contest has not begun"),
        ("x", "no such host"),
    ] {
        let refused = portal
            .enqueue(&with_host(host))
            .await
            .expect_err("a refusal");
        assert_eq!(refused.to_string(), sentence);
        assert!(!refused.is_passing());
    }
}

#[tokio::test]
async fn jobs_are_looked_at_and_taken_back() {
    let portal = portal().await;

    assert_eq!(portal.job(7).await.expect("a job").state, JobState::Errored);
    assert_eq!(
        portal.cancel(7).await.expect("a job").state,
        JobState::Cancelled
    );
    assert_eq!(portal.result(1).await.expect("a result"), sample::passed());
    let pasted = portal
        .paste(b"load 0.5".to_vec())
        .await
        .expect("an address");
    let url = portal
        .url()
        .replace("/at", "/pastes?text/plain;%20charset=utf-8,load%200.5");
    assert_eq!(pasted, url);
}

#[tokio::test]
async fn logs_are_read_from_somewhere_on() {
    let portal = portal().await;
    let asked = async |after| {
        let log = portal.log(7, after, "ja").await.expect("a log");
        log.lines[0].text.clone()
    };

    assert_eq!(asked(None).await, "7: language=ja");
    assert_eq!(asked(Some(3)).await, "7: language=ja&after=3");
}

#[tokio::test]
async fn what_is_no_portal_is_told() {
    let portal = portal().await;

    let error = portal.team_status().await.expect_err("no such route");
    assert!(
        matches!(error, PortalError::Refused { status: 404, .. }),
        "{error}"
    );
    let error = portal.result(2).await.expect_err("HTML").to_string();
    assert!(error.contains("200 OK <html>"), "{error}");

    let nowhere = Portal::new("http://127.0.0.1:1", "token").expect("a portal");
    let error = nowhere.team_status().await.expect_err("nobody is there");
    assert!(error.is_passing());
    let error = error.to_string();
    assert!(
        error.contains("cannot reach the portal http://127.0.0.1:1: "),
        "{error}"
    );
    assert!(error.contains("onnection refused"), "{error}");
}
