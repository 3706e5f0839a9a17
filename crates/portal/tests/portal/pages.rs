//! What pages show and refuse.

use std::time::Duration;

use isutori_portal::{contest, pastes, teams};
use isutori_protocol::{
    Verdict,
    contest::{Enqueue, Heartbeat, LogLine},
};
use reqwest::{Method, Response, StatusCode, header};

use crate::{
    app::{Portal, judged, zipped},
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(
    what_contestants_write_is_text,
    a_frozen_leaderboard_says_so_and_shows_no_more,
    what_a_browser_has_is_not_sent_again,
    files_of_a_run_are_no_pages_of_ours,
    a_new_token_ends_the_one_before,
    a_run_is_told_with_its_attempts_and_the_one_before,
    pages_speak_the_visitors_language,
    whoever_listens_is_told_of_changes,
    the_demo_can_be_looked_at,
);

async fn what_contestants_write_is_text(portal: Portal) {
    const ATTACK: &str = "</pre><script>alert(1)</script>\"'&<b>";
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let row = teams::find(&mut connection, team.id).await;
    let mut row = row.expect("a team").expect("a team");
    row.name = ATTACK.chars().take(40).collect();
    teams::change(&mut connection, &row).await.expect("a name");
    let now = portal.state.clock.now();
    let paste = pastes::keep(&mut connection, team.id, ATTACK, now).await;
    let paste = paste.expect("a paste");
    drop(connection);
    let wish = Enqueue {
        note: Some(ATTACK.to_owned()),
        commit: Some(ATTACK.to_owned()),
        ..Enqueue::default()
    };
    team.try_to_enqueue(&wish).await;
    let assignment = worker.claim().await.expect("a job");
    let line = |language: &str| LogLine {
        sequence: 0,
        language: language.to_owned(),
        text: ATTACK.to_owned(),
    };
    let beat = Heartbeat {
        lease: assignment.lease,
        progress: None,
        log: vec![line("en"), line("ja")],
    };
    let request = worker.ask(Method::POST, "/api/worker/heartbeat");
    request.json(&beat).send().await.expect("an answer");
    let outcome = isutori_protocol::contest::Outcome::Judged {
        result: Box::new(isutori_protocol::RunResult {
            seed: assignment.seed,
            ..isutori_protocol::sample::hostile()
        }),
    };
    worker.finish(assignment.lease, outcome).await;
    let (member, staff) = (
        Browser::member(&portal, team.id).await,
        Browser::staff(&portal).await,
    );
    let job = format!("/team/jobs/{}", assignment.lease.job);
    let pages = [
        (&member, "/".to_owned()),
        (&member, "/screen".to_owned()),
        (&member, "/team".to_owned()),
        (&member, job.clone()),
        (&member, "/team/pastes".to_owned()),
        (&member, format!("/team/pastes/{paste}")),
        (&staff, "/staff".to_owned()),
        (&staff, "/staff/teams".to_owned()),
        (&staff, format!("/staff/teams/{}", team.id)),
        (&staff, job),
    ];
    for (browser, path) in pages {
        let page = browser.page(&path).await;
        assert!(page.contains("&#60;script&#62;"), "{path}: {page}");
        assert!(!page.contains("<script>"), "{path}");
        assert!(!page.contains("<img"), "{path}");
    }
}

async fn a_frozen_leaderboard_says_so_and_shows_no_more(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let worker = portal.worker("w").await;
    a.enqueue().await;
    worker.judge(Verdict::Pass, 4_321).await;
    let nobody = Browser::nobody(&portal).await;
    assert!(!nobody.page("/").await.contains("Frozen"));
    portal.wait(Duration::from_secs(6 * 3_600 + 1_800));
    b.enqueue().await;
    worker.judge(Verdict::Pass, 98_765).await;

    for path in ["/", "/screen", "/board"] {
        let page = nobody.page(path).await;
        assert!(page.contains("Frozen") && page.contains("4,321"), "{path}");
        assert!(!page.contains("98,765"), "{path}");
    }
    assert!(!nobody.page("/board.json").await.contains("98765"));
    let stranger = Browser::member(&portal, a.id).await;
    assert!(!stranger.page("/").await.contains("98,765"));
    let own = Browser::member(&portal, b.id).await;
    assert!(own.page("/").await.contains("98,765"));
    assert!(own.page("/team").await.contains("98,765"));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/").await.contains("98,765"));
    // The screen is for everybody, whoever has opened it.
    assert!(!staff.page("/screen").await.contains("98,765"));

    staff.post("/staff/release", &[("release", "1")]).await;
    assert!(nobody.page("/").await.contains("98,765"));
    staff.post("/staff/release", &[("release", "0")]).await;
    assert!(!nobody.page("/").await.contains("98,765"));
}

async fn what_a_browser_has_is_not_sent_again(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    let nobody = Browser::nobody(&portal).await;
    for path in ["/board.json", "/board"] {
        let first = nobody.get(path).await;
        let tag = first.headers()[header::ETAG].clone();
        assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
        let again = async || {
            let request = nobody.ask(Method::GET, path);
            let request = request.header(header::IF_NONE_MATCH, tag.clone());
            request.send().await.expect("an answer")
        };
        let same = again().await;
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(same.headers()[header::ETAG], tag);
        assert_eq!(same.bytes().await.expect("nothing").len(), 0);
        team.enqueue().await;
        worker.judge(Verdict::Pass, 7).await;
        assert_eq!(again().await.status(), StatusCode::OK, "{path}");
    }
}

async fn files_of_a_run_are_no_pages_of_ours(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    team.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    let job = assignment.lease.job;
    let zipped = zipped("as it was");
    for name in [
        "report.html",
        "result.json",
        "failures/1.json",
        "x.log",
        "x.bin",
    ] {
        let path = format!("/api/worker/files/{job}/1/{name}");
        let request = worker.ask(Method::PUT, &path);
        let request = request
            .header("content-encoding", "gzip")
            .body(zipped.clone());
        request.send().await.expect("an answer");
    }
    worker
        .finish(assignment.lease, judged(&assignment, Verdict::Pass, 1))
        .await;
    let member = Browser::member(&portal, team.id).await;
    for (name, kind) in [
        ("report.html", "text/html; charset=utf-8"),
        ("result.json", "application/json"),
        ("failures/1.json", "application/json"),
        ("x.log", "text/plain; charset=utf-8"),
        ("x.bin", "application/octet-stream"),
    ] {
        let path = format!("/team/jobs/{job}/files/{name}");
        let request = member.ask(Method::GET, &path);
        let request = request.header(header::ACCEPT_ENCODING, "gzip, br");
        let answer = request.send().await.expect("an answer");
        let headers = answer.headers();
        assert_eq!(headers[header::CONTENT_TYPE], kind);
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let policy = headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("a policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none';"),
            "{policy}"
        );
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(answer.bytes().await.expect("a body"), zipped);
        let plain = member.get(&path).await;
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(plain.text().await.expect("a body"), "as it was");
    }
    let page = member.get("/team").await;
    let policy = &page.headers()[header::CONTENT_SECURITY_POLICY];
    let policy = policy.to_str().expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
}

