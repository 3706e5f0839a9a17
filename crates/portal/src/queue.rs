//! The queue: jobs, leases, attempts.
//!
//! - **One job of a team is under way**, waiting or running: a unique index says so, not a count.
//! - **A job waits as long as it takes.** Nothing times out but leases.
//! - **An attempt is fenced.** Every statement on behalf of a worker names job, attempt and worker,
//!   and changes nothing when another attempt has begun.
//! - **A job is tried again for faults of ours alone**: a worker that died, a benchmark that could
//!   not work, a run that was void. Each has its limit, and neither costs the team anything.

mod claim;
mod finish;
mod job;

pub use claim::{claim, heartbeat};
pub use finish::{expire, finish};
pub use job::{Row, find, in_state, last_end, of_team, to_protocol, under_way};

use std::time::Duration;

use isutori_protocol::contest::{Enqueue, JobKind, JobState};
use sqlx::{AnyConnection, Connection};

use crate::{
    clock::Millis,
    contest::Contest,
    measurement, store,
    teams::{self, Team},
};

/// Without a heartbeat for so long an attempt is over, unless the portal says otherwise.
pub const LEASE: Duration = Duration::from_secs(60);

/// So often a job is tried again after a worker or benchmark that failed.
pub const MOST_FAULTS: i64 = 2;

/// So long a job rests after a benchmark that could not work, milliseconds: a sixth of a lease.
fn rest_after_fault(lease: Duration) -> Millis {
    i64::try_from(lease.as_millis() / 6).unwrap_or(i64::MAX / 2)
}

/// So often a job is tried again after a void run.
pub const MOST_VOIDS: i64 = 2;

/// A note or commit has at most so many characters.
pub const LONGEST_NOTE: usize = 200;

/// Why a team may not enqueue.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The contest is not on.
    #[error("the contest has not begun yet")]
    Early,
    /// The contest is over.
    #[error("the contest is over")]
    Late,
    /// The team is out.
    #[error("this team is not part of the contest any more; ask the staff")]
    Excluded,
    /// Nothing to visit.
    #[error("the team has no host yet: register one on the team's page")]
    NoHost,
    /// A host that the team has not.
    #[error("the team has no host named {0:?}")]
    UnknownHost(String),
    /// Too long.
    #[error("a note or commit has at most {LONGEST_NOTE} characters")]
    TooLong,
    /// A final measurement, or the team's rehearsal of one.
    #[error("no more runs while the final measurement or a rehearsal of it is under way")]
    Measured,
    /// There is a job of the team already.
    #[error("job {0} of this team is under way already")]
    UnderWay(i64),
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Puts a job of a team into the queue. Gives its number.
///
/// # Errors
/// When the team may not, or has one there already.
pub async fn enqueue(
    connection: &mut AnyConnection,
    contest: &Contest,
    team: &Team,
    wish: &Enqueue,
    now: Millis,
) -> Result<i64, Refused> {
    check_right(connection, contest, team, now).await?;
    let is_long = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        text.chars().nth(LONGEST_NOTE).is_some()
    };
    if is_long(&wish.note) || is_long(&wish.commit) {
        return Err(Refused::TooLong);
    }
    let targets = targets(connection, team, &wish.hosts).await?;
    let new = New {
        note: wish.note.as_deref(),
        commit: wish.commit.as_deref(),
        ..New::of(team.id, JobKind::Run, &targets)
    };
    loop {
        if let Some(id) = insert(connection, &new, now).await? {
            return Ok(id);
        }
        // The one that was in the way may have ended this very moment.
        if let Some(job) = under_way(connection, team.id).await? {
            return Err(Refused::UnderWay(job.id));
        }
    }
}

/// Whether a team may have anything run now.
///
/// # Errors
/// When it may not.
pub async fn check_right(
    connection: &mut AnyConnection,
    contest: &Contest,
    team: &Team,
    now: Millis,
) -> Result<(), Refused> {
    if team.excluded != 0 {
        return Err(Refused::Excluded);
    }
    if contest.practice.is_none() && now < contest.starts_at.as_millisecond() {
        return Err(Refused::Early);
    }
    if team.is_over(contest, now) {
        return Err(Refused::Late);
    }
    match measurement::closes_queue(connection, team.id).await? {
        true => Err(Refused::Measured),
        false => Ok(()),
    }
}

/// A job that is not in the queue yet.
pub(crate) struct New<'a> {
    pub(crate) team: i64,
    pub(crate) kind: JobKind,
    pub(crate) targets: &'a [String],
    pub(crate) note: Option<&'a str>,
    pub(crate) commit: Option<&'a str>,
    /// The job whose data is looked for.
    pub(crate) verifies: Option<i64>,
    /// So long the site is waited for.
    pub(crate) ready_by: Option<Millis>,
}

