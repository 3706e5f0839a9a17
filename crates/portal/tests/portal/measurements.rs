//! The final measurement and its rehearsals, with hosts and workers that are played.

mod played;

use std::{path::Path, time::Duration};

use isutori_portal::{
    measurement::{self, Plan, Reason},
    standings::Eyes,
    state::AppState,
};
use isutori_protocol::{
    Verdict,
    contest::{Enqueue, HostStep, JobState, Lease, Measurement, Outcome, TeamStep},
};
use reqwest::{Method, StatusCode};
use tokio::task::JoinSet;

use crate::{
    app::{Portal, WorkerCaller, broken, judged},
    browser::Browser,
    on_both_stores,
};
use played::{
    ALL, LATE, begin, command, drive, end, final_score, host_step, make_run, record, score_for,
    verified, verify,
};

on_both_stores!(
    a_team_goes_from_its_env_check_to_the_final_score,
    a_second_reboot_comes_before_the_data_is_looked_for,
    what_hosts_and_sites_fail_to_do_is_the_teams_affair,
    what_is_not_the_teams_affair_is_no_verdict,
    nobody_enqueues_meanwhile_and_a_run_before_is_not_disturbed,
    several_portals_command_a_reboot_once_and_a_killed_one_is_replaced,
    what_is_aborted_is_over_and_what_was_done_stays,
    a_team_rehearses_what_counts_for_nothing,
    the_staff_sees_each_step_and_measures_again,
    the_command_is_changed_at_the_portals_machine_alone,
);

async fn a_team_goes_from_its_env_check_to_the_final_score(portal: Portal) {
    command(&portal, "echo \"reboots $1\"").await;
    let team = portal.team("chairs").await;
    let [one, two] = [portal.worker("one").await, portal.worker("two").await];
    team.enqueue().await;
    one.judge(Verdict::Pass, 900).await;
    begin(&portal, ALL, &[&team]).await;
    drive(&portal).await;
    assert_eq!(host_step(&portal, &team).await, HostStep::Check);

    team.report("1").await;
    drive(&portal).await;
    assert_eq!(host_step(&portal, &team).await, HostStep::Boot);
    let host = record(&portal, &team).await.hosts.remove(0);
    assert_eq!(host.output.as_deref(), Some("reboots web of chairs\n"));
    // The same boot is no proof.
    team.report("1").await;
    drive(&portal).await;
    assert_eq!(host_step(&portal, &team).await, HostStep::Boot);
    assert!(one.claim().await.is_none());
    portal.wait(Duration::from_secs(100));
    team.report("2").await;
    drive(&portal).await;

    let assignment = one.claim().await.expect("the run");
    assert_eq!(assignment.targets, ["http://chairs.example"]);
    assert!(
        (490..=500).contains(&assignment.wait_seconds),
        "{assignment:?}"
    );
    one.finish(assignment.lease, Outcome::Stopped).await;
    let run = make_run(&one, Verdict::Pass, 500).await;
    assert_eq!(final_score(&portal, &team).await, Some(900), "not yet");
    drive(&portal).await;
    // Another worker can do it, as the portal has all that it takes; nobody else is given it.
    let assignment = two.claim().await.expect("the verification");
    assert_eq!(assignment.verifies, Some(run));
    let Lease { job, attempt } = assignment.lease;
    let file = async |worker: &WorkerCaller<'_>, name: &str| {
        let path = format!("/api/worker/files/{job}/{attempt}/{name}");
        let answer = worker
            .ask(Method::GET, &path)
            .send()
            .await
            .expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    };
    let ledger = (StatusCode::OK, "zipped ledger".to_owned());
    assert_eq!(file(&two, "ledger").await, ledger);
    assert_eq!(file(&two, "none").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(file(&one, "ledger").await.0, StatusCode::CONFLICT);
    // What was written shall not be put back by hand.
    let page = format!("/team/jobs/{run}");
    let ledger = format!("{page}/files/ledger");
    let (member, staff) = (
        Browser::member(&portal, team.id).await,
        Browser::staff(&portal).await,
    );
    assert_eq!(member.get(&ledger).await.status(), StatusCode::NOT_FOUND);
    assert!(!member.page(&page).await.contains(&ledger));
    assert!(staff.page(&page).await.contains(&ledger));
    two.finish(assignment.lease, verified(None)).await;
    drive(&portal).await;

    let record = record(&portal, &team).await;
    assert_eq!(
        (record.verdict, record.score),
        (Some(Verdict::Pass), Some(500))
    );
    assert_eq!(final_score(&portal, &team).await, Some(500));
    let mut connection = portal.state.connection().await.expect("a connection");
    let latest = measurement::latest(&mut connection, 1)
        .await
        .expect("a database");
    assert!(latest[0].measurement.ended_at.is_some());
}

