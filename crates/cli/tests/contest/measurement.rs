//! The final measurement of several teams, while the portal is killed again and again.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use isutori_portal::measurement::{self, Plan, TeamRecord};
use isutori_protocol::{
    Verdict,
    contest::{HostReport, TeamStep},
};
use isutori_worker::Portal;
use tokio::time::sleep;

use crate::stage::{Stage, moment};

const TEAMS: [&str; 4] = ["a", "b", "c", "d"];

const PLAN: Plan = Plan {
    counts: true,
    checks: true,
    reboots: true,
    reboots_again: true,
    deadline_seconds: 3600,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_that_is_killed_between_any_steps_loses_nothing() {
    let stage = Stage::set().await;
    let reboots = stage.path("reboots");
    fs::create_dir(&reboots).expect("a folder");
    let script = format!("echo again >>'{}'/\"$1\"", reboots.display());
    stage.reboot_by(&script).await;
    let mut ids = Vec::new();
    let mut hosts = Vec::new();
    for name in TEAMS {
        stage.team(name).await;
        let mut connection = stage.state.connection().await.expect("a connection");
        let team = isutori_portal::teams::named(&mut connection, name).await;
        ids.push(team.expect("a team").expect("a team").id);
        let (portal, log) = (stage.hosts_of(name).await, reboots.join(name));
        hosts.push(tokio::spawn(play_host(portal, log)));
    }
    let mut portal = stage.start_portal();
    let _workers = [stage.start_worker("one"), stage.start_worker("two")];
    let mut connection = stage.state.connection().await.expect("a connection");
    let now = stage.state.clock.now();
    let begun = measurement::begin(&mut connection, &PLAN, &ids, "test", now).await;
    let id = begun.expect("a measurement");
    drop(connection);

    let mut kills: u64 = 0;
    let teams = loop {
        let teams = teams(&stage, id).await;
        if teams.iter().all(|team| team.step == TeamStep::Over) {
            break teams;
        }
        // Long enough for it to come up and do something.
        sleep(Duration::from_millis(1_500 + kills * 389 % 700)).await;
        drop(portal);
        kills += 1;
        portal = stage.start_portal();
    };
    hosts.iter().for_each(tokio::task::JoinHandle::abort);

    println!("{kills} kills");
    assert!(kills > 2, "nothing was disturbed");
    for team in teams {
        assert_eq!(team.verdict, Some(Verdict::Pass), "{:?}", team.reason);
        let [run, verify] = [team.run, team.verify].map(|job| job.expect("a job"));
        assert_eq!(team.score.map(u64::cast_signed), run.score);
        assert_eq!((&*run.kind, verify.verifies), ("final", Some(run.id)));
        assert_eq!(team.hosts.len(), 2, "each round has the host");
        // A killed portal may not have known that it had commanded a reboot, but no reboot is left
        // out.
        assert!(boots(&reboots.join(&team.name)) >= 2);
    }
    let mut connection = stage.state.connection().await.expect("a connection");
    let jobs = isutori_portal::queue::find(&mut connection, 9).await;
    assert_eq!(jobs.expect("a database"), None, "each job is made once");
}

async fn teams(stage: &Stage, id: i64) -> Vec<TeamRecord> {
    let mut connection = stage.state.connection().await.expect("a connection");
    let latest = measurement::latest(&mut connection, 1).await;
    let record = latest.expect("a database").remove(0);
    assert_eq!(record.measurement.id, id);
    record.teams
}

fn boots(log: &Path) -> usize {
    fs::read_to_string(log).map_or(0, |text| text.lines().count())
}

/// A host that reports again and again; its boot id is how often it was rebooted.
async fn play_host(portal: Portal, log: PathBuf) {
    loop {
        let report = HostReport {
            name: "web".to_owned(),
            url: Some("http://127.0.0.1:9".to_owned()),
            boot_id: Some(format!("boot {}", boots(&log))),
            ..HostReport::default()
        };
        if let Err(error) = portal.report(&report).await {
            assert!(error.is_passing(), "{error}");
        }
        moment().await;
    }
}
