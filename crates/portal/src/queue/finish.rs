//! How attempts end.

use std::time::Duration;

use isutori_protocol::{
    Finding, RunResult, Verdict, Verified,
    contest::{Finish, JobState, Lease, Outcome},
};
use sqlx::{Any, Transaction};

use super::{MOST_FAULTS, MOST_VOIDS, job::Row};
use crate::{clock::Millis, store::Store, workers::Worker};

/// So many findings are told of a run that has lost something.
const MOST_TOLD: usize = 10;

/// What came of an attempt, and what becomes of its job.
struct End<'a> {
    /// As it lies in `runs`.
    outcome: &'static str,
    state: JobState,
    reason: Option<String>,
    verdict: Option<Verdict>,
    result: Option<&'a RunResult>,
    is_fault: bool,
    is_void: bool,
    /// So long nobody tries again, milliseconds.
    rest: Millis,
}

/// An attempt ended as its worker says. Answers whether the worker held the job; saying it twice
/// is no harm.
///
/// # Errors
/// The database's.
pub async fn finish(
    store: &Store,
    worker: &Worker,
    finish: &Finish,
    lease: Duration,
    now: Millis,
) -> Result<bool, sqlx::Error> {
    let Lease { job, attempt } = finish.lease;
    let mut transaction = store.begin_write().await?;
    let held: Option<Row> = sqlx::query_as(
        "UPDATE jobs SET lease_until = $4
        WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND state = 'running' RETURNING *",
    )
    .bind(job)
    .bind(i64::from(attempt))
    .bind(worker.id)
    .bind(now)
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = held else {
        return was_told_before(&mut transaction, worker, finish.lease).await;
    };
    let is_verification = row.verifies.is_some();
    let end = match &finish.outcome {
        Outcome::Judged { result } if !is_verification => judged(&row, result),
        Outcome::Verified { verified } if is_verification => End::verified(verified),
        Outcome::Judged { .. } | Outcome::Verified { .. } => {
            fault(&row, "the worker has done something else than it was told")
        }
        Outcome::Stopped => stopped(&row),
        Outcome::Cancelled if row.cancelled != 0 => End::without_result("cancelled", None),
        Outcome::Cancelled => fault(
            &row,
            "the worker stopped the run, which nobody had cancelled",
        ),
        Outcome::Broken { reason } => fault(&row, reason),
    };
    let end = match end.is_fault {
        // What broke a moment ago would break again.
        true => End {
            rest: super::rest_after_fault(lease),
            ..end
        },
        false => end,
    };
    end.write(&mut transaction, &row, now).await?;
    transaction.commit().await?;
    Ok(true)
}

/// The answer to the first time may have been lost.
async fn was_told_before(
    transaction: &mut Transaction<'static, Any>,
    worker: &Worker,
    lease: Lease,
) -> Result<bool, sqlx::Error> {
    let outcome: Option<Option<String>> = sqlx::query_scalar(
        "SELECT outcome FROM runs WHERE job_id = $1 AND attempt = $2 AND worker_id = $3",
    )
    .bind(lease.job)
    .bind(i64::from(lease.attempt))
    .bind(worker.id)
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(matches!(outcome.flatten().as_deref(), Some(outcome) if outcome != "lost"))
}

/// Takes jobs away from workers that were not heard of for too long. Gives how many.
///
/// # Errors
/// The database's.
pub async fn expire(store: &Store, now: Millis) -> Result<u64, sqlx::Error> {
    let mut taken = 0;
    let overdue = "SELECT id FROM jobs WHERE state = 'running' AND lease_until < $1";
    let overdue: Vec<i64> = sqlx::query_scalar(overdue)
        .bind(now)
        .fetch_all(&store.pool)
        .await?;
    for job in overdue {
        let mut transaction = store.begin_write().await?;
        let row: Option<Row> = sqlx::query_as(
            "UPDATE jobs SET lease_until = $2
            WHERE id = $1 AND state = 'running' AND lease_until < $2 RETURNING *",
        )
        .bind(job)
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = row {
            let mut end = fault(&row, "the worker was not heard of any more");
            end.outcome = "lost";
            end.write(&mut transaction, &row, now).await?;
            taken += 1;
        }
        transaction.commit().await?;
    }
    Ok(taken)
}

