//! What is kept of runs: results, logs and files.

use isutori_protocol::{
    RunResult,
    contest::{Lease, LogLine},
};
use sqlx::{AnyConnection, FromRow};

use crate::{clock::Millis, workers::Worker};

/// An attempt at a job.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Run {
    /// Counts from 1.
    pub attempt: i64,
    /// Who made it.
    pub worker: String,
    /// When it began, milliseconds since 1970.
    pub began_at: Millis,
    /// When people began to come, as far as is known.
    pub load_began_at: Option<Millis>,
    /// When it was over.
    pub ended_at: Option<Millis>,
    /// `judged`, `cancelled`, `stopped`, `broken` or `lost`.
    pub outcome: Option<String>,
    /// Why it came to nothing.
    pub reason: Option<String>,
}

/// All attempts at a job in their order.
///
/// # Errors
/// The database's.
pub async fn of_job(connection: &mut AnyConnection, job: i64) -> Result<Vec<Run>, sqlx::Error> {
    let sql =
        "SELECT attempt, workers.name AS worker, began_at, load_began_at, ended_at, outcome, reason
        FROM runs JOIN workers ON workers.id = runs.worker_id
        WHERE job_id = $1 ORDER BY attempt";
    sqlx::query_as(sql).bind(job).fetch_all(connection).await
}

/// An attempt at any job, for the record.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Record {
    /// The job's number.
    pub job: i64,
    /// Counts from 1.
    pub attempt: i64,
    /// What the job is for.
    pub kind: String,
    /// The team's name.
    pub team: String,
    /// Who made it.
    pub worker: String,
    /// Where the job stands.
    pub state: String,
    /// `judged`, `cancelled`, `broken` or `lost`; nothing while it goes on.
    pub outcome: Option<String>,
    /// `pass`, `fail` or `void`; of the job's last attempt alone.
    pub verdict: Option<String>,
    /// Of the job's last attempt alone.
    pub score: Option<i64>,
    /// What drove it.
    pub seed: i64,
    /// When it began, milliseconds since 1970.
    pub began_at: Millis,
    /// When it was over.
    pub ended_at: Option<Millis>,
    /// What the team said about the job.
    pub note: Option<String>,
    /// Which commit it said.
    pub commit_name: Option<String>,
    /// Why it came to nothing.
    pub reason: Option<String>,
}

/// All attempts at all jobs, in their order.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Record>, sqlx::Error> {
    let sql = "SELECT job_id AS job, runs.attempt, kind, teams.name AS team,
            workers.name AS worker,
            jobs.state, outcome,
            CASE WHEN runs.attempt = jobs.attempt THEN verdict END AS verdict,
            CASE WHEN runs.attempt = jobs.attempt THEN score END AS score,
            runs.seed, began_at, ended_at, note, commit_name, runs.reason
        FROM runs JOIN jobs ON jobs.id = runs.job_id
            JOIN teams ON teams.id = jobs.team_id
            JOIN workers ON workers.id = runs.worker_id
        ORDER BY job_id, runs.attempt";
    sqlx::query_as(sql).fetch_all(connection).await
}

/// The result of a job's last attempt, if it has one.
///
/// # Errors
/// The database's.
pub async fn result(
    connection: &mut AnyConnection,
    job: i64,
) -> Result<Option<RunResult>, sqlx::Error> {
    let sql = "SELECT result FROM runs JOIN jobs ON jobs.id = runs.job_id
            AND jobs.attempt = runs.attempt
        WHERE job_id = $1 AND jobs.state = 'finished'";
    let result: Option<Option<String>> = sqlx::query_scalar(sql)
        .bind(job)
        .fetch_optional(connection)
        .await?;
    let result = result.flatten();
    result
        .map(|result| {
            serde_json::from_str(&result).map_err(|error| sqlx::Error::Decode(error.into()))
        })
        .transpose()
}

/// The last judged run of a team before a job, passed or failed: the job's number and the result.
///
/// # Errors
/// The database's.
pub async fn before(
    connection: &mut AnyConnection,
    team: i64,
    job: i64,
) -> Result<Option<(i64, RunResult)>, sqlx::Error> {
    let sql = "SELECT jobs.id, result FROM runs JOIN jobs ON jobs.id = runs.job_id
            AND jobs.attempt = runs.attempt
        WHERE team_id = $1 AND jobs.id < $2 AND jobs.state = 'finished'
            AND jobs.verdict IN ('pass', 'fail') AND result IS NOT NULL
        ORDER BY jobs.id DESC LIMIT 1";
    let found: Option<(i64, String)> = sqlx::query_as(sql)
        .bind(team)
        .bind(job)
        .fetch_optional(connection)
        .await?;
    found
        .map(|(job, result)| match serde_json::from_str(&result) {
            Ok(result) => Ok((job, result)),
            Err(error) => Err(sqlx::Error::Decode(error.into())),
        })
        .transpose()
}

