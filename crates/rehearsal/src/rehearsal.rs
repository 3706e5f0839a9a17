//! A rehearsal from its beginning to its end.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::future::{try_join, try_join_all};
use isutori_lab::Lab;
use isutori_protocol::{
    Verdict,
    contest::{JobKind, JobState, Measurement, TeamStep},
};
use isutori_worker::{PortalError, client::patiently};
use tokio::{
    task::LocalSet,
    time::{Instant, sleep},
};

use crate::{
    RehearsalError, Tell,
    incident::{Scene, bring_about},
    organiser::{Organiser, audience_board},
    plan::Plan,
    player::Player,
    record::{JobRecord, Record, TeamRecord},
    stage::{Stage, Team, now},
};

/// A final measurement is over by then, however slow the machine.
const FINAL_LIMIT: Duration = Duration::from_secs(2 * 3600);
const POLL: Duration = Duration::from_secs(2);

/// Plays a contest over a lab that is up. `load` is how long the load of its runs lasts.
///
/// # Errors
/// When the lab or the portal fails so that nobody could go on.
pub async fn rehearse(
    lab: Arc<Lab>,
    plan: &Plan,
    load: Duration,
    seed: u64,
    tell: Tell<'_>,
) -> Result<Record, RehearsalError> {
    // Browsers stay on one thread.
    let playing = play(lab, plan, load, seed, tell);
    LocalSet::new().run_until(playing).await
}

async fn play(
    lab: Arc<Lab>,
    plan: &Plan,
    load: Duration,
    seed: u64,
    tell: Tell<'_>,
) -> Result<Record, RehearsalError> {
    let stage = Stage::new(lab, &plan.skills, tell)?;
    let mut organiser = Organiser::come_in(&stage).await?;
    let schedule = organiser.begin_contest(plan).await?;
    stage.say("the contest begins");
    let players: Vec<Player> = (stage.teams.iter().zip(1..))
        .map(|(team, number)| Player::new(&stage, team, seed.wrapping_add(number)))
        .collect();
    let scene = Scene {
        stage: &stage,
        players: &players,
        schedule: &schedule,
        load,
    };
    let play = try_join_all(players.iter().map(|player| player.play(&schedule)));
    let (_, incidents) = try_join(play, bring_about(&scene, &mut organiser, plan)).await?;
    let frozen_board = audience_board(&stage).await?;
    stage.say("the contest is over, the final measurement begins");
    organiser.begin_final().await?;
    let measurements = measure(&stage).await?;
    organiser.release().await?;
    stage.say("the results are released");
    let released_board = audience_board(&stage).await?;
    let attempts = organiser.attempts().await?;
    let records = players
        .into_iter()
        .zip(measurements)
        .map(|(player, measured)| {
            let theirs = attempts
                .iter()
                .filter(|(team, _)| *team == player.team.name);
            let jobs = theirs.map(|(_, attempt)| attempt.job).collect();
            record_team(player, jobs, measured)
        });
    Ok(Record {
        teams: try_join_all(records).await?,
        workers: stage.lab.inventory().environment.workers,
        load_seconds: load.as_secs(),
        attempts: attempts.into_iter().map(|(_, attempt)| attempt).collect(),
        ended_at: now(),
        frozen_board,
        released_board,
        incidents,
        schedule,
        seed,
    })
}

/// Waits until the final measurement of all teams is over.
async fn measure(stage: &Stage<'_>) -> Result<Vec<Measurement>, RehearsalError> {
    let begun = Instant::now();
    let measure = async |team: &Team| {
        loop {
            let measured = patiently(|| team.portal.measurement()).await?;
            if measured.step == TeamStep::Over {
                let verdict = measured.verdict.map_or("no verdict", Verdict::word);
                let line = format!("{} ({}): {verdict}", team.name, team.skill.name());
                stage.say(&line);
                return Ok(measured);
            }
            if begun.elapsed() > FINAL_LIMIT {
                let what = format!("the final measurement of {} goes on", team.name);
                return Err(RehearsalError::Endless(what));
            }
            sleep(POLL).await;
        }
    };
    try_join_all(stage.teams.iter().map(measure)).await
}

/// What the portal tells a team of its jobs: those that it has enqueued, and those that were made.
async fn record_team(
    player: Player<'_>,
    made: BTreeSet<i64>,
    measurement: Measurement,
) -> Result<TeamRecord, RehearsalError> {
    let ours = player.jobs.into_inner();
    let portal = &player.team.portal;
    let mut jobs = Vec::new();
    for id in ours.union(&made) {
        let job = patiently(|| portal.job(*id)).await?;
        let has_result = job.state == JobState::Finished && job.kind != JobKind::Verify;
        let result = match has_result {
            true => match patiently(|| portal.result(*id)).await {
                Ok(result) => Some(result),
                // That is for the judge to find.
                Err(PortalError::Refused { .. }) => None,
                Err(error) => return Err(error.into()),
            },
            false => None,
        };
        jobs.push(JobRecord::new(job, ours.contains(id), result));
    }
    jobs.sort_by_key(|job| (job.job.enqueued_at, job.job.id));
    Ok(TeamRecord {
        name: player.team.name.clone(),
        skill: player.team.skill,
        changes: player.changes.into_inner(),
        measurement: Some(measurement),
        jobs,
    })
}