async fn a_second_reboot_comes_before_the_data_is_looked_for(portal: Portal) {
    command(&portal, "true").await;
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    // The leaderboard is frozen by then.
    portal.wait(Duration::from_secs(6 * 3600 + 1));
    team.report("1").await;
    let plan = Plan {
        reboots_again: true,
        ..ALL
    };
    begin(&portal, plan, &[&team]).await;
    drive(&portal).await;
    team.report("2").await;
    drive(&portal).await;
    make_run(&worker, Verdict::Pass, 500).await;
    drive(&portal).await;
    assert_eq!(record(&portal, &team).await.hosts.len(), 2);
    assert_eq!(host_step(&portal, &team).await, HostStep::Boot);
    assert!(worker.claim().await.is_none());
    team.report("3").await;
    drive(&portal).await;
    verify(&worker, verified(Some("entry 7 is gone"))).await;
    drive(&portal).await;

    let why = "critical: entry 7 is gone [entry.lost]".to_owned();
    let lost = (Some(Verdict::Fail), Some(0), Reason::Lost { why });
    assert_eq!(end(&portal, &team).await, lost);
    let seen = async |eyes| score_for(&portal, &team, eyes).await;
    assert_eq!(seen(Eyes::Staff).await, Some(0));
    assert_eq!(seen(Eyes::Team(team.id)).await, Some(0));
    assert_eq!(seen(Eyes::Audience).await, None, "not before the release");
}

async fn what_hosts_and_sites_fail_to_do_is_the_teams_affair(portal: Portal) {
    command(&portal, "true").await;
    let [off, gone, wrong] = [
        portal.team("off").await,
        portal.team("gone").await,
        portal.team("wrong").await,
    ];
    let worker = portal.worker("w").await;
    off.report("1").await;
    portal.wait(LATE);
    for team in [&gone, &wrong] {
        team.report("1").await;
    }
    begin(&portal, ALL, &[&off, &gone, &wrong]).await;
    drive(&portal).await;
    wrong.report("2").await;
    drive(&portal).await;
    make_run(&worker, Verdict::Fail, 0).await;
    portal.wait(LATE);
    drive(&portal).await;

    let host = "web".to_owned();
    let silent = (Some(Verdict::Fail), Some(0), Reason::Silent { host });
    assert_eq!(end(&portal, &off).await, silent);
    let host = "web".to_owned();
    let not_back = (Some(Verdict::Fail), Some(0), Reason::NotBack { host });
    assert_eq!(end(&portal, &gone).await, not_back);
    let (verdict, score, reason) = end(&portal, &wrong).await;
    assert_eq!((verdict, score), (Some(Verdict::Fail), Some(0)));
    assert!(matches!(reason, Reason::Failed { .. }), "{reason:?}");
}