fn judged<'a>(row: &Row, result: &'a RunResult) -> End<'a> {
    let seed = row.seed.map(i64::cast_unsigned);
    if seed != Some(result.seed) {
        return fault(row, "the run has another seed than it was given");
    }
    let is_void = result.verdict == Verdict::Void;
    let state = match result.verdict {
        Verdict::Void if row.cancelled != 0 => JobState::Cancelled,
        Verdict::Void if row.voids < MOST_VOIDS => JobState::Waiting,
        _ => JobState::Finished,
    };
    End {
        outcome: "judged",
        state,
        reason: is_void.then(|| format!("void: {}", result.reasons.join("; "))),
        verdict: Some(result.verdict),
        result: Some(result),
        is_fault: false,
        is_void,
        rest: 0,
    }
}

/// Somebody else makes it, and it costs nothing.
fn stopped(row: &Row) -> End<'static> {
    End {
        state: match row.cancelled != 0 {
            true => JobState::Cancelled,
            false => JobState::Waiting,
        },
        ..End::without_result("stopped", Some("the worker was told to stop".to_owned()))
    }
}

/// What is our fault is tried again, for a while.
fn fault(row: &Row, reason: &str) -> End<'static> {
    let reason = Some(reason.to_owned());
    if row.cancelled != 0 {
        return End::without_result("cancelled", reason);
    }
    End {
        state: match row.faults < MOST_FAULTS {
            true => JobState::Waiting,
            false => JobState::Errored,
        },
        is_fault: true,
        ..End::without_result("broken", reason)
    }
}

impl End<'_> {
    /// It came to nothing, and nothing more is done.
    fn without_result(outcome: &'static str, reason: Option<String>) -> Self {
        End {
            outcome,
            state: JobState::Cancelled,
            reason,
            verdict: None,
            result: None,
            is_fault: false,
            is_void: false,
            rest: 0,
        }
    }

    /// What is lost fails, and so does a site that does not answer.
    fn verified(verified: &Verified) -> Self {
        let findings = verified.lost.iter().chain(&verified.broke_off);
        let reason: Vec<String> = findings.take(MOST_TOLD).map(Finding::to_string).collect();
        let verdict = match reason.is_empty() {
            true => Verdict::Pass,
            false => Verdict::Fail,
        };
        End {
            state: JobState::Finished,
            verdict: Some(verdict),
            ..End::without_result(
                "judged",
                Some(reason.join("\n")).filter(|all| !all.is_empty()),
            )
        }
    }

    async fn write(
        &self,
        transaction: &mut Transaction<'static, Any>,
        row: &Row,
        now: Millis,
    ) -> Result<(), sqlx::Error> {
        let result = self.result.map(serde_json::to_string).transpose();
        let result = result.map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query(
            "UPDATE runs SET ended_at = $3, outcome = $4, reason = $5, result = $6
            WHERE job_id = $1 AND attempt = $2",
        )
        .bind(row.id)
        .bind(row.attempt)
        .bind(now)
        .bind(self.outcome)
        .bind(self.reason.as_deref())
        .bind(result)
        .execute(&mut **transaction)
        .await?;
        let is_told = self.state == JobState::Finished;
        let verdict = self.verdict.filter(|_| is_told);
        let score = self.result.filter(|_| is_told).map(|result| result.score);
        let is_over = self.state.is_over();
        sqlx::query(
            "UPDATE jobs SET state = $2, lease_until = NULL, faults = faults + $3,
                voids = voids + $4, finished_at = $5, verdict = $6, score = $7, reason = $8,
                not_before = $9
            WHERE id = $1",
        )
        .bind(row.id)
        .bind(self.state.name())
        .bind(i64::from(self.is_fault))
        .bind(i64::from(self.is_void))
        .bind(is_over.then_some(now))
        .bind(verdict.map(verdict_name))
        .bind(score.map(u64::cast_signed))
        .bind(self.reason.as_deref())
        .bind(now + self.rest)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Void => "void",
    }
}