/// Lines of an attempt's log in one language, from a sequence on.
///
/// # Errors
/// The database's.
pub async fn log(
    connection: &mut AnyConnection,
    job: i64,
    attempt: i64,
    language: &str,
    from: i64,
) -> Result<Vec<LogLine>, sqlx::Error> {
    let sql = "SELECT sequence, text FROM log_lines
        WHERE job_id = $1 AND attempt = $2 AND language = $3 AND sequence >= $4
        ORDER BY sequence LIMIT 1000";
    let lines: Vec<(i64, String)> = sqlx::query_as(sql)
        .bind(job)
        .bind(attempt)
        .bind(language)
        .bind(from)
        .fetch_all(connection)
        .await?;
    let lines = lines.into_iter().map(|(sequence, text)| LogLine {
        sequence: sequence.cast_unsigned(),
        language: language.to_owned(),
        text,
    });
    Ok(lines.collect())
}

/// Keeps a file of an attempt, compressed by gzip. Answers whether the worker holds the job.
///
/// # Errors
/// The database's.
pub async fn keep_file(
    connection: &mut AnyConnection,
    worker: &Worker,
    lease: Lease,
    name: &str,
    body: &[u8],
) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO run_files (job_id, attempt, name, body)
        SELECT id, attempt, $4, $5 FROM jobs
        WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND state = 'running'
        ON CONFLICT (job_id, attempt, name) DO UPDATE SET body = $5";
    let kept = sqlx::query(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(worker.id)
        .bind(name)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(kept.rows_affected() > 0)
}

/// Whether a worker holds a job that looks for the data of a run, and that run's file, compressed
/// by gzip.
///
/// # Errors
/// The database's.
pub async fn verified_file(
    connection: &mut AnyConnection,
    worker: &Worker,
    lease: Lease,
    name: &str,
) -> Result<(bool, Option<Vec<u8>>), sqlx::Error> {
    let sql = "SELECT verifies FROM jobs
        WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND state = 'running'";
    let held: Option<Option<i64>> = sqlx::query_scalar(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(worker.id)
        .fetch_optional(&mut *connection)
        .await?;
    match held {
        Some(Some(run)) => Ok((true, file(connection, run, name).await?)),
        held => Ok((held.is_some(), None)),
    }
}

/// A file of a job's last attempt, compressed by gzip.
///
/// # Errors
/// The database's.
pub async fn file(
    connection: &mut AnyConnection,
    job: i64,
    name: &str,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let sql = "SELECT body FROM run_files JOIN jobs ON jobs.id = run_files.job_id
            AND jobs.attempt = run_files.attempt
        WHERE job_id = $1 AND name = $2";
    sqlx::query_scalar(sql)
        .bind(job)
        .bind(name)
        .fetch_optional(connection)
        .await
}

/// The names of the files of a job's last attempt.
///
/// # Errors
/// The database's.
pub async fn file_names(
    connection: &mut AnyConnection,
    job: i64,
) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT name FROM run_files JOIN jobs ON jobs.id = run_files.job_id
            AND jobs.attempt = run_files.attempt
        WHERE job_id = $1 ORDER BY name";
    sqlx::query_scalar(sql)
        .bind(job)
        .fetch_all(connection)
        .await
}

/// Whether contestants may read a run's file. The ledger has passwords, and what the last run has
/// written shall not be put back by hand.
pub fn is_for_contestants(name: &str) -> bool {
    !matches!(name, "ledger" | "staff.log")
}

/// Whether a name may be that of a run's file: a path of plain words below the run's folder.
pub fn is_file_name(name: &str) -> bool {
    let is_plain = |word: &str| {
        let mut letters = word.bytes();
        !word.is_empty()
            && !word.starts_with('.')
            && letters.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.len() <= 100 && name.split('/').count() <= 3 && name.split('/').all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_name_a_file() {
        for name in ["result.json", "failures/12.json", "contestant.ja.log"] {
            assert!(is_file_name(name), "{name}");
        }
        for name in [
            "",
            "../x",
            "/etc/passwd",
            "a//b",
            "a/b/c/d",
            "a b",
            ".x",
            "x\n",
        ] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