async fn what_is_not_the_teams_affair_is_no_verdict(portal: Portal) {
    command(&portal, "echo no such host; exit 1").await;
    let worker = portal.worker("w").await;
    let [silent, stuck, slow] = [
        portal.team("silent").await,
        portal.team("stuck").await,
        portal.team("slow").await,
    ];
    for team in [&stuck, &slow] {
        team.report("1").await;
    }
    slow.enqueue().await;
    worker.judge(Verdict::Pass, 70).await;
    begin(&portal, ALL, &[&silent, &stuck]).await;
    drive(&portal).await;
    portal.wait(LATE);
    drive(&portal).await;
    let host = || "web".to_owned();
    let no_report = (None, None, Reason::NoReport { host: host() });
    assert_eq!(end(&portal, &silent).await, no_report);
    let (verdict, score, reason) = end(&portal, &stuck).await;
    assert_eq!((verdict, score), (None, None));
    assert!(matches!(reason, Reason::NotCommanded { .. }), "{reason:?}");
    let said = record(&portal, &stuck).await.hosts[0].output.clone();
    assert_eq!(said.as_deref(), Some("no such host\n"));

    // Without a command somebody has to go there.
    portal.set_up(portal.contest()).await;
    slow.report("1").await;
    begin(&portal, ALL, &[&slow]).await;
    drive(&portal).await;
    assert_eq!(host_step(&portal, &slow).await, HostStep::Boot);
    portal.wait(LATE);
    drive(&portal).await;
    let not_rebooted = (None, None, Reason::NotRebooted { host: host() });
    assert_eq!(end(&portal, &slow).await, not_rebooted);

    // What a worker cannot do blames nobody, and the rule counts as before.
    let plan = Plan {
        reboots: false,
        ..ALL
    };
    slow.report("1").await;
    begin(&portal, plan, &[&slow]).await;
    drive(&portal).await;
    for _ in 0..3 {
        let assignment = worker.claim().await.expect("the run");
        worker.finish(assignment.lease, broken()).await;
        portal.wait(Duration::from_secs(60));
    }
    drive(&portal).await;
    let (verdict, _, reason) = end(&portal, &slow).await;
    assert_eq!(verdict, None);
    assert!(matches!(reason, Reason::NoVerdict { .. }), "{reason:?}");
    assert_eq!(final_score(&portal, &slow).await, Some(70));
}

async fn nobody_enqueues_meanwhile_and_a_run_before_is_not_disturbed(portal: Portal) {
    command(&portal, "true").await;
    let [team, other] = [portal.team("chairs").await, portal.team("others").await];
    let worker = portal.worker("w").await;
    team.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    begin(&portal, ALL, &[&team]).await;
    portal.wait(LATE);
    drive(&portal).await;
    assert_eq!(host_step(&portal, &team).await, HostStep::Check);
    let before = record(&portal, &team).await.waits_for;
    assert_eq!(before, Some(assignment.lease.job));
    for caller in [&team, &other] {
        let refused = caller.try_to_enqueue(&Enqueue::default()).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        let sentence = refused.text().await.expect("a sentence");
        assert!(sentence.contains("final measurement"), "{sentence}");
    }

    let outcome = judged(&assignment, Verdict::Pass, 1);
    worker.finish(assignment.lease, outcome).await;
    drive(&portal).await;
    // It has all its time from then on.
    assert_eq!(host_step(&portal, &team).await, HostStep::Check);
    team.report("1").await;
    drive(&portal).await;
    assert_eq!(host_step(&portal, &team).await, HostStep::Boot);
    team.report("2").await;
    drive(&portal).await;
    let run = record(&portal, &team).await.run.expect("a job").id;
    let request = team.ask(Method::POST, &format!("/api/team/jobs/{run}/cancel"));
    let refused = request.send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::CONFLICT, "it is the staff's");
    make_run(&worker, Verdict::Pass, 2).await;
    drive(&portal).await;
    verify(&worker, verified(None)).await;
    drive(&portal).await;
    team.enqueue().await;
    other.enqueue().await;
}

/// A portal of its own on the same database.
fn another(portal: &Portal) -> AppState {
    let mut state = AppState::new(portal.state.store.clone());
    state.clock = portal.state.clock.clone();
    state
}

