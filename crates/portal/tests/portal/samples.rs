//! What hosts sample of themselves during runs.

use std::time::Duration;

use isutori_protocol::{
    Phase, Progress, Timeline, Verdict,
    contest::{
        Assignment, CpuUse, Heartbeat, HostSamples, HostSecond, Lease, ProcessUse, RunUnderWay,
    },
};
use reqwest::{Method, StatusCode};

use crate::{
    app::{Portal, TeamCaller, WorkerCaller, judged, zipped},
    browser::Browser,
    on_both_stores,
};

on_both_stores!(
    a_host_is_told_of_its_teams_runs,
    the_page_of_a_run_says_what_was_the_limit,
    what_a_host_samples_is_text,
    samples_are_bounded,
    samples_belong_to_a_run_of_the_team,
    other_teams_see_nothing_of_hosts,
);

impl TeamCaller<'_> {
    async fn run_under_way(&self, known: Option<Lease>) -> RunUnderWay {
        let known = known.map(|Lease { job, attempt }| format!("?known={job}.{attempt}"));
        let path = format!("/api/host/run{}", known.unwrap_or_default());
        let request = self.ask_as_host(Method::GET, &path);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("a run")
    }

    async fn hand_in(&self, samples: &HostSamples) -> StatusCode {
        let request = self.ask_as_host(Method::POST, "/api/host/samples");
        request
            .json(samples)
            .send()
            .await
            .expect("an answer")
            .status()
    }
}

/// Seconds of a host whose processors are busy, from one second of the run on.
fn samples(host: &str, lease: Lease, from: u64, count: u64) -> HostSamples {
    let process = |name: &str, cpu| ProcessUse {
        name: name.to_owned(),
        unit: format!("{name}.service"),
        cpu,
        memory: 300 << 20,
        ..ProcessUse::default()
    };
    let second = |second: u64| HostSecond {
        at_ms: second * 1000,
        cpu: CpuUse {
            user: 900,
            system: 80,
            ..CpuUse::default()
        },
        memory: 1 << 30,
        processes: vec![process("mariadbd", 1392), process("suwaru", 500)],
        ..HostSecond::default()
    };
    HostSamples {
        host: host.to_owned(),
        lease,
        processors: 2,
        memory: 4 << 30,
        seconds: (from..from + count).map(second).collect(),
    }
}

/// How many seconds of all hosts are kept.
async fn kept(portal: &Portal) -> i64 {
    let mut connection = portal.state.connection().await.expect("a connection");
    let sql = "SELECT CAST(SUM(seconds) AS BIGINT) FROM host_samples";
    let kept = sqlx::query_scalar(sql).fetch_one(&mut *connection).await;
    kept.expect("samples")
}

/// A run of the team that has been under way for some time.
async fn begin(portal: &Portal, team: &TeamCaller<'_>, worker: &WorkerCaller<'_>) -> Assignment {
    team.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    portal.wait(Duration::from_secs(40));
    assignment
}

async fn page(browser: &Browser, lease: Lease) -> String {
    browser.page(&format!("/team/jobs/{}", lease.job)).await
}

async fn a_host_is_told_of_its_teams_runs(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let (told, assignment) = tokio::join!(team.run_under_way(None), async {
        begin(&portal, &team, &worker).await
    });
    let run = told.run.expect("a run");
    assert_eq!(run.lease, assignment.lease);

    let again = team.run_under_way(None).await.run.expect("a run");
    assert!(again.elapsed_ms >= 40_000, "{again:?}");
    let outcome = judged(&assignment, Verdict::Pass, 1);
    let (told, _) = tokio::join!(
        team.run_under_way(Some(run.lease)),
        worker.finish(run.lease, outcome)
    );
    assert_eq!(told.run, None);
}

