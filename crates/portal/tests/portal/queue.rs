//! Who may have a job, who gets it, and in which order.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use isutori_protocol::{
    Verdict,
    contest::{CONTEST_VERSION, Enqueue, Hello, Job, JobState},
};
use reqwest::{Method, StatusCode};

use crate::{
    app::{Portal, TeamCaller},
    on_both_stores,
};

on_both_stores!(
    a_team_has_one_job_under_way_however_many_ask_at_once,
    a_team_that_asks_too_often_waits_a_minute,
    a_job_goes_to_one_worker_however_many_claim_at_once,
    whoever_came_first_is_served_first_and_told_of_the_others,
    hosts_can_be_chosen_and_must_exist,
    a_zone_keeps_its_jobs,
    a_worker_has_no_more_than_it_takes_and_none_when_it_drains,
    a_contest_pinned_to_a_build_gives_nothing_to_another,
);

async fn a_team_has_one_job_under_way_however_many_ask_at_once(portal: Portal) {
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    // A number of rounds to search longer: 250 are 10,000 requests.
    let rounds = std::env::var("ISUTORI_RACES").ok();
    let rounds = rounds.map_or(5, |rounds| rounds.parse().expect("a number"));
    for _ in 0..rounds {
        let wish = Enqueue::default();
        let answers = join_all((0..40).map(|_| team.try_to_enqueue(&wish))).await;
        let mut made = 0;
        let mut seen = BTreeSet::new();
        for answer in answers {
            match answer.status() {
                StatusCode::CREATED => made += 1,
                status => assert_eq!(status, StatusCode::CONFLICT),
            }
            seen.insert(answer.json::<Job>().await.expect("a job").id);
        }
        assert_eq!((made, seen.len()), (1, 1), "{seen:?}");
        worker.judge(Verdict::Pass, 1).await;
        // A team's programs may not ask as often as they like.
        portal.wait(Duration::from_secs(60));
    }
}

async fn a_team_that_asks_too_often_waits_a_minute(portal: Portal) {
    let [team, other] = [portal.team("a").await, portal.team("b").await];
    let status = async |team: &TeamCaller<'_>| {
        let request = team.ask(Method::GET, "/api/team");
        request.send().await.expect("an answer").status()
    };
    let mut admitted = 0;
    while admitted <= 600 && status(&team).await == StatusCode::OK {
        admitted += 1;
    }
    assert_eq!(admitted, 600);
    assert_eq!(status(&other).await, StatusCode::OK);
    portal.wait(Duration::from_secs(60));
    assert_eq!(status(&team).await, StatusCode::OK);
}

async fn a_job_goes_to_one_worker_however_many_claim_at_once(portal: Portal) {
    const JOBS: usize = 12;
    let mut expected = BTreeSet::new();
    for number in 0..JOBS {
        let team = portal.team(&format!("team{number}")).await;
        expected.insert(team.enqueue().await.id);
    }
    let mut workers = Vec::new();
    for number in 0..JOBS + 4 {
        workers.push(portal.worker(&format!("w{number}")).await);
    }

    let mut claimed = Vec::new();
    // With rows locked by others one may find nothing at first.
    for _ in 0..JOBS {
        let answers = join_all(workers.iter().map(|worker| worker.claim())).await;
        claimed.extend(answers.into_iter().flatten().map(|job| job.lease.job));
    }

    assert_eq!(claimed.len(), JOBS);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), expected);
}