async fn several_portals_command_a_reboot_once_and_a_killed_one_is_replaced(portal: Portal) {
    let folder = tempfile::tempdir().expect("a folder");
    let (begun, go) = (folder.path().join("begun"), folder.path().join("go"));
    let script = format!(
        "echo \"$1\" >>'{}'; until [ -e '{}' ]; do sleep 0.05; done",
        begun.display(),
        go.display()
    );
    command(&portal, &script).await;
    let team = portal.team("chairs").await;
    team.report("1").await;
    begin(&portal, ALL, &[&team]).await;
    let [one, two] = [another(&portal), another(&portal)];
    let (mut killed, mut alive) = (JoinSet::new(), JoinSet::new());
    let times = |path: &Path| std::fs::read_to_string(path).map_or(0, |text| text.lines().count());
    while times(&begun) == 0 {
        let driven = tokio::join!(
            measurement::drive(&one, &mut killed),
            measurement::drive(&two, &mut alive)
        );
        driven.0.and(driven.1).expect("a database");
    }
    assert_eq!((times(&begun), killed.len() + alive.len()), (1, 1));

    // Whichever commanded it is killed, and the other waits for as long as a command may take.
    for set in [&mut killed, &mut alive] {
        set.shutdown().await;
    }
    let mut again = JoinSet::new();
    measurement::drive(&two, &mut again)
        .await
        .expect("a database");
    assert_eq!(again.len(), 0);
    portal.wait(Duration::from_secs(200));
    std::fs::write(&go, "").expect("a file");
    measurement::drive(&two, &mut again)
        .await
        .expect("a database");
    assert_eq!(again.len(), 1);
    while again.join_next().await.is_some() {}
    assert_eq!(times(&begun), 2);
    assert_eq!(host_step(&portal, &team).await, HostStep::Boot);
    team.report("2").await;
    drive(&portal).await;
    let jobs = portal.worker("w").await.claim().await;
    assert!(jobs.is_some());
}

async fn what_is_aborted_is_over_and_what_was_done_stays(portal: Portal) {
    let [done, left] = [portal.team("done").await, portal.team("left").await];
    let worker = portal.worker("w").await;
    let plan = Plan {
        checks: false,
        reboots: false,
        ..ALL
    };
    begin(&portal, plan, &[&done]).await;
    drive(&portal).await;
    make_run(&worker, Verdict::Pass, 10).await;
    drive(&portal).await;
    verify(&worker, verified(None)).await;
    drive(&portal).await;
    let id = begin(&portal, plan, &[&done, &left]).await;
    drive(&portal).await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let twice = measurement::begin(&mut connection, &plan, &[left.id], "staff", now).await;
    let why = twice.expect_err("it is measured already").to_string();
    assert!(why.contains("left"), "{why}");

    for expected in [true, false] {
        let aborted = measurement::abort(&mut connection, id, now).await;
        assert_eq!(aborted.expect("a database"), expected);
    }
    drive(&portal).await;
    assert_eq!(end(&portal, &left).await, (None, None, Reason::Aborted));
    assert!(worker.claim().await.is_none());
    let run = record(&portal, &left).await.run.expect("a job");
    assert_eq!(run.state().expect("a state"), JobState::Cancelled);
    assert_eq!(final_score(&portal, &done).await, Some(10));
    let counts = measurement::let_count(&mut connection, id - 1, false).await;
    assert!(counts.expect("a database"));
    assert_eq!(final_score(&portal, &done).await, None);
}

