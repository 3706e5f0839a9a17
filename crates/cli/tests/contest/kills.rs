//! Portal, workers and benchmarks are killed at random moments.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use isutori_protocol::{
    Verdict,
    contest::{Enqueue, Job, JobState},
};
use isutori_worker::{Portal, client::Enqueued};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::{sleep, timeout};

use crate::stage::{Actor, Stage, moment};

const TEAMS: usize = 6;

/// How the last attempt at a job ended, and how many attempts were judged.
struct Told {
    job: i64,
    state: String,
    attempts: i64,
    judged: i64,
    seed_is_right: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_nothing_is_lost_and_nothing_counts_twice() {
    // A number of kills to search longer.
    let kills = std::env::var("ISUTORI_KILLS").ok();
    let kills: u32 = kills.map_or(24, |kills| kills.parse().expect("a number"));
    let stage = Arc::new(Stage::set().await);
    let mut portal = stage.start_portal();
    let mut workers = [stage.start_worker("one"), stage.start_worker("two")];
    let is_over = Arc::new(AtomicBool::new(false));
    let known = Arc::new(Mutex::new(BTreeMap::new()));
    let mut teams = Vec::new();
    for number in 0..TEAMS {
        let team = stage.team(&format!("team{number}")).await;
        let (is_over, known) = (is_over.clone(), known.clone());
        teams.push(tokio::spawn(ask_again_and_again(team, is_over, known)));
    }

    for number in 0..kills {
        sleep(Duration::from_millis(rand_millis(number))).await;
        match number % 4 {
            0 => {
                // However slow the machine is, something is under way when the next are killed.
                wait_for_one_more(&known).await;
                drop(portal);
                portal = stage.start_portal();
            }
            1 => kill_benchmarks(&workers[0]),
            place => {
                let place = usize::from(place == 3);
                let name = ["one", "two"][place];
                workers[place] = {
                    workers[place].0.kill().expect("a process");
                    workers[place].0.wait().expect("its end");
                    stage.start_worker(name)
                };
            }
        }
    }
    is_over.store(true, Ordering::Relaxed);
    for team in teams {
        team.await.expect("the team gets an answer in the end");
    }

    let told = told_by_database(&stage).await;
    let known = known.lock().expect("no panic").clone();
    let count = |state: JobState| told.iter().filter(|job| job.state == state.name()).count();
    println!(
        "{kills} kills: {} jobs, {} finished, {} errored, {} attempts",
        told.len(),
        count(JobState::Finished),
        count(JobState::Errored),
        told.iter().map(|job| job.attempts).sum::<i64>()
    );
    assert!(count(JobState::Finished) >= kills as usize / 4);
    // A job whose number never came through was made all the same.
    for (id, job) in &known {
        let told = told.iter().find(|told| told.job == *id);
        let told = told.unwrap_or_else(|| panic!("job {id} is lost"));
        assert_eq!(told.state, job.state.name(), "job {id}");
        assert!(job.verdict.is_none_or(|verdict| verdict == Verdict::Pass));
    }
    for job in &told {
        let id = job.job;
        match job.state.as_str() {
            "finished" => {
                assert_eq!(job.judged, 1, "job {id} counts once");
                assert!(job.seed_is_right, "job {id} has the result of its own run");
            }
            "errored" => assert_eq!((job.judged, job.attempts), (0, 3), "job {id}"),
            // One that its team does not know may still be on its way.
            "waiting" | "running" => assert!(!known.contains_key(&id), "job {id}"),
            other => panic!("job {id} is {other}"),
        }
    }
}

/// Waits until another job than those known by now was finished.
async fn wait_for_one_more(known: &Mutex<BTreeMap<i64, Job>>) {
    let finished = || {
        let known = known.lock().expect("no panic");
        let is_finished = |job: &&Job| job.state == JobState::Finished;
        known.values().filter(is_finished).count()
    };
    let before = finished();
    let more = async {
        while finished() == before {
            moment().await;
        }
    };
    let waited = timeout(Duration::from_secs(120), more).await;
    waited.expect("a job is finished when nobody is killed");
}

/// One job after the other, each followed to its end, however often the portal is away.
async fn ask_again_and_again(
    team: Portal,
    is_over: Arc<AtomicBool>,
    known: Arc<Mutex<BTreeMap<i64, Job>>>,
) {
    while !is_over.load(Ordering::Relaxed) {
        let id = loop {
            match team.enqueue(&Enqueue::default()).await {
                // One that is under way is one whose answer was lost.
                Ok(Enqueued::New(job) | Enqueued::UnderWay(job)) => break job.id,
                Err(error) => assert!(error.is_passing(), "{error}"),
            }
            moment().await;
        };
        loop {
            match team.job(id).await {
                Ok(job) if job.state.is_over() => {
                    known.lock().expect("no panic").insert(id, job);
                    break;
                }
                Ok(_) => {}
                Err(error) => assert!(error.is_passing(), "{error}"),
            }
            moment().await;
        }
    }
}

async fn told_by_database(stage: &Stage) -> Vec<Told> {
    let mut connection = stage.state.connection().await.expect("a connection");
    let mut told = Vec::new();
    for number in 1.. {
        let Some(row) = isutori_portal::queue::find(&mut connection, number)
            .await
            .expect("a database")
        else {
            break;
        };
        let runs = isutori_portal::runs::of_job(&mut connection, row.id).await;
        let runs = runs.expect("a database");
        let result = isutori_portal::runs::result(&mut connection, row.id).await;
        let seed = result.expect("a database").map(|result| result.seed);
        let judged = |outcome: &Option<String>| outcome.as_deref() == Some("judged");
        assert!(runs.iter().map(|run| run.attempt).eq(1..=row.attempt));
        told.push(Told {
            job: row.id,
            state: row.state,
            attempts: row.attempt,
            judged: runs.iter().filter(|run| judged(&run.outcome)).count() as i64,
            seed_is_right: seed == row.seed.map(i64::cast_unsigned),
        });
    }
    told
}

/// Kills what a worker has started.
fn kill_benchmarks(worker: &Actor) {
    let id = worker.0.id();
    let tasks = fs::read_dir(format!("/proc/{id}/task")).expect("a process that runs");
    for task in tasks.filter_map(Result::ok) {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let child = Pid::from_raw(child.parse().expect("a number"));
            // It may have ended by itself.
            let _ = kill(child, Signal::SIGKILL);
        }
    }
}

/// Between 50 and 450 ms, without a pattern.
fn rand_millis(number: u32) -> u64 {
    50 + u64::from(number.wrapping_mul(2_654_435_761) >> 16) % 400
}
