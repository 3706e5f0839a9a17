//! Things go wrong.

use std::time::Duration;

use futures::future::join_all;
use isutori_protocol::contest::Enqueue;
use isutori_worker::client::Enqueued;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    Millis, RehearsalError,
    contest::Schedule,
    organiser::Organiser,
    plan::{Incident, Plan},
    player::Player,
    record::{Attempt, Happened, IncidentRecord},
    stage::{Stage, now},
};

const PORTAL: &str = "portal";
const POLL: Duration = Duration::from_secs(1);

/// What incidents happen to.
pub(crate) struct Scene<'a> {
    pub(crate) stage: &'a Stage<'a>,
    pub(crate) players: &'a [Player<'a>],
    pub(crate) schedule: &'a Schedule,
    pub(crate) load: Duration,
}

/// Lets everything happen that is planned, one after another.
pub(crate) async fn bring_about(
    scene: &Scene<'_>,
    organiser: &mut Organiser<'_>,
    plan: &Plan,
) -> Result<Vec<IncidentRecord>, RehearsalError> {
    let begin = Instant::now();
    let mut records = Vec::new();
    for (after, incident) in &plan.incidents {
        sleep_until(begin + *after).await;
        scene.stage.say(&format!("incident: {}", incident.name()));
        let mut began_at = now();
        let happened = match *incident {
            Incident::Rush { requests } => rush(scene, requests).await,
            Incident::WorkerDies {
                worker,
                away_seconds,
            } => {
                let held = find_at_work(scene, organiser, worker).await?;
                began_at = now();
                kill_worker(scene, held, Duration::from_secs(away_seconds)).await?
            }
            Incident::TeamReboots { team } => reboot_team(scene, team).await?,
            Incident::PortalReboots => reboot(scene.stage, vec![PORTAL.to_owned()]).await?,
        };
        records.push(IncidentRecord {
            incident: *incident,
            began_at,
            ended_at: now(),
            happened,
        });
    }
    Ok(records)
}

/// Every team asks so many times at once.
async fn rush(scene: &Scene<'_>, requests: usize) -> Happened {
    let wish = Enqueue::default();
    let teams = scene.players.iter().map(|player| {
        let ask = || player.team.portal.enqueue(&wish);
        join_all((0..requests).map(|_| ask()))
    });
    let (mut accepted, mut refused, mut failures) = (Vec::new(), 0, Vec::new());
    for (player, answers) in scene.players.iter().zip(join_all(teams).await) {
        let mut new = 0;
        for answer in answers {
            match answer {
                Ok(Enqueued::New(job)) => {
                    player.jobs.borrow_mut().insert(job.id);
                    new += 1;
                }
                Ok(Enqueued::UnderWay(_)) => refused += 1,
                Err(error) => failures.push(error.to_string()),
            }
        }
        accepted.push(new);
    }
    Happened::Rushed {
        accepted,
        refused,
        failures,
    }
}

/// An attempt in the middle of its load; that of the worker which is planned to die, if it has one.
async fn find_at_work(
    scene: &Scene<'_>,
    organiser: &mut Organiser<'_>,
    worker: usize,
) -> Result<Option<Attempt>, RehearsalError> {
    let wanted = format!("worker{}", worker + 1);
    let load = scene.load.as_millis() as Millis;
    while now() < scene.schedule.ends_at {
        let attempts = organiser.attempts().await?.into_iter();
        let attempts = attempts.map(|(_, attempt)| attempt);
        let is_in_load = |attempt: &Attempt| {
            let age = now() - attempt.began_at;
            attempt.ended_at.is_none() && (load / 3..load).contains(&age)
        };
        let at_work: Vec<Attempt> = attempts.filter(is_in_load).collect();
        let best = at_work.iter().find(|attempt| attempt.worker == wanted);
        if let Some(found) = best.or(at_work.first()) {
            return Ok(Some(found.clone()));
        }
        sleep(POLL).await;
    }
    Ok(None)
}

async fn kill_worker(
    scene: &Scene<'_>,
    held: Option<Attempt>,
    away: Duration,
) -> Result<Happened, RehearsalError> {
    let Some(attempt) = held else {
        let why = "no worker was seen at work until the contest was over".to_owned();
        return Ok(Happened::Missed { why });
    };
    let stage = scene.stage;
    let line = format!("{} dies with job {}", attempt.worker, attempt.job);
    stage.say(&line);
    let worker = attempt.worker.clone();
    stage.with_lab(move |lab| lab.cut_power(&worker)).await?;
    sleep(away).await;
    let worker = attempt.worker.clone();
    stage.with_lab(move |lab| lab.switch_on(&worker)).await?;
    Ok(Happened::Died {
        worker: attempt.worker,
        job: attempt.job,
        attempt: attempt.attempt,
    })
}

async fn reboot_team(scene: &Scene<'_>, team: usize) -> Result<Happened, RehearsalError> {
    let player = &scene.players[team];
    let hosts = player.team.hosts.iter().map(|(name, _)| name.clone());
    let hosts: Vec<String> = hosts.collect();
    let rebooting = async { reboot(scene.stage, hosts.clone()).await.map(drop) };
    player.do_to_hosts(false, rebooting).await?;
    Ok(Happened::Rebooted { hosts })
}

/// Reboots hosts one after the other.
async fn reboot(stage: &Stage<'_>, hosts: Vec<String>) -> Result<Happened, RehearsalError> {
    for host in &hosts {
        let host = host.clone();
        let rebooted = stage.with_lab(move |lab| lab.reboot(&host));
        rebooted.await?;
    }
    Ok(Happened::Rebooted { hosts })
}
