//! When teams may enqueue, and who sees which scores when.

use std::time::Duration;

use isutori_portal::{
    contest::{Prize, Rule, release},
    judged::Judged,
    standings::{Eyes, Standings, standings},
};
use isutori_protocol::{Verdict, contest::Enqueue};
use reqwest::StatusCode;

use crate::{
    app::{Portal, TeamCaller, WorkerCaller},
    on_both_stores,
};

on_both_stores!(
    teams_enqueue_from_the_start_to_their_own_end,
    the_audience_sees_the_freeze_and_then_the_release,
    places_follow_the_rule_and_prizes_the_first,
);

const HOUR: Duration = Duration::from_secs(3600);

async fn board(portal: &Portal, eyes: Eyes) -> Standings {
    let current = portal.state.contest().await.expect("a contest");
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let judged = Judged::read(&mut connection, now).await;
    standings(&judged.expect("a database"), &current, eyes, now)
}

async fn run(portal: &Portal, team: &TeamCaller<'_>, worker: &WorkerCaller<'_>, score: u64) {
    team.enqueue().await;
    worker.judge(Verdict::Pass, score).await;
    portal.wait(Duration::from_secs(60));
}

async fn teams_enqueue_from_the_start_to_their_own_end(portal: Portal) {
    let mut contest = portal.contest();
    let late = contest.starts_at + jiff::SignedDuration::from_hours(2);
    contest.starts_at = late;
    portal.set_up(contest).await;
    let team = portal.team("chairs").await;
    let refusal = async || {
        let answer = team.try_to_enqueue(&Enqueue::default()).await;
        let status = answer.status();
        (status, answer.text().await.expect("a sentence"))
    };
    let (status, sentence) = refusal().await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(sentence.contains("has not begun"), "{sentence}");

    portal.wait(7 * HOUR + HOUR / 2);
    assert!(refusal().await.1.contains("is over"));
    portal
        .change_team(team.id, |team| team.extra_seconds = 3600)
        .await;
    let job = team.enqueue().await;
    team.cancel(job.id).await;
    portal.change_team(team.id, |team| team.excluded = 1).await;
    assert!(refusal().await.1.contains("not part of the contest"));
}

async fn the_audience_sees_the_freeze_and_then_the_release(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let hidden = portal.team("staff").await;
    portal.change_team(hidden.id, |team| team.hidden = 1).await;
    let worker = portal.worker("w").await;
    run(&portal, &a, &worker, 100).await;
    run(&portal, &b, &worker, 50).await;
    run(&portal, &hidden, &worker, 999).await;
    portal.wait(6 * HOUR);
    run(&portal, &b, &worker, 200).await;

    let scores = async |eyes| {
        let board = board(&portal, eyes).await;
        let teams = board.teams.into_iter();
        let teams = teams.map(|team| (team.name.to_string(), team.place, team.score.unwrap_or(0)));
        (board.is_frozen, teams.collect::<Vec<_>>())
    };
    let a_first = vec![
        ("a".to_owned(), Some(1), 100),
        ("b".to_owned(), Some(2), 50),
    ];
    let b_first = vec![
        ("b".to_owned(), Some(1), 200),
        ("a".to_owned(), Some(2), 100),
    ];
    assert_eq!(scores(Eyes::Audience).await, (true, a_first.clone()));
    assert_eq!(scores(Eyes::Team(a.id)).await, (true, a_first));
    assert_eq!(scores(Eyes::Team(b.id)).await, (true, b_first.clone()));
    let (is_frozen, all) = scores(Eyes::Staff).await;
    assert_eq!((is_frozen, all.len()), (false, 3));

    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    release(&mut connection, Some(now))
        .await
        .expect("a release");
    assert_eq!(scores(Eyes::Audience).await, (false, b_first));
}

async fn places_follow_the_rule_and_prizes_the_first(portal: Portal) {
    let mut contest = portal.contest();
    let title = "first to 100".to_owned();
    contest.prizes = vec![Prize {
        title,
        first_to: Some(100),
        best_at: None,
    }];
    portal.set_up(contest.clone()).await;
    let [a, b, c] = [
        portal.team("a").await,
        portal.team("b").await,
        portal.team("c").await,
    ];
    let worker = portal.worker("w").await;
    run(&portal, &b, &worker, 120).await;
    run(&portal, &a, &worker, 300).await;
    run(&portal, &a, &worker, 99).await;
    run(&portal, &b, &worker, 100).await;
    c.enqueue().await;
    worker.judge(Verdict::Fail, 0).await;

    let last = board(&portal, Eyes::Audience).await;
    let names = |board: &Standings| {
        let teams = board.teams.iter();
        teams.map(|team| team.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&last), ["b", "a", "c"]);
    assert!(last.teams[0].is_close && !last.teams[1].is_close);
    assert_eq!(last.teams[2].score, Some(0));
    assert_eq!(last.prizes[0].team.as_deref(), Some("b"));

    contest.rule = Rule::Best;
    portal.set_up(contest).await;
    assert_eq!(
        names(&board(&portal, Eyes::Audience).await),
        ["a", "b", "c"]
    );
}
