//! A worker takes a job and holds on to it.

use std::time::Duration;

use isutori_protocol::{
    Phase, Progress,
    contest::{Assignment, Heartbeat, Lease, Pulse},
};
use sqlx::AssertSqlSafe;

use super::{expire, job::Row};
use crate::{clock::Millis, contest::Contest, store::Store, teams, workers::Worker};

/// Seeds have so many bits, that every reader of JSON can keep them.
const SEED_BITS: u32 = 53;

fn later(now: Millis, by: Duration) -> Millis {
    now + i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 2)
}

/// How long the site may take to be ready, in whole seconds.
fn seconds_until(ready_by: Option<Millis>, now: Millis) -> u64 {
    let left = ready_by.map_or(0, |ready_by| ready_by - now).max(0);
    left.cast_unsigned() / 1000
}

/// Gives a worker the job that has waited longest, if there is one for it.
///
/// # Errors
/// The database's.
pub async fn claim(
    store: &Store,
    contest: &Contest,
    worker: &Worker,
    lease: Duration,
    now: Millis,
) -> Result<Option<Assignment>, sqlx::Error> {
    expire(store, now).await?;
    if worker.draining != 0 || !contest.allows_build(&worker.build) {
        return Ok(None);
    }
    let seed = rand::random::<u64>() >> (u64::BITS - SEED_BITS);
    let sql = format!(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, worker_id = $1,
            lease_until = $2, started_at = $3, seed = $4
        WHERE state = 'waiting' AND id = (
            SELECT jobs.id FROM jobs JOIN teams ON teams.id = jobs.team_id
            WHERE jobs.state = 'waiting' AND jobs.not_before <= $3
                AND (teams.zone IS NULL OR teams.zone = $5)
            ORDER BY jobs.enqueued_at, jobs.id LIMIT 1 {}
        ) AND (SELECT COUNT(*) FROM jobs WHERE worker_id = $1 AND state = 'running') < $6
        RETURNING *",
        store.skipping_locked()
    );
    let mut transaction = store.begin_write().await?;
    let claimed: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(worker.id)
        .bind(later(now, lease))
        .bind(now)
        .bind(seed.cast_signed())
        .bind(worker.zone.as_deref())
        .bind(worker.concurrency)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(job) = claimed else { return Ok(None) };
    sqlx::query(
        "INSERT INTO runs (job_id, attempt, worker_id, seed, began_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(job.id)
    .bind(job.attempt)
    .bind(worker.id)
    .bind(seed.cast_signed())
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    let team = teams::find(&mut transaction, job.team_id).await?;
    transaction.commit().await?;
    Ok(Some(Assignment {
        lease: Lease {
            job: job.id,
            attempt: u32::try_from(job.attempt).unwrap_or(u32::MAX),
        },
        team: team.map(|team| team.name).unwrap_or_default(),
        targets: serde_json::from_str(&job.targets).unwrap_or_default(),
        seed,
        size: contest.run.size.clone(),
        data_seed: contest.run.data_seed,
        load_seconds: contest.run.load_seconds,
        wait_seconds: seconds_until(job.ready_by, now),
        time_limit_seconds: contest.run.time_limit_seconds,
        memory_limit_mib: contest.run.memory_limit_mib,
        note: job.note,
        verifies: job.verifies,
    }))
}

/// When people began to come, by what is left of the load.
fn load_began_at(progress: &Progress, contest: &Contest, now: Millis) -> Option<Millis> {
    let lasted = contest.run.load_seconds as f64 - progress.seconds_left;
    let is_on = progress.phase == Phase::Load && lasted >= 0.0;
    is_on.then(|| now - (lasted * 1000.0) as Millis)
}

/// An attempt goes on. Nothing is answered when the worker does not hold the job any more.
///
/// # Errors
/// The database's.
pub async fn heartbeat(
    store: &Store,
    contest: &Contest,
    worker: &Worker,
    heartbeat: &Heartbeat,
    lease: Duration,
    now: Millis,
) -> Result<Option<Pulse>, sqlx::Error> {
    let Lease { job, attempt } = heartbeat.lease;
    let attempt = i64::from(attempt);
    let mut transaction = store.begin_write().await?;
    let cancelled: Option<i64> = sqlx::query_scalar(
        "UPDATE jobs SET lease_until = $4
        WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND state = 'running'
        RETURNING cancelled",
    )
    .bind(job)
    .bind(attempt)
    .bind(worker.id)
    .bind(later(now, lease))
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(cancelled) = cancelled else {
        return Ok(None);
    };
    if let Some(progress) = &heartbeat.progress {
        let sql = "UPDATE runs SET progress = $3, sequence = $4,
                load_began_at = COALESCE(load_began_at, $5)
            WHERE job_id = $1 AND attempt = $2 AND sequence < $4";
        let json = serde_json::to_string(progress).map_err(|error| {
            sqlx::Error::Encode(format!("progress of job {job}: {error}").into())
        })?;
        sqlx::query(sql)
            .bind(job)
            .bind(attempt)
            .bind(json)
            .bind(progress.sequence.cast_signed())
            .bind(load_began_at(progress, contest, now))
            .execute(&mut *transaction)
            .await?;
    }
    for line in &heartbeat.log {
        let sql = "INSERT INTO log_lines (job_id, attempt, language, sequence, text)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        sqlx::query(sql)
            .bind(job)
            .bind(attempt)
            .bind(&line.language)
            .bind(line.sequence.cast_signed())
            .bind(&line.text)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(Some(Pulse {
        cancel: cancelled != 0,
    }))
}