async fn whoever_came_first_is_served_first_and_told_of_the_others(portal: Portal) {
    let teams = [portal.team("a").await, portal.team("b").await];
    let first = teams[1].enqueue().await;
    let second = teams[0].enqueue().await;
    assert_eq!((first.ahead, second.ahead), (Some(0), Some(1)));
    assert_eq!(
        second.expected_wait_seconds, None,
        "nobody is there to do it"
    );

    let worker = portal.worker("w").await;
    let claimed = worker.claim().await.expect("a job");
    assert_eq!(claimed.lease.job, first.id);
    assert_eq!(claimed.targets, ["http://b.example"]);
    assert!(claimed.seed < 1 << 53);
    let waiting = teams[0].job(second.id).await;
    assert_eq!((waiting.state, waiting.ahead), (JobState::Waiting, Some(0)));
    assert_eq!(
        waiting.expected_wait_seconds,
        Some(0),
        "no run has ended yet"
    );
    let running = teams[1].job(first.id).await;
    assert_eq!(running.state, JobState::Running);
    assert_eq!(running.seed, None, "a seed is told when the run is over");
}

async fn hosts_can_be_chosen_and_must_exist(portal: Portal) {
    let team = portal.team("chairs").await;
    let wish = |host: &str| Enqueue {
        hosts: vec![host.to_owned()],
        note: Some("椅子".to_owned()),
        commit: Some("c0ffee".to_owned()),
    };
    let refused = team.try_to_enqueue(&wish("db")).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let sentence = refused.text().await.expect("a sentence");
    assert!(sentence.contains("no host named \\\"db\\\""), "{sentence}");

    let accepted = team.try_to_enqueue(&wish("web")).await;
    let job: Job = accepted.json().await.expect("a job");
    assert_eq!(job.targets, ["http://chairs.example"]);
    assert_eq!(job.note.as_deref(), Some("椅子"));
    let too_long = Enqueue {
        note: Some("x".repeat(201)),
        ..wish("web")
    };
    let refused = team.try_to_enqueue(&too_long).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

async fn a_zone_keeps_its_jobs(portal: Portal) {
    let team = portal.team("north").await;
    let job = team.enqueue().await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let row = isutori_portal::teams::find(&mut connection, team.id).await;
    let mut row = row.expect("the team").expect("the team");
    row.zone = Some("north".to_owned());
    isutori_portal::teams::change(&mut connection, &row)
        .await
        .expect("a change");
    let hello = |name: &str, zone: Option<&str>| Hello {
        version: CONTEST_VERSION,
        name: name.to_owned(),
        zone: zone.map(str::to_owned),
        concurrency: 1,
        build: crate::app::BUILD.to_owned(),
    };
    let anywhere = portal.worker_as(&hello("w1", None)).await;
    let south = portal.worker_as(&hello("w2", Some("south"))).await;
    let north = portal.worker_as(&hello("w3", Some("north"))).await;
    assert_eq!(anywhere.claim().await, None);
    assert_eq!(south.claim().await, None);
    let claimed = north.claim().await.expect("a job");
    assert_eq!(claimed.lease.job, job.id);
}

async fn a_worker_has_no_more_than_it_takes_and_none_when_it_drains(portal: Portal) {
    for name in ["a", "b", "c", "d"] {
        portal.team(name).await.enqueue().await;
    }
    let hello = Hello {
        version: CONTEST_VERSION,
        name: "w".to_owned(),
        zone: None,
        concurrency: 2,
        build: crate::app::BUILD.to_owned(),
    };
    let worker = portal.worker_as(&hello).await;
    assert!(worker.claim().await.is_some());
    assert!(worker.claim().await.is_some());
    assert_eq!(worker.claim().await, None);

    let other = portal.worker("other").await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let drain = async |connection: &mut sqlx::AnyConnection, draining| {
        isutori_portal::workers::drain(connection, other.number, draining)
            .await
            .expect("a change");
    };
    drain(&mut connection, true).await;
    assert_eq!(other.claim().await, None);
    drain(&mut connection, false).await;
    assert!(other.claim().await.is_some());
}

async fn a_contest_pinned_to_a_build_gives_nothing_to_another(portal: Portal) {
    let mut contest = portal.contest();
    contest.run.build = Some("another".to_owned());
    portal.set_up(contest).await;
    portal.team("chairs").await.enqueue().await;
    let worker = portal.worker("w").await;
    assert_eq!(worker.claim().await, None);
}
