//! Jobs as they lie in the database, and as teams see them.

use isutori_protocol::{
    Progress, Verdict,
    contest::{Job, JobKind, JobState},
};
use sqlx::{AnyConnection, FromRow};

use super::{ahead, expected_wait, state};
use crate::{clock::Millis, store};

/// A row of `jobs`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub team_id: i64,
    /// What it is for: [`Row::kind`].
    pub kind: String,
    /// The job whose data is looked for.
    pub verifies: Option<i64>,
    /// So long the site is waited for, milliseconds since 1970.
    pub ready_by: Option<Millis>,
    /// Where it stands: [`Row::state`].
    pub state: String,
    /// How many attempts have begun.
    pub attempt: i64,
    /// How many attempts came to nothing.
    pub faults: i64,
    /// How many runs were void.
    pub voids: i64,
    /// 1 when it was taken back.
    pub cancelled: i64,
    /// Who has it or had it last.
    pub worker_id: Option<i64>,
    /// Until when, milliseconds since 1970.
    pub lease_until: Option<Millis>,
    /// JSON: what is visited.
    pub targets: String,
    /// What the team said about it.
    pub note: Option<String>,
    /// Which commit it said.
    pub commit_name: Option<String>,
    /// Milliseconds since 1970.
    pub enqueued_at: Millis,
    /// It is not tried again earlier, milliseconds since 1970.
    pub not_before: Millis,
    /// When the last attempt began, milliseconds since 1970.
    pub started_at: Option<Millis>,
    /// Milliseconds since 1970.
    pub finished_at: Option<Millis>,
    /// `pass`, `fail` or `void`.
    pub verdict: Option<String>,
    /// The benchmark's.
    pub score: Option<i64>,
    /// Of the last attempt.
    pub seed: Option<i64>,
    /// Why it errored, or why it is tried again.
    pub reason: Option<String>,
}

impl Row {
    /// Where it stands.
    ///
    /// # Errors
    /// When the database holds none of the states.
    pub fn state(&self) -> Result<JobState, sqlx::Error> {
        state(&self.state)
    }

    /// What it is for.
    pub fn kind(&self) -> JobKind {
        read_name(&self.kind).unwrap_or_default()
    }

    /// Whether its team may take it back: the final measurement is the staff's.
    pub fn is_the_teams(&self) -> bool {
        matches!(self.kind(), JobKind::Run | JobKind::Rehearsal)
    }
}

/// The job of that number.
///
/// # Errors
/// The database's.
pub async fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM jobs WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The job of a team that is waiting or running.
///
/// # Errors
/// The database's.
pub async fn under_way(
    connection: &mut AnyConnection,
    team: i64,
) -> Result<Option<Row>, sqlx::Error> {
    let sql = "SELECT * FROM jobs WHERE team_id = $1 AND state IN ('waiting', 'running')";
    sqlx::query_as(sql)
        .bind(team)
        .fetch_optional(connection)
        .await
}

/// When the last job of a team was over, milliseconds since 1970; 0 when none was.
///
/// # Errors
/// The database's.
pub async fn last_end(connection: &mut AnyConnection, team: i64) -> Result<Millis, sqlx::Error> {
    store::number("SELECT COALESCE(MAX(finished_at), 0) FROM jobs WHERE team_id = $1")
        .bind(team)
        .fetch_one(connection)
        .await
}

/// A team's jobs, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_team(
    connection: &mut AnyConnection,
    team: i64,
    most: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM jobs WHERE team_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(team)
        .bind(most)
        .fetch_all(connection)
        .await
}

/// The jobs of all teams in this state, the newest first.
///
/// # Errors
/// The database's.
pub async fn in_state(
    connection: &mut AnyConnection,
    state: JobState,
    most: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM jobs WHERE state = $1 ORDER BY id DESC LIMIT $2")
        .bind(state.name())
        .bind(most)
        .fetch_all(connection)
        .await
}

/// A job as its team sees it.
///
/// # Errors
/// The database's.
pub async fn to_protocol(
    connection: &mut AnyConnection,
    row: &Row,
    now: Millis,
) -> Result<Job, sqlx::Error> {
    let state = row.state()?;
    let mut job = Job {
        id: row.id,
        kind: row.kind(),
        state,
        ahead: None,
        expected_wait_seconds: None,
        attempt: u32::try_from(row.attempt).unwrap_or(u32::MAX),
        note: row.note.clone(),
        commit: row.commit_name.clone(),
        targets: serde_json::from_str(&row.targets).unwrap_or_default(),
        enqueued_at: row.enqueued_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
        progress: None,
        verdict: row.verdict.as_deref().and_then(read_name::<Verdict>),
        score: row.score.map(i64::cast_unsigned),
        seed: row.seed.filter(|_| state.is_over()).map(i64::cast_unsigned),
        reason: row.reason.clone(),
    };
    match state {
        JobState::Waiting => {
            let ahead = ahead(connection, row).await?;
            job.ahead = Some(ahead);
            job.expected_wait_seconds = expected_wait(connection, ahead, now).await?;
        }
        JobState::Running => job.progress = progress(connection, row).await?,
        _ => {}
    }
    Ok(job)
}

async fn progress(
    connection: &mut AnyConnection,
    row: &Row,
) -> Result<Option<Progress>, sqlx::Error> {
    let progress: Option<Option<String>> =
        sqlx::query_scalar("SELECT progress FROM runs WHERE job_id = $1 AND attempt = $2")
            .bind(row.id)
            .bind(row.attempt)
            .fetch_optional(connection)
            .await?;
    let progress = progress.flatten();
    Ok(progress.and_then(|progress| serde_json::from_str(&progress).ok()))
}

/// What has this name in JSON.
fn read_name<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(name)).ok()
}
