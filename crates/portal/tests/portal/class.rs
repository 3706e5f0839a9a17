//! A class: hints, who is stuck, runs that everyone is shown, and that a contest has none of it.

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
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::{Portal, TeamCaller, WorkerCaller, broken, zipped},
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(
    hints_open_with_time_and_are_read_by_a_click,
    the_teacher_opens_and_closes_and_the_last_word_counts,
    whoever_is_stuck_for_longest_stands_first,
    a_shown_run_is_seen_by_all_teams_and_tells_no_address,
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

/// What the steps of a rung's hint say in English: the longest part that a page writes as it is.
fn says(rung: usize) -> Vec<String> {
    let course = isutori_portal::class::course();
    let rung = course.rung(rung).expect("a rung");
    let english = |hint: &isutori_course::Text| {
        let text = hint.in_language(isutori_course::Language::English);
        let parts = text.split(['`', '&', '<', '>', '"', '\'', '*']);
        let longest = parts.max_by_key(|part| part.len()).expect("a part");
        assert!(longest.len() > 10, "{text}");
        longest.to_owned()
    };
    rung.hints.iter().map(english).collect()
}

/// Which steps of a rung's hint a page shows.
fn shown(page: &str, rung: usize) -> Vec<usize> {
    let steps = (1..).zip(says(rung));
    let shown = steps.filter(|(_, text)| page.contains(text.as_str()));
    shown.map(|(step, _)| step).collect()
}

async fn read(member: &Browser, rung: usize, step: usize) -> StatusCode {
    let (rung, step) = (rung.to_string(), step.to_string());
    let fields = [("rung", &*rung), ("step", &*step)];
    member.post("/team/hints", &fields).await.status()
}

/// The teacher opens or closes a step, for one team or for all.
async fn say(staff: &Browser, team: Option<i64>, step: usize, opens: bool) -> StatusCode {
    let (team, step) = (
        team.map_or(String::new(), |team| team.to_string()),
        step.to_string(),
    );
    let opens = if opens { "1" } else { "0" };
    let fields = [
        ("team", &*team),
        ("rung", "3"),
        ("step", &step),
        ("opens", opens),
    ];
    staff.post("/staff/hints", &fields).await.status()
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

async fn hints_open_with_time_and_are_read_by_a_click(portal: Portal) {
    portal.set_up(class(&portal)).await;
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let member = Browser::member(&portal, a.id).await;
    let page = member.page("/team/hints").await;
    assert!(page.contains("No hint is open yet."), "{page}");
    assert_eq!(read(&member, 2, 1).await, StatusCode::CONFLICT);

    portal.wait(20 * MINUTE);
    let page = member.page("/team/hints").await;
    assert!(page.contains("Rung 2: Indexes that are missing"), "{page}");
    assert!(page.contains("<b>(1)</b>"), "{page}");
    assert!(page.contains("The next step opens at"), "{page}");
    assert!(shown(&page, 2).is_empty());
    assert_eq!(read(&member, 2, 2).await, StatusCode::CONFLICT);
    assert_eq!(read(&member, 2, 1).await, DONE);
    let page = member.page("/team/hints").await;
    assert_eq!(shown(&page, 2), [1]);
    assert!(!page.contains("<b>(1)</b>"), "{page}");

    portal.wait(10 * MINUTE);
    assert_eq!(read(&member, 2, 2).await, DONE);
    // Once more changes nothing; no other step and no other rung is open.
    assert_eq!(read(&member, 2, 1).await, DONE);
    for (rung, step) in [(2, 3), (2, 0), (3, 1), (99, 1)] {
        assert_eq!(read(&member, rung, step).await, StatusCode::CONFLICT);
    }
    let ja = member.ask(Method::GET, "/team/hints?lang=ja").send().await;
    let ja = ja.expect("an answer").text().await.expect("a page");
    assert!(ja.contains("段2: 足りないインデックス"), "{ja}");

    let class = stuck(&portal).await;
    let hints = |team: &TeamCaller<'_>| of(&class, team)["hints"].clone();
    let read: Vec<_> = hints(&a)
        .as_array()
        .expect("hints")
        .iter()
        .map(|hint| (hint["rung"].clone(), hint["step"].clone()))
        .collect();
    assert_eq!(read, [(json!(2), json!(1)), (json!(2), json!(2))]);
    assert_eq!(hints(&b), json!([]));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/staff/class").await.contains("rung 2: 2 of 3"));
    assert!(staff.page("/staff/hints").await.contains("1 team"));
}

/// A team's row.
fn of<'a>(class: &'a Value, team: &TeamCaller<'_>) -> &'a Value {
    let teams = class["teams"].as_array().expect("teams");
    let own = teams.iter().find(|row| row["team"] == team.id);
    own.expect("a row")
}

async fn the_teacher_opens_and_closes_and_the_last_word_counts(portal: Portal) {
    let mut class = class(&portal);
    let practice = class.practice.as_mut().expect("a practice");
    practice.hints[0].rung = 3;
    portal.set_up(class).await;
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let members = [
        Browser::member(&portal, a.id).await,
        Browser::member(&portal, b.id).await,
    ];
    // How many steps of rung 3 each can read.
    let open = async || {
        let mut open = [0, 0];
        for (member, open) in members.iter().zip(&mut open) {
            let page = member.page("/team/hints").await;
            while read(member, 3, *open + 1).await == DONE {
                *open += 1;
            }
            assert_eq!(page.contains("Rung 3:"), *open > 0, "{page}");
        }
        open
    };
    assert_eq!(open().await, [0, 0]);
    assert_eq!(say(&staff, Some(a.id), 1, true).await, DONE);
    assert_eq!(open().await, [1, 0]);
    // The next one alone, and each once.
    for step in [1, 3] {
        let said = say(&staff, Some(a.id), step, true).await;
        assert_eq!(said, StatusCode::CONFLICT);
    }
    assert_eq!(say(&staff, None, 1, true).await, DONE);
    assert_eq!(say(&staff, None, 2, true).await, DONE);
    assert_eq!(open().await, [2, 2]);
    assert_eq!(say(&staff, None, 1, false).await, StatusCode::CONFLICT);
    assert_eq!(say(&staff, None, 2, false).await, DONE);
    assert_eq!(say(&staff, Some(b.id), 1, false).await, DONE);
    assert_eq!(open().await, [1, 0]);
    // What was read and is closed is not shown.
    let page = members[0].page("/team/hints").await;
    assert_eq!(shown(&page, 3), [1]);
    assert!(shown(&members[1].page("/team/hints").await, 3).is_empty());

    // Both steps open by themselves, as their times come later; and the teacher closes one again.
    portal.wait(30 * MINUTE);
    assert_eq!(open().await, [2, 2]);
    assert_eq!(say(&staff, None, 2, false).await, DONE);
    portal.wait(60 * MINUTE);
    assert_eq!(open().await, [1, 1]);
    assert_eq!(say(&staff, Some(404), 2, true).await, StatusCode::NOT_FOUND);

    let page = staff.page("/staff/hints").await;
    assert!(
        page.contains("1 / 3") && page.contains("Close step 1"),
        "{page}"
    );
    let path = format!("/staff/hints?team={}", a.id);
    let page = staff.page(&path).await;
    assert!(page.contains("2 / 3"), "{page}");
    let audit = staff.page("/staff/audit").await;
    assert!(
        audit.contains("rung 3, step 1: a<") && audit.contains("close hint"),
        "{audit}"
    );
    assert!(audit.contains("rung 3, step 2: all teams"), "{audit}");
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
    run(&slow, &worker, Verdict::Pass, 100).await;
    portal.wait(10 * MINUTE);
    run(&quick, &worker, Verdict::Pass, 130).await;
    run(&slow, &worker, Verdict::Pass, 101).await;
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
    let own = of(&class, &slow);
    assert_eq!(
        (own["best"].clone(), own["ratio"].clone()),
        (json!(101), json!(1.01))
    );
    let reached = isutori_portal::class::course()
        .reached(1.01)
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
        "× 1.01",
        "× 1.30",
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
