//! Who may ask what: every route of the API, with every kind of token.

use isutori_protocol::contest::{CONTEST_VERSION, Hello, WORKER_HEADER};
use reqwest::{Method, StatusCode};

use crate::{app::Portal, on_both_stores};

on_both_stores!(
    every_route_lets_in_whom_it_is_for,
    a_revoked_token_lets_nobody_in,
    a_worker_of_another_version_is_told_so,
    metrics_tell_how_the_contest_goes,
);

#[derive(Clone, Copy, PartialEq)]
enum For {
    Workers,
    Teams,
    Monitors,
    Hosts,
}

const ROUTES: [(Method, &str, For); 19] = [
    (Method::GET, "/metrics", For::Monitors),
    (Method::POST, "/api/worker/hello", For::Workers),
    (Method::POST, "/api/worker/claim", For::Workers),
    (Method::POST, "/api/worker/heartbeat", For::Workers),
    (Method::PUT, "/api/worker/files/1/1/x.json", For::Workers),
    (Method::GET, "/api/worker/files/1/1/x.json", For::Workers),
    (Method::POST, "/api/worker/finish", For::Workers),
    (Method::POST, "/api/host/report", For::Hosts),
    (Method::GET, "/api/host/run?known=0.0", For::Hosts),
    (Method::POST, "/api/host/samples", For::Hosts),
    (Method::GET, "/api/team", For::Teams),
    (Method::POST, "/api/team/jobs", For::Teams),
    (Method::GET, "/api/team/jobs/JOB", For::Teams),
    (Method::POST, "/api/team/jobs/JOB/cancel", For::Teams),
    (Method::GET, "/api/team/jobs/JOB/log", For::Teams),
    (Method::GET, "/api/team/jobs/JOB/result", For::Teams),
    (Method::POST, "/api/team/pastes", For::Teams),
    (Method::GET, "/api/team/rehearsal", For::Teams),
    (Method::POST, "/api/team/rehearsal", For::Teams),
];

async fn every_route_lets_in_whom_it_is_for(portal: Portal) {
    let team = portal.team("chairs").await;
    let stranger = portal.team("strangers").await;
    let worker = portal.worker("w").await;
    let monitor = isutori_portal::desk::monitor_token(&portal.state, "test").await;
    let monitor = monitor.expect("a token");
    let job = team.enqueue().await.id;
    for (method, path, whom) in ROUTES {
        let path = path.replace("JOB", &job.to_string());
        let status = async |token: Option<&str>| {
            let request = portal.request(method.clone(), &path);
            let request = request.header(WORKER_HEADER, worker.number);
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            request.send().await.expect("an answer").status()
        };
        let place = format!("{method} {path}");
        assert_eq!(status(None).await, StatusCode::UNAUTHORIZED, "{place}");
        let guessed = status(Some("0123456789abcdef")).await;
        assert_eq!(guessed, StatusCode::UNAUTHORIZED, "{place}");
        let tokens = [
            (For::Workers, &worker.token),
            (For::Teams, &team.token),
            (For::Monitors, &monitor),
            (For::Hosts, &team.hosts_token),
        ];
        for (_, wrong) in tokens.iter().filter(|(holder, _)| *holder != whom) {
            let refused = status(Some(wrong)).await;
            assert_eq!(refused, StatusCode::FORBIDDEN, "{place}");
        }
        let right = tokens.iter().find(|(holder, _)| *holder == whom);
        let (_, right) = right.expect("somebody may");
        if path.contains("jobs/") {
            let other = status(Some(&stranger.token)).await;
            assert_eq!(other, StatusCode::NOT_FOUND, "{place}");
        }
        let let_in = status(Some(right)).await;
        let out = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        assert!(!out.contains(&let_in), "{place}: {let_in}");
    }
}

async fn a_revoked_token_lets_nobody_in(portal: Portal) {
    use isutori_portal::tokens::{Scope, revoke_all};
    let team = portal.team("chairs").await;
    let other = portal.team("others").await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    revoke_all(&mut connection, Scope::Team(team.id), now)
        .await
        .expect("no token");
    let status = async |caller: &crate::app::TeamCaller<'_>| {
        let answer = caller.ask(Method::GET, "/api/team").send().await;
        answer.expect("an answer").status()
    };
    assert_eq!(status(&team).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&other).await, StatusCode::OK);
}

async fn a_worker_of_another_version_is_told_so(portal: Portal) {
    let hello = Hello {
        version: CONTEST_VERSION + 1,
        name: "w".to_owned(),
        zone: None,
        concurrency: 1,
        build: String::new(),
    };
    let request = portal.request(Method::POST, "/api/worker/hello");
    let request = request.bearer_auth(portal.worker_token().await);
    let answer = request.json(&hello).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let sentence = answer.text().await.expect("a sentence");
    assert!(sentence.contains("same release"), "{sentence}");
}

async fn metrics_tell_how_the_contest_goes(portal: Portal) {
    portal.team("a").await.enqueue().await;
    portal.team("b").await.enqueue().await;
    let worker = portal.worker("w \"quoted\"").await;
    worker.judge(isutori_protocol::Verdict::Pass, 1).await;
    portal.wait(std::time::Duration::from_secs(30));
    let token = isutori_portal::desk::monitor_token(&portal.state, "test").await;
    let request = portal.request(Method::GET, "/metrics");
    let answer = request.bearer_auth(token.expect("a token")).send().await;
    let text = answer.expect("an answer").text().await.expect("a text");
    for line in [
        r#"isutori_jobs{state="waiting"} 1"#,
        r#"isutori_jobs{state="finished"} 1"#,
        r#"isutori_attempts{outcome="judged"} 1"#,
        r#"isutori_worker_silent_seconds{worker="w \"quoted\""} 30"#,
        "isutori_worker_places 1",
        "isutori_longest_wait_seconds 30",
        "isutori_listeners 0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in {text}");
    }
}
