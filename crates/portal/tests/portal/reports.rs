//! What hosts tell of themselves.

use std::time::Duration;

use isutori_portal::{
    measurement::{self, Plan},
    teams::{self, HostState, Problem},
};
use isutori_protocol::contest::{Enqueue, HostReport, ReportTaken};
use reqwest::StatusCode;

use crate::{
    app::{Portal, TeamCaller},
    browser::Browser,
    on_both_stores,
};

on_both_stores!(
    a_host_registers_itself_as_long_as_its_team_may,
    a_host_is_heard_when_addresses_are_settled,
    a_boot_is_known_by_its_id,
    an_address_that_two_claim_is_told,
    a_host_that_serves_nothing_is_rebooted_and_not_visited,
    what_a_host_tells_is_text_and_bounded,
);

async fn states(portal: &Portal, team: i64) -> Vec<HostState> {
    let mut connection = portal.state.connection().await.expect("a connection");
    let states = teams::host_states(&mut connection, team).await;
    states.expect("hosts")
}

async fn taken(team: &TeamCaller<'_>, report: &HostReport) -> ReportTaken {
    let answer = team.try_to_report(report).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("an answer")
}

async fn a_host_registers_itself_as_long_as_its_team_may(portal: Portal) {
    let team = portal.team("chairs").await;
    for host in ["a", "b"] {
        let told = taken(&team, &team.report_of(host, "1")).await;
        assert_eq!(told.url, Some(format!("http://{host}.chairs.example")));
        assert_eq!(told.problems, Vec::<String>::new());
    }
    let names = states(&portal, team.id).await.into_iter();
    assert!(names.map(|state| state.host.name).eq(["a", "b", "web"]));
    let refused = team.try_to_report(&team.report_of("c", "1")).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);

    let moved = HostReport {
        url: Some("http://elsewhere.example".to_owned()),
        ..team.report_of("b", "1")
    };
    assert_eq!(taken(&team, &moved).await.url, moved.url);
    let silent = HostReport {
        url: None,
        ..team.report_of("b", "1")
    };
    assert_eq!(taken(&team, &silent).await.url, moved.url);
}

async fn a_host_that_serves_nothing_is_rebooted_and_not_visited(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    for team in [&a, &b] {
        let data = HostReport {
            url: None,
            ..team.report_of("data", "1")
        };
        let told = taken(team, &data).await;
        assert_eq!((told.url, told.problems), (None, Vec::new()));
    }
    let job = a.enqueue().await;
    assert_eq!(job.targets, ["http://a.example"]);
    let wish = Enqueue {
        hosts: vec!["data".to_owned()],
        ..Enqueue::default()
    };
    let refused = b.try_to_enqueue(&wish).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);

    let mut connection = portal.state.connection().await.expect("a connection");
    let (plan, now) = (Plan::REHEARSAL, portal.state.clock.now());
    let begun = measurement::begin(&mut connection, &plan, &[b.id], "", now).await;
    begun.expect("a rehearsal");
    let rehearsed = measurement::of_team(&mut connection, b.id).await;
    let hosts = rehearsed
        .expect("a database")
        .expect("a measurement")
        .1
        .hosts;
    assert!(hosts.iter().map(|host| &*host.name).eq(["data", "web"]));
}

async fn a_host_is_heard_when_addresses_are_settled(portal: Portal) {
    let team = portal.team("chairs").await;
    portal.wait(Duration::from_secs(8 * 3600));
    team.report("1").await;
    let moved = HostReport {
        url: Some("http://elsewhere.example".to_owned()),
        ..team.report_of("web", "2")
    };
    let told = taken(&team, &moved).await;
    assert_eq!(told.url.as_deref(), Some("http://chairs.example"));
    assert!(told.problems[0].ends_with("http://elsewhere.example"));
    let state = states(&portal, team.id).await.remove(0);
    assert_eq!(state.boot_id.as_deref(), Some("2"));
    let elsewhere = Problem::Elsewhere("http://elsewhere.example".to_owned());
    assert_eq!(state.problems(), [elsewhere]);
    let unknown = team.try_to_report(&team.report_of("new", "1")).await;
    assert_eq!(unknown.status(), StatusCode::CONFLICT);
    assert_eq!(states(&portal, team.id).await.len(), 1);
}

async fn a_boot_is_known_by_its_id(portal: Portal) {
    let team = portal.team("chairs").await;
    let mut seen = Vec::new();
    for boot_id in [Some("1"), Some("1"), None, Some("2")] {
        let report = HostReport {
            boot_id: boot_id.map(str::to_owned),
            ..team.report_of("web", "")
        };
        taken(&team, &report).await;
        let state = states(&portal, team.id).await.remove(0);
        seen.push((state.boot_id, state.booted_at, state.reported_at));
        portal.wait(Duration::from_secs(60));
    }
    let boots: Vec<_> = seen
        .iter()
        .map(|(id, at, _)| (id.as_deref(), *at))
        .collect();
    assert_eq!(boots[0], (Some("1"), seen[0].2));
    assert_eq!([boots[1], boots[2]], [boots[0]; 2]);
    assert_eq!(boots[3], (Some("2"), seen[3].2));
}

async fn an_address_that_two_claim_is_told(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    a.report("1").await;
    b.report("1").await;
    assert_eq!(states(&portal, a.id).await[0].problems(), []);

    let claim = HostReport {
        url: Some("http://a.example".to_owned()),
        ..b.report_of("web", "1")
    };
    let told = taken(&b, &claim).await;

    let own = Some("http://b.example");
    assert_eq!(told.url.as_deref(), own, "it belongs to another");
    let found = states(&portal, b.id).await[0].problems();
    assert_eq!(found[0], Problem::Contested);
    assert_eq!(
        states(&portal, a.id).await[0].problems(),
        [Problem::Contested]
    );
}

async fn what_a_host_tells_is_text_and_bounded(portal: Portal) {
    let team = portal.team("chairs").await;
    let kernel = |kernel: &str| HostReport {
        kernel: Some(kernel.to_owned()),
        ..team.report_of("web", "1")
    };
    taken(&team, &kernel("<script>alert(1)</script>")).await;
    let member = Browser::member(&portal, team.id).await;
    let staff = Browser::staff(&portal).await;
    let pages = [
        member.page("/team").await,
        staff.page(&format!("/staff/teams/{}", team.id)).await,
    ];
    for page in pages {
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("script&#62;alert(1)"), "{page}");
    }
    let status = async |report: &HostReport| team.try_to_report(report).await.status();
    let long = "x".repeat(HostReport::LONGEST + 1);
    assert_eq!(status(&kernel(&long)).await, StatusCode::BAD_REQUEST);
    assert_eq!(status(&kernel("a\0b")).await, StatusCode::BAD_REQUEST);
    // Whoever sends far too much is told why, and not of a broken connection.
    for megabytes in 1..=16 {
        let huge = HostReport {
            missing: vec!["x".repeat(1 << 20); megabytes],
            ..kernel("")
        };
        assert_eq!(status(&huge).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