async fn a_new_token_ends_the_one_before(portal: Portal) {
    let team = portal.team("a").await;
    let member = Browser::member(&portal, team.id).await;
    let answer = member.post("/team/token", &[]).await;
    let page = answer.text().await.expect("a page");
    let (_, rest) = page.split_once("class=\"secret\">").expect("a secret");
    let token = rest.split('<').next().expect("a token");
    let status = async |token: &str| {
        let request = portal.request(Method::GET, "/api/team").bearer_auth(token);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(status(token).await, StatusCode::OK);
    assert_eq!(status(&team.token).await, StatusCode::UNAUTHORIZED);
}

async fn a_run_is_told_with_its_attempts_and_the_one_before(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    let member = Browser::member(&portal, team.id).await;
    let enqueue = async || {
        let fields = [
            ("host", "web"),
            ("chooses", "1"),
            ("note", "try"),
            ("commit", "abc"),
        ];
        let answer = member.post("/team/jobs", &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        location(&answer).to_owned()
    };
    let first = enqueue().await;
    let waiting = member.page(&first).await;
    assert!(waiting.contains("Next in the queue") && waiting.contains("try"));
    worker.judge(Verdict::Pass, 100).await;
    let second = enqueue().await;
    let lost = worker.claim().await.expect("a job");
    portal.wait(Duration::from_secs(120));
    worker.judge(Verdict::Void, 0).await;
    worker.judge(Verdict::Pass, 150).await;
    assert_ne!(lost.lease.attempt, 3);
    let page = member.page(&second).await;
    assert!(page.contains("lost: the worker went away"), "{page}");
    assert!(page.contains("void: made again or not counted"));
    assert!(page.contains("+50.0 %, faster"));
    assert!(page.contains(&format!("{first}\">Run")));
    let none = member.post("/team/jobs", &[("chooses", "1")]).await;
    assert_eq!(none.status(), StatusCode::BAD_REQUEST);
}

async fn pages_speak_the_visitors_language(portal: Portal) {
    let client = reqwest::Client::new();
    let page = async |query: &str, accept: &str, cookie: &str| {
        let request = client.get(format!("{}/{query}", portal.url));
        let request = request.header(header::ACCEPT_LANGUAGE, accept);
        let request = request.header(header::COOKIE, cookie);
        let answer = request.send().await.expect("an answer");
        let is_kept = answer.headers().contains_key(header::SET_COOKIE);
        let page = answer.text().await.expect("a page");
        (page.contains("<html lang=\"ja\">"), is_kept)
    };
    let japanese = "isutori-language=ja";
    assert_eq!(page("", "de", "").await, (false, false));
    assert_eq!(page("", "ja", "").await, (true, false));
    assert_eq!(page("", "en", japanese).await, (true, false));
    assert_eq!(page("?lang=en", "ja", japanese).await, (false, true));
    let mut contest = portal.contest();
    contest.language = contest::Language::Ja;
    portal.set_up(contest).await;
    assert_eq!(page("", "de", "").await, (true, false));
}

async fn whoever_listens_is_told_of_changes(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let nobody = Browser::nobody(&portal).await;
    let member = Browser::member(&portal, a.id).await;
    let staff = Browser::staff(&portal).await;
    let earlier = b.enqueue().await;
    b.cancel(earlier.id).await;
    let next = async |events: &mut Response| {
        let event = events.chunk().await.expect("events").expect("an event");
        String::from_utf8_lossy(&event).into_owned()
    };
    let [mut of_all, mut of_team, mut of_staff, mut of_queue] = [
        nobody.get("/events?changes").await,
        member.get("/events?changes").await,
        staff.get("/events?changes").await,
        member.get("/events?changes&queue").await,
    ];
    assert_eq!(of_all.headers()[header::CONTENT_TYPE], "text/event-stream");
    // What others do counts only for those who see it.
    for (events, count) in [
        (&mut of_all, 0),
        (&mut of_team, 0),
        (&mut of_staff, 2),
        (&mut of_queue, 2),
    ] {
        let expected = format!("data: {{\"change\": {count}}}\n\n");
        assert_eq!(next(events).await, expected);
    }
    let job = b.enqueue().await;
    assert_eq!(next(&mut of_staff).await, "data: {\"change\": 3}\n\n");
    assert_eq!(next(&mut of_queue).await, "data: {\"change\": 3}\n\n");
    a.enqueue().await;
    assert_eq!(next(&mut of_team).await, "data: {\"change\": 1}\n\n");
    portal.state.events.tell();
    assert_eq!(next(&mut of_all).await, "data: {\"change\": 1}\n\n");

    let address = format!("/events?progress={}", job.id);
    let mut of_run = nobody.get(&address).await;
    let [one, two] = [portal.worker("one").await, portal.worker("two").await];
    let watched = one.claim().await.expect("a job");
    let other = two.claim().await.expect("a job");
    two.heartbeat(other.lease).await;
    one.heartbeat(watched.lease).await;
    assert_eq!(next(&mut of_run).await, "data: {\"progress\": 1}\n\n");
}

async fn the_demo_can_be_looked_at(portal: Portal) {
    isutori_portal::demo::fill(&portal.state)
        .await
        .expect("a demo");
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page("/").await;
    assert!(page.contains("Stools and Benches") && page.contains("<svg class=\"graph\""));
    assert!(!page.contains("Staff&#39;s own"));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/staff").await.contains("no space left"));
    let runs = staff.page("/staff/export/runs.csv").await;
    assert!(runs.lines().count() > 60);
}