impl New<'_> {
    pub(crate) fn of(team: i64, kind: JobKind, targets: &[String]) -> New<'_> {
        New {
            team,
            kind,
            targets,
            note: None,
            commit: None,
            verifies: None,
            ready_by: None,
        }
    }
}

/// Puts a job into the queue, unless there is one of the team under way. Gives its number.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    new: &New<'_>,
    now: Millis,
) -> Result<Option<i64>, sqlx::Error> {
    let sql = "INSERT INTO jobs (team_id, kind, state, targets, note, commit_name, verifies,
            ready_by, enqueued_at)
        VALUES ($1, $2, 'waiting', $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id";
    sqlx::query_scalar(sql)
        .bind(new.team)
        .bind(new.kind.name())
        .bind(serde_json::json!(new.targets).to_string())
        .bind(new.note)
        .bind(new.commit)
        .bind(new.verifies)
        .bind(new.ready_by)
        .bind(now)
        .fetch_optional(connection)
        .await
}

async fn targets(
    connection: &mut AnyConnection,
    team: &Team,
    wanted: &[String],
) -> Result<Vec<String>, Refused> {
    let hosts = teams::hosts(connection, team.id).await?;
    if let Some(unknown) = wanted
        .iter()
        .find(|name| hosts.iter().all(|host| host.name != **name))
    {
        return Err(Refused::UnknownHost(unknown.clone()));
    }
    let chosen = hosts
        .into_iter()
        .filter(|host| wanted.is_empty() || wanted.contains(&host.name));
    let targets: Vec<String> = chosen.filter_map(|host| host.url).collect();
    match targets.is_empty() {
        true => Err(Refused::NoHost),
        false => Ok(targets),
    }
}

/// Takes a job back: at once while it waits; a running one when its worker hears of it. Says
/// whether there was anything to take back.
///
/// # Errors
/// The database's.
pub async fn cancel(
    connection: &mut AnyConnection,
    job: i64,
    now: Millis,
) -> Result<bool, sqlx::Error> {
    // One statement each, the one for waiting jobs first: between the two a job may begin to run,
    // but a running one only begins to wait when it was not cancelled.
    let mut transaction = connection.begin().await?;
    let waiting = sqlx::query(
        "UPDATE jobs SET state = 'cancelled', cancelled = 1, finished_at = $2
        WHERE id = $1 AND state = 'waiting'",
    )
    .bind(job)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    let running = sqlx::query("UPDATE jobs SET cancelled = 1 WHERE id = $1 AND state = 'running'")
        .bind(job)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(waiting.rows_affected() + running.rows_affected() > 0)
}

/// How many jobs are before one that waits.
///
/// # Errors
/// The database's.
pub async fn ahead(connection: &mut AnyConnection, job: &Row) -> Result<u64, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM jobs WHERE state = 'waiting'
        AND (enqueued_at < $1 OR (enqueued_at = $1 AND id < $2))";
    let ahead = store::number(sql)
        .bind(job.enqueued_at)
        .bind(job.id)
        .fetch_one(connection)
        .await?;
    Ok(ahead.cast_unsigned())
}

/// After how many seconds a job with so many before it will begin, as far as can be told: by the
/// last runs' mean length and the workers that are there. Nothing when there is no worker.
///
/// # Errors
/// The database's.
pub async fn expected_wait(
    connection: &mut AnyConnection,
    ahead: u64,
    now: Millis,
) -> Result<Option<u64>, sqlx::Error> {
    let places = store::number(
        "SELECT CAST(COALESCE(SUM(concurrency), 0) AS BIGINT) FROM workers
        WHERE draining = 0 AND seen_at >= $1",
    )
    .bind(now - crate::workers::THERE)
    .fetch_one(&mut *connection)
    .await?;
    if places <= 0 {
        return Ok(None);
    }
    let running: i64 = store::number("SELECT COUNT(*) FROM jobs WHERE state = 'running'")
        .fetch_one(&mut *connection)
        .await?;
    let mean: i64 = store::number(
        "SELECT CAST(COALESCE(AVG(length), 0) AS BIGINT) FROM (
            SELECT ended_at - began_at AS length FROM runs
            WHERE outcome = 'judged' ORDER BY ended_at DESC LIMIT 20) AS latest",
    )
    .fetch_one(connection)
    .await?;
    let (places, running) = (places.cast_unsigned(), running.cast_unsigned());
    let before = (ahead + running).saturating_sub(places - 1);
    let rounds = before.div_ceil(places);
    Ok(Some(rounds * mean.cast_unsigned() / 1000))
}

/// The name of a state in the database, which is its name in JSON.
pub(crate) fn state(name: &str) -> Result<JobState, sqlx::Error> {
    let mut all = JobState::ALL.into_iter();
    all.find(|state| state.name() == name)
        .ok_or_else(|| sqlx::Error::Decode(format!("{name:?} is no state of a job").into()))
}