async fn the_page_of_a_run_says_what_was_the_limit(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let assignment = begin(&portal, &team, &worker).await;
    let lease = assignment.lease;
    // People have come for 20 of the 60 seconds.
    let progress = Progress {
        sequence: 1,
        phase: Phase::Load,
        seconds_left: 40.0,
        people: 1,
        requests_per_second: 1.0,
        score: 1,
        errors: 0,
    };
    let beat = Heartbeat {
        lease,
        progress: Some(progress),
        log: Vec::new(),
    };
    let beat = worker
        .ask(Method::POST, "/api/worker/heartbeat")
        .json(&beat);
    beat.send().await.expect("an answer");
    let idle = HostSamples {
        seconds: vec![HostSecond {
            at_ms: 30_000,
            ..HostSecond::default()
        }],
        ..samples("a-idle", lease, 0, 0)
    };
    assert_eq!(team.hand_in(&idle).await, StatusCode::NO_CONTENT);
    for from in [21, 31] {
        let piece = samples("web", lease, from, 10);
        assert_eq!(team.hand_in(&piece).await, StatusCode::NO_CONTENT);
        // The answer may not have come through.
        assert_eq!(team.hand_in(&piece).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(kept(&portal).await, 21, "what came twice is kept once");
    let member = Browser::member(&portal, team.id).await;
    let staff = Browser::staff(&portal).await;
    let sentence = "web: processors 98 % busy; mariadbd took 71 % of that";
    assert!(page(&member, lease).await.contains(sentence));

    let mut timeline = Timeline::new(Vec::new());
    timeline.seconds.push(isutori_protocol::Second {
        until: 1.0,
        score: 4_000,
        ..Default::default()
    });
    let timeline = serde_json::to_string(&timeline).expect("JSON");
    let file = format!("/api/worker/files/{}/1/timeline.json", lease.job);
    let put = worker.ask(Method::PUT, &file).body(zipped(&timeline));
    let put = put.header("content-encoding", "gzip").send().await;
    assert!(put.expect("an answer").status().is_success());
    worker
        .finish(lease, judged(&assignment, Verdict::Pass, 1))
        .await;

    for browser in [&member, &staff] {
        let page = page(browser, lease).await;
        let busy = page.find(sentence).expect("what was the limit");
        let idle = page.find("a-idle: nothing was at its limit").expect("both");
        assert!(busy < idle, "the busiest host comes first");
        assert!(page.contains("class=\"load\"") && page.contains("4,000"));
        assert!(page.contains("139.2 %"), "{page}");
        assert!(page.contains("mariadbd.service"));
    }
    let path = format!("/team/jobs/{}?lang=ja", lease.job);
    let japanese = member.page(&path).await;
    assert!(japanese.contains("web: プロセッサの使用率 98%。そのうち 71% は mariadbd"));
}

async fn what_a_host_samples_is_text(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let lease = begin(&portal, &team, &worker).await.lease;
    let mut hostile = samples("web", lease, 1, 3);
    for process in hostile.seconds.iter_mut().flat_map(|s| &mut s.processes) {
        process.name = "</title><script>alert(1)".to_owned();
        process.unit = "\"'><img src=x>".to_owned();
    }
    assert_eq!(team.hand_in(&hostile).await, StatusCode::NO_CONTENT);
    let member = Browser::member(&portal, team.id).await;
    let page = page(&member, lease).await;
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
}

async fn samples_are_bounded(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let lease = begin(&portal, &team, &worker).await.lease;
    portal.wait(Duration::from_secs(3_600));

    let too_many = samples("web", lease, 1, 61);
    assert_eq!(team.hand_in(&too_many).await, StatusCode::BAD_REQUEST);
    let mut large = samples("web", lease, 1, 60);
    for second in &mut large.seconds {
        second.processes = vec![second.processes[0].clone(); 100];
    }
    assert_eq!(team.hand_in(&large).await, StatusCode::PAYLOAD_TOO_LARGE);
    for from in (1..1_201).step_by(60) {
        let piece = samples("web", lease, from, 60);
        assert_eq!(team.hand_in(&piece).await, StatusCode::NO_CONTENT, "{from}");
    }
    let more = samples("web", lease, 1_300, 1);
    assert_eq!(team.hand_in(&more).await, StatusCode::CONFLICT);
    // A team of this contest has three hosts.
    for (host, status) in [
        ("b", StatusCode::NO_CONTENT),
        ("c", StatusCode::NO_CONTENT),
        ("d", StatusCode::CONFLICT),
    ] {
        let piece = samples(host, lease, 1, 1);
        assert_eq!(team.hand_in(&piece).await, status, "{host}");
    }
    // All of that can be looked at.
    let member = Browser::member(&portal, team.id).await;
    let page = page(&member, lease).await;
    assert!(page.len() < 600_000, "{} bytes", page.len());
}

async fn samples_belong_to_a_run_of_the_team(portal: Portal) {
    let [team, other] = [portal.team("chairs").await, portal.team("others").await];
    let worker = portal.worker("w").await;
    let assignment = begin(&portal, &team, &worker).await;
    let lease = assignment.lease;
    let piece = samples("web", lease, 1, 3);
    assert_eq!(other.hand_in(&piece).await, StatusCode::NOT_FOUND);
    let next = Lease {
        attempt: 2,
        ..lease
    };
    let early = samples("web", next, 1, 3);
    assert_eq!(team.hand_in(&early).await, StatusCode::NOT_FOUND);
    // What has not happened yet is left out.
    let future = samples("web", lease, 39, 60);
    assert_eq!(team.hand_in(&future).await, StatusCode::NO_CONTENT);
    let kept = kept(&portal).await;
    assert!((2..60).contains(&kept), "{kept}");

    worker
        .finish(lease, judged(&assignment, Verdict::Pass, 1))
        .await;
    portal.wait(Duration::from_secs(60));
    assert_eq!(team.hand_in(&piece).await, StatusCode::NO_CONTENT);
    portal.wait(Duration::from_secs(600));
    let late = samples("web", lease, 10, 3);
    assert_eq!(team.hand_in(&late).await, StatusCode::CONFLICT);
}

async fn other_teams_see_nothing_of_hosts(portal: Portal) {
    let [team, other] = [portal.team("chairs").await, portal.team("others").await];
    let worker = portal.worker("w").await;
    let lease = begin(&portal, &team, &worker).await.lease;
    team.hand_in(&samples("web", lease, 1, 3)).await;
    let stranger = Browser::member(&portal, other.id).await;
    let answer = stranger.get(&format!("/team/jobs/{}", lease.job)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(!answer.text().await.expect("a page").contains("mariadbd"));
    let nothing = other
        .run_under_way(Some(Lease { job: 0, attempt: 0 }))
        .await;
    assert_eq!(nothing.run, None);
}
