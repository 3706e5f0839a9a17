//! A host is sampled during a run, and the run's page says which process took its processors.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    time::Duration,
};

use isutori_portal::people::{self, Role};
use isutori_protocol::contest::{Enqueue, JobState};
use isutori_worker::client::Enqueued;
use tokio::time::timeout;

use crate::stage::{Actor, Stage, moment};

/// However slow the machine is.
const LIMIT: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_run_names_the_process_that_was_busy() {
    let stage = Stage::set().await;
    fs::write(stage.path("hold"), "").expect("a file");
    let _portal = stage.start_portal();
    let _worker = stage.start_worker("one");
    let team = stage.team("chairs").await;
    let _watch = stage.watch_as("web", "chairs").await;
    let _burner = burn(&stage);
    let job = timeout(LIMIT, async {
        loop {
            match team.enqueue(&Enqueue::default()).await {
                Ok(Enqueued::New(job) | Enqueued::UnderWay(job)) => break job.id,
                Err(error) => assert!(error.is_passing(), "{error}"),
            }
            moment().await;
        }
    });
    let job = job.await.expect("a portal");

    until(async || kept(&stage).await > 0).await;
    fs::remove_file(stage.path("hold")).expect("a file");
    let is_finished = async || {
        let job = team.job(job).await;
        job.is_ok_and(|job| job.state == JobState::Finished)
    };
    until(is_finished).await;

    let page = page(&stage, job).await;
    assert!(page.contains("<h2>Hosts during the run</h2>"), "{page}");
    assert!(page.contains(">burner</th>"), "{page}");
}

/// A process of that name that does nothing but compute.
fn burn(stage: &Stage) -> Actor {
    let script = stage.path("burner");
    fs::write(&script, "#!/bin/sh\nwhile :; do :; done\n").expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a program");
    let mut burner = Command::new(script);
    Actor(burner.stdin(Stdio::null()).spawn().expect("a process"))
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            moment().await;
        }
    };
    timeout(LIMIT, waiting).await.expect("it comes to that");
}

/// How many seconds of hosts the portal keeps.
async fn kept(stage: &Stage) -> i64 {
    let mut connection = stage.state.connection().await.expect("a connection");
    let sql = "SELECT COALESCE(SUM(seconds), 0) FROM host_samples";
    let kept = sqlx::query_scalar(sql).fetch_one(&mut *connection).await;
    kept.expect("a number")
}

/// What a member of the team sees.
async fn page(stage: &Stage, job: i64) -> String {
    let mut connection = stage.state.connection().await.expect("a connection");
    let now = stage.state.clock.now();
    let invite = people::invite(&mut connection, Role::Member(1), now).await;
    let invite = invite.expect("an invite");
    let person = people::join(&mut connection, &invite, "aki", "none", 9, now).await;
    let session = people::begin_session(&mut connection, person.expect("a person"), now).await;
    drop(connection);
    stage.page(&format!("/team/jobs/{job}"), &session.expect("a session"))
}