async fn a_team_rehearses_what_counts_for_nothing(portal: Portal) {
    command(&portal, "true").await;
    let [team, other] = [portal.team("chairs").await, portal.team("others").await];
    let worker = portal.worker("w").await;
    team.report("1").await;
    let ask = async |method: Method| {
        let request = team.ask(method, "/api/team/rehearsal");
        request.send().await.expect("an answer")
    };
    assert_eq!(ask(Method::GET).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask(Method::POST).await.status(), StatusCode::CREATED);
    let again = ask(Method::POST).await.status();
    assert_eq!(again, StatusCode::BAD_REQUEST, "one at a time");
    let refused = team.try_to_enqueue(&Enqueue::default()).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let job = other.enqueue().await.id;
    other.cancel(job).await;
    drive(&portal).await;
    team.report("2").await;
    drive(&portal).await;
    make_run(&worker, Verdict::Pass, 500).await;
    drive(&portal).await;
    verify(&worker, verified(None)).await;
    drive(&portal).await;
    let told: Measurement = ask(Method::GET).await.json().await.expect("a measurement");
    assert_eq!((told.step, told.score), (TeamStep::Over, Some(500)));
    assert!(!told.counts);
    assert_eq!(final_score(&portal, &team).await, None);

    assert_eq!(ask(Method::POST).await.status(), StatusCode::CREATED);
    begin(&portal, ALL, &[&other]).await;
    assert_eq!(end(&portal, &team).await.2, Reason::Aborted);
    portal.wait(Duration::from_secs(8 * 3600));
    assert_eq!(ask(Method::POST).await.status(), StatusCode::BAD_REQUEST);
}

async fn the_staff_sees_each_step_and_measures_again(portal: Portal) {
    command(&portal, "echo '<b>rebooting</b>'").await;
    let [team, out] = [portal.team("chairs").await, portal.team("out").await];
    let staff = Browser::staff(&portal).await;
    team.report("1").await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let row = isutori_portal::teams::find(&mut connection, out.id).await;
    let mut row = row.expect("a team").expect("a team");
    row.excluded = 1;
    let changed = isutori_portal::teams::change(&mut connection, &row).await;
    changed.expect("a change");
    drop(connection);
    let page = staff.page("/staff/final").await;
    let ticked = |team: i64| format!("name=\"team\" value=\"{team}\" checked");
    assert!(page.contains(&ticked(team.id)) && !page.contains(&ticked(out.id)));

    let id = team.id.to_string();
    let mut form = vec![("team", id.as_str()), ("deadline", "5"), ("counts", "1")];
    let refused = staff.post("/staff/final", &form[1..]).await;
    assert_eq!(
        refused.status(),
        StatusCode::BAD_REQUEST,
        "nobody was chosen"
    );
    form.extend([("checks", "1"), ("reboots", "1")]);
    let begun = staff.post("/staff/final", &form).await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    drive(&portal).await;
    let page = staff.page("/staff/final").await;
    assert!(page.contains("waits for another boot id"), "{page}");
    assert!(
        page.contains("rebooting") && !page.contains("<b>rebooting"),
        "{page}"
    );
    let member = Browser::member(&portal, team.id).await;
    let own = member.page("/team").await;
    assert!(own.contains("waits for another boot id"), "{own}");

    portal.wait(Duration::from_secs(301));
    drive(&portal).await;
    let page = staff.page("/staff/final?lang=ja").await;
    assert!(page.contains("起動が確認できないホスト： web"), "{page}");
    let again = staff.post("/staff/final", &form).await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    let aborted = staff.post("/staff/final/2/abort", &[]).await;
    assert_eq!(aborted.status(), StatusCode::SEE_OTHER);
    let (_, _, reason) = end(&portal, &team).await;
    assert_eq!(reason, Reason::Aborted);
}

async fn the_command_is_changed_at_the_portals_machine_alone(portal: Portal) {
    command(&portal, "true").await;
    let kept = async || {
        let current = portal.state.contest().await.expect("a contest");
        current.contest
    };
    let toml = kept().await.to_toml();
    let staff = Browser::staff(&portal).await;
    let other = toml.replace("\"true\"", "\"rm -rf /\"");
    assert_ne!(other, toml);
    let none = portal.contest().to_toml();
    for refused in [other, none] {
        let answer = staff.post("/staff/contest", &[("toml", &refused)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(kept().await.to_toml(), toml);
    }
    let renamed = toml.replace("Test", "Renamed");
    let answer = staff.post("/staff/contest", &[("toml", &renamed)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(kept().await.name, "Renamed");
}
