//! A class: who is stuck, what its settings do, and that a contest has nothing of it.

mod hints;
mod shown;

use std::time::Duration;

use isutori_portal::{
    contest::{Contest, HintPlan, Practice, SinceStart},
    tokens::{self, Scope},
};
use isutori_protocol::{
    RunResult, Verdict,
    contest::{Job, Outcome},
    sample,
};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::{Portal, TeamCaller, WorkerCaller, broken},
    browser::Browser,
    on_both_stores,
};

on_both_stores!(
    whoever_is_stuck_for_longest_stands_first,
    a_class_has_no_end_of_runs,
    a_contest_has_nothing_of_a_class,
    a_class_that_makes_no_sense_is_refused,
);

const MINUTE: Duration = Duration::from_secs(60);

/// A class that begins now. Of rung 2 the first two steps open by themselves.
fn class(portal: &Portal) -> Contest {
    let contest = portal.contest();
    let after = |minutes| SinceStart(SignedDuration::from_mins(minutes));
    let now = jiff::Timestamp::from_millisecond(portal.state.clock.now());
    Contest {
        starts_at: now.expect("a time"),
        freezes_at: None,
        practice: Some(Practice {
            untouched: Some(100),
            hints: vec![HintPlan {
                rung: 2,
                after: vec![after(20), after(30)],
            }],
        }),
        ..contest
    }
}

async fn stuck(portal: &Portal) -> Value {
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let token = tokens::create(&mut connection, Scope::Staff, "test", now).await;
    let request = portal.request(Method::GET, "/api/staff/class");
    let answer = request.bearer_auth(token.expect("a token")).send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("a class")
}

const DONE: StatusCode = StatusCode::SEE_OTHER;

/// A team's row.
fn of<'a>(class: &'a Value, team: &TeamCaller<'_>) -> &'a Value {
    let teams = class["teams"].as_array().expect("teams");
    let own = teams.iter().find(|row| row["team"] == team.id);
    own.expect("a row")
}

async fn run(
    team: &TeamCaller<'_>,
    worker: &WorkerCaller<'_>,
    verdict: Verdict,
    score: u64,
) -> Job {
    let job = team.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    let result = RunResult {
        verdict,
        score,
        seed: assignment.seed,
        reasons: match verdict {
            Verdict::Pass => Vec::new(),
            _ => vec![
                "an entry was shown to a stranger".to_owned(),
                "and more".to_owned(),
            ],
        },
        ..sample::passed()
    };
    let result = Box::new(result);
    worker
        .finish(assignment.lease, Outcome::Judged { result })
        .await;
    team.job(job.id).await
}

