//! A run that everyone is shown.

use isutori_protocol::{RunResult, Verdict, contest::Outcome, sample};
use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::{DONE, class};
use crate::{
    app::{Portal, zipped},
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(a_shown_run_is_seen_by_all_teams_and_tells_no_address);

async fn a_shown_run_is_seen_by_all_teams_and_tells_no_address(portal: Portal) {
    portal.set_up(class(&portal)).await;
    let [own, other] = [portal.team("chairs").await, portal.team("others").await];
    let worker = portal.worker("w").await;
    let wish = json!({ "note": "see http://chairs.example/", "commit": "c0ffee" });
    let request = own.ask(Method::POST, "/api/team/jobs").json(&wish);
    request.send().await.expect("an answer");
    let assignment = worker.claim().await.expect("a job");
    let id = assignment.lease.job;
    let log = json!({ "lease": assignment.lease, "progress": null,
        "log": [{ "sequence": 0, "language": "en", "text": "a line of the log" }] });
    let request = worker.ask(Method::POST, "/api/worker/heartbeat").json(&log);
    request.send().await.expect("an answer");
    for name in ["report.html", "contestant.en.log", "failures/1.json"] {
        let path = format!("/api/worker/files/{id}/1/{name}");
        let body = zipped(&format!(
            "{name} of http://chairs.example/x and chairs.example"
        ));
        let put = worker
            .ask(Method::PUT, &path)
            .header("content-encoding", "gzip");
        put.body(body).send().await.expect("an answer");
    }
    let result = RunResult {
        verdict: Verdict::Fail,
        score: 0,
        seed: assignment.seed,
        reasons: vec!["http://chairs.example/entries/1 was shown to a stranger".to_owned()],
        ..sample::passed()
    };
    let job = format!("/team/jobs/{id}");
    let show = format!("/staff/jobs/{id}/show");
    let staff = Browser::staff(&portal).await;
    let early = staff.post(&show, &[("shown", "1")]).await;
    assert_eq!(early.status(), StatusCode::CONFLICT);
    let outcome = Outcome::Judged {
        result: Box::new(result),
    };
    worker.finish(assignment.lease, outcome).await;

    let [member, stranger] = [
        Browser::member(&portal, own.id).await,
        Browser::member(&portal, other.id).await,
    ];
    assert_eq!(stranger.get(&job).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        stranger.post(&show, &[("shown", "1")]).await.status(),
        StatusCode::FORBIDDEN
    );
    assert!(staff.page(&job).await.contains("Show everyone this run"));
    assert_eq!(staff.post(&show, &[("shown", "1")]).await.status(), DONE);

    let page = stranger.page(&job).await;
    for words in [
        "web/entries/1 was shown to a stranger",
        "see web/",
        "chairs",
        "report.html",
        "GET /",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let secrets = [
        "chairs.example",
        "c0ffee",
        "a line of the log",
        "contestant.en.log",
        "failures/1",
        "shown\" value",
    ];
    for words in secrets {
        assert!(!page.contains(words), "{words}: {page}");
    }
    let whole = member.page(&job).await;
    for words in &secrets[..5] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    for (browser, file, status) in [
        (&stranger, "report.html", StatusCode::OK),
        (&stranger, "contestant.en.log", StatusCode::NOT_FOUND),
        (&stranger, "failures/1.json", StatusCode::NOT_FOUND),
        (&member, "contestant.en.log", StatusCode::OK),
    ] {
        let path = format!("{job}/files/{file}");
        assert_eq!(browser.get(&path).await.status(), status, "{file}");
    }
    // Not even to whoever takes it zipped.
    let report = format!("{job}/files/report.html");
    let request = stranger
        .ask(Method::GET, &report)
        .header(header::ACCEPT_ENCODING, "gzip");
    let report = request.send().await.expect("an answer").text().await;
    assert_eq!(report.expect("a report"), "report.html of web/x and web");
    let link = format!("href=\"{job}\"");
    let notice = "The teacher shows everyone a run";
    let team = stranger.page("/team").await;
    assert!(team.contains(notice) && team.contains(&link), "{team}");
    assert!(
        staff
            .page("/staff/class")
            .await
            .contains("Shown to everyone")
    );
    let nobody = Browser::nobody(&portal).await;
    assert!(location(&nobody.get(&job).await).starts_with("/login"));

    assert_eq!(staff.post(&show, &[("shown", "0")]).await.status(), DONE);
    assert_eq!(stranger.get(&job).await.status(), StatusCode::NOT_FOUND);
    assert!(!stranger.page("/team").await.contains(notice));
    let audit = staff.page("/staff/audit").await;
    let told = format!("run {id} of chairs");
    assert_eq!(audit.matches(&told).count(), 2, "{audit}");
}