async fn whoever_is_stuck_for_longest_stands_first(portal: Portal) {
    portal.set_up(class(&portal)).await;
    let [slow, quick, new] = [
        portal.team("slow").await,
        portal.team("quick").await,
        portal.team("new").await,
    ];
    let hidden = portal.team("staff").await;
    portal.change_team(hidden.id, |team| team.hidden = 1).await;
    let worker = portal.worker("w").await;
    portal.wait(10 * MINUTE);
    run(&slow, &worker, Verdict::Pass, 1_500).await;
    portal.wait(10 * MINUTE);
    run(&quick, &worker, Verdict::Pass, 1_300).await;
    run(&slow, &worker, Verdict::Pass, 1_510).await;
    portal.wait(10 * MINUTE);
    let failed = run(&slow, &worker, Verdict::Fail, 0).await;
    quick.enqueue().await;
    worker.claim().await.expect("a job");
    let waiting = slow.enqueue().await;

    let class = stuck(&portal).await;
    assert_eq!(class["untouched"], 100);
    let order = class["teams"].as_array().expect("teams").iter();
    let order: Vec<&str> = order
        .map(|team| team["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(order, ["new", "slow", "quick"]);
    // The clock goes on while the test runs.
    let minutes = |team| of(&class, team)["stuck_seconds"].as_i64().expect("seconds") / 60;
    let within = |team, from| (from..from + 5).contains(&minutes(team));
    assert!(
        within(&new, 30) && within(&slow, 20) && within(&quick, 10),
        "{class}"
    );
    assert_eq!(of(&class, &new)["improved_at"], Value::Null);
    assert_eq!(of(&class, &new)["last"], Value::Null);
    assert_eq!(of(&class, &new)["rung"], Value::Null);
    let own = of(&class, &slow);
    assert_eq!(
        (own["best"].clone(), own["ratio"].clone()),
        (json!(1_510), json!(15.1))
    );
    let reached = isutori_portal::class::course()
        .reached(15.1)
        .expect("a rung")
        .number;
    assert_eq!(
        (own["rung"].clone(), own["runs"].clone()),
        (json!(reached), json!(3))
    );
    let last = json!({
        "job": failed.id, "state": "finished", "verdict": "fail", "score": 0,
        "reason": "an entry was shown to a stranger", "finished_at": failed.finished_at,
    });
    assert_eq!(own["last"], last);
    let under_way = json!({ "job": waiting.id, "state": "waiting", "ahead": 0 });
    assert_eq!(own["under_way"], under_way);
    assert_eq!(of(&class, &quick)["under_way"]["state"], "running");

    let staff = Browser::staff(&portal).await;
    let page = staff.page("/staff/class").await;
    for words in [
        "an entry was shown to a stranger",
        "× 15.1",
        "× 13.0",
        "no improvement yet",
        "0 ahead",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    // One that could not be done is told with its reason.
    worker_breaks(&worker, &portal).await;
    let class = stuck(&portal).await;
    let last = &of(&class, &slow)["last"];
    assert_eq!(
        (last["state"].as_str(), last["verdict"].as_str()),
        (Some("errored"), None)
    );
    assert!(
        last["reason"]
            .as_str()
            .expect("a reason")
            .contains("no disk"),
        "{last}"
    );
}

/// The job that waits is tried until it is given up.
async fn worker_breaks(worker: &WorkerCaller<'_>, portal: &Portal) {
    for _ in 0..10 {
        if let Some(assignment) = worker.claim().await {
            worker.finish(assignment.lease, broken()).await;
        }
        portal.wait(MINUTE / 2);
    }
}

async fn a_class_has_no_end_of_runs(portal: Portal) {
    let mut class = class(&portal);
    class.starts_at += SignedDuration::from_hours(1);
    portal.set_up(class).await;
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    run(&team, &worker, Verdict::Pass, 1).await;
    assert_eq!(of(&stuck(&portal).await, &team)["stuck_seconds"], 0);
    portal.wait(Duration::from_secs(9 * 3_600));
    run(&team, &worker, Verdict::Pass, 1).await;
    let member = Browser::member(&portal, team.id).await;
    let fields = [("name", "web"), ("url", "http://10.0.0.9")];
    assert_eq!(member.post("/team/hosts", &fields).await.status(), DONE);
}

async fn a_contest_has_nothing_of_a_class(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let job = run(&team, &worker, Verdict::Pass, 1).await.id;
    let member = Browser::member(&portal, team.id).await;
    let staff = Browser::staff(&portal).await;
    let nobody = Browser::nobody(&portal).await;
    let show = format!("/staff/jobs/{job}/show");
    let hint = [("rung", "1"), ("step", "1"), ("opens", "1"), ("shown", "1")];
    for browser in [&nobody, &member, &staff] {
        for path in ["/team/hints", "/staff/hints", "/staff/class"] {
            assert_eq!(
                browser.get(path).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        for path in ["/team/hints", "/staff/hints", &show] {
            let answer = browser.post(path, &hint).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
    for (browser, path) in [
        (&member, "/team"),
        (&staff, "/staff"),
        (&staff, &format!("/team/jobs/{job}")),
    ] {
        let page = browser.page(path).await;
        for link in ["/team/hints", "/staff/hints", "/staff/class", "/show\""] {
            assert!(!page.contains(link), "{link}: {page}");
        }
    }
    let mut connection = portal.state.connection().await.expect("a connection");
    let token = tokens::create(&mut connection, Scope::Staff, "test", 0).await;
    let token = token.expect("a token");
    for (token, status) in [
        (Some(&token), StatusCode::NOT_FOUND),
        (Some(&team.token), StatusCode::FORBIDDEN),
        (None, StatusCode::UNAUTHORIZED),
    ] {
        let request = portal.request(Method::GET, "/api/staff/class");
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        assert_eq!(request.send().await.expect("an answer").status(), status);
    }
}

async fn a_class_that_makes_no_sense_is_refused(portal: Portal) {
    let staff = Browser::staff(&portal).await;
    let toml = staff.page("/staff/contest.toml").await;
    let save = async |toml: &str| {
        let answer = staff.post("/staff/contest", &[("toml", toml)]).await;
        let status = answer.status();
        (status, answer.text().await.expect("a page"))
    };
    let practice = "[practice]\nuntouched = 450\n[[practice.hint]]\nrung = 2\nafter = [\"20m\"]\n";
    let (status, page) = save(&format!("{toml}\n{practice}")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let sentence = "freezes_at: a class has no freeze. Remove freezes_at, or remove [practice].";
    assert!(page.contains(sentence), "{page}");

    let lines = toml.lines().filter(|line| !line.starts_with("freezes_at"));
    let thawed = format!("{}\n{practice}", lines.collect::<Vec<_>>().join("\n"));
    let (status, page) = save(&thawed.replace("rung = 2", "rung = 200")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        page.contains("there is no rung 200: the course has rungs 1 to"),
        "{page}"
    );
    assert_eq!(staff.page("/staff/contest.toml").await, toml);

    assert_eq!(save(&thawed).await.0, DONE);
    let kept = staff.page("/staff/contest.toml").await;
    assert!(
        kept.contains("[practice]") && kept.contains("after = [\"20m\"]"),
        "{kept}"
    );
    assert_eq!(staff.get("/staff/class").await.status(), StatusCode::OK);
}
