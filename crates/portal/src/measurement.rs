//! The final measurement, and rehearsals of it.
//!
//! A measured team goes through steps: its hosts report how they are, are rebooted and report
//! another boot id ([`HostStep`]); the benchmark waits until the site answers, and runs; what it
//! has written is looked for, after another reboot if wanted; that is the verdict. [`drive()`] takes
//! the steps. Where a measurement stands is in the database alone: several portals may drive it,
//! and any of them may be killed.
//!
//! - **A team is measured once at a time**: a unique index says so.
//! - **A team is moved by one portal at a time**, which holds its row; a reboot is commanded by one
//!   that holds the host by a lease.
//! - **What a team's hosts do is the team's affair**: a host that does not come back, or a site that
//!   does not answer, fails. What the portal, a worker or the staff failed to do is no verdict.

mod advance;
mod drive;
mod reason;
mod reboot;
mod record;

pub use drive::{drive, look_after};
pub use reason::Reason;
pub use record::{HostRow, Record, TeamRecord, latest, of_team, to_protocol};

use isutori_protocol::contest::{HostStep, TeamStep};
use sqlx::{AnyConnection, FromRow};

use crate::{clock::Millis, queue, store};

/// How a measurement is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Whether its scores are the final ones.
    pub counts: bool,
    /// Whether hosts have to have reported a moment ago.
    pub checks: bool,
    /// Whether hosts are rebooted before the run.
    pub reboots: bool,
    /// Whether they are rebooted again before their data is looked for.
    pub reboots_again: bool,
    /// So long a host may take to report, to come back, and to answer.
    pub deadline_seconds: i64,
}

impl Plan {
    /// So long a host may take, unless the staff says otherwise.
    pub const DEADLINE_SECONDS: i64 = 600;

    /// What a team rehearses.
    pub const REHEARSAL: Plan = Plan {
        counts: false,
        checks: true,
        reboots: true,
        reboots_again: false,
        deadline_seconds: Plan::DEADLINE_SECONDS,
    };
}

/// A measurement.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Measurement {
    /// Its number.
    pub id: i64,
    /// 1 when its scores are the final ones.
    pub counts: i64,
    /// 1 when hosts have to have reported a moment ago.
    pub checks: i64,
    /// 1 when hosts are rebooted before the run.
    pub reboots: i64,
    /// 1 when they are rebooted again before their data is looked for.
    pub reboots_again: i64,
    /// So long a host may take to report, to come back, and to answer.
    pub deadline_seconds: i64,
    /// Who of the staff began it; empty when its team did.
    pub began_by: String,
    /// When, milliseconds since 1970.
    pub began_at: Millis,
    /// When it was over for all teams, or was aborted.
    pub ended_at: Option<Millis>,
    /// 1 when it was aborted.
    pub aborted: i64,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody to be measured.
    #[error("no team was chosen")]
    NoTeam,
    /// The team is being measured already.
    #[error("team {0:?} is being measured already")]
    UnderWay(String),
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Begins to measure teams. Gives the measurement's number. `who` of the staff wants it, nobody
/// when the team itself does. Within a transaction.
///
/// # Errors
/// When there is no team, or one of them is being measured already. A measurement that counts ends
/// all that do not.
pub async fn begin(
    connection: &mut AnyConnection,
    plan: &Plan,
    teams: &[i64],
    who: &str,
    now: Millis,
) -> Result<i64, Refused> {
    if teams.is_empty() {
        return Err(Refused::NoTeam);
    }
    if plan.counts {
        end_rehearsals(connection, now).await?;
    }
    let sql = "INSERT INTO measurements (counts, checks, reboots, reboots_again, deadline_seconds,
            began_by, began_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let id: i64 = sqlx::query_scalar(sql)
        .bind(i64::from(plan.counts))
        .bind(i64::from(plan.checks))
        .bind(i64::from(plan.reboots))
        .bind(i64::from(plan.reboots_again))
        .bind(plan.deadline_seconds)
        .bind(who)
        .bind(now)
        .fetch_one(&mut *connection)
        .await?;
    let first = match (plan.checks, plan.reboots) {
        (true, _) => HostStep::Check,
        (false, true) => HostStep::Reboot,
        (false, false) => HostStep::Up,
    };
    for team in teams {
        let sql = "INSERT INTO measured_teams (measurement_id, team_id, step, since)
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let begun = sqlx::query(sql)
            .bind(id)
            .bind(team)
            .bind(TeamStep::Prepare.name())
            .bind(now)
            .execute(&mut *connection)
            .await?;
        if begun.rows_affected() == 0 {
            let name = crate::teams::find(connection, *team).await?;
            let name = name.map_or_else(|| team.to_string(), |team| team.name);
            return Err(Refused::UnderWay(name));
        }
        add_hosts(connection, (id, *team), 1, first, now).await?;
    }
    Ok(id)
}

/// Adds the hosts that the team has now, for a round of preparation.
async fn add_hosts(
    connection: &mut AnyConnection,
    (measurement, team): (i64, i64),
    round: i64,
    step: HostStep,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO measured_hosts (measurement_id, team_id, round, name, url, step, since,
            boot_id)
        SELECT $1, team_id, $3, name, url, $4, $5, boot_id FROM hosts WHERE team_id = $2";
    sqlx::query(sql)
        .bind(measurement)
        .bind(team)
        .bind(round)
        .bind(step.name())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

async fn end_rehearsals(connection: &mut AnyConnection, now: Millis) -> Result<(), sqlx::Error> {
    let sql = "SELECT id FROM measurements WHERE counts = 0 AND ended_at IS NULL";
    let rehearsals: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    for rehearsal in rehearsals {
        abort(connection, rehearsal, now).await?;
    }
    Ok(())
}

/// Ends a measurement at once. What it came to already stays. Says whether it was under way.
/// Within a transaction.
///
/// # Errors
/// The database's.
pub async fn abort(
    connection: &mut AnyConnection,
    id: i64,
    now: Millis,
) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE measured_teams SET step = 'over', since = $2, reason = $3
        WHERE measurement_id = $1 AND step <> 'over' RETURNING run_job, verify_job";
    let left: Vec<(Option<i64>, Option<i64>)> = sqlx::query_as(sql)
        .bind(id)
        .bind(now)
        .bind(Reason::Aborted.to_json())
        .fetch_all(&mut *connection)
        .await?;
    for job in left
        .into_iter()
        .flat_map(|(run, verify)| [run, verify])
        .flatten()
    {
        queue::cancel(connection, job, now).await?;
    }
    let sql = "UPDATE measurements SET aborted = 1, ended_at = $2
        WHERE id = $1 AND ended_at IS NULL";
    let aborted = sqlx::query(sql)
        .bind(id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(aborted.rows_affected() > 0)
}

/// Lets the scores of a measurement be the final ones, or not. Says whether there is such a one.
///
/// # Errors
/// The database's.
pub async fn let_count(
    connection: &mut AnyConnection,
    id: i64,
    counts: bool,
) -> Result<bool, sqlx::Error> {
    let changed = sqlx::query("UPDATE measurements SET counts = $2 WHERE id = $1")
        .bind(id)
        .bind(i64::from(counts))
        .execute(connection)
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Whether a team may not enqueue for now: it is being measured, or some team is in a way that
/// counts.
///
/// # Errors
/// The database's.
pub async fn closes_queue(connection: &mut AnyConnection, team: i64) -> Result<bool, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM measured_teams
        JOIN measurements ON measurements.id = measurement_id
        WHERE step <> 'over' AND (counts = 1 OR team_id = $1)";
    let closing = store::number(sql).bind(team).fetch_one(connection).await?;
    Ok(closing > 0)
}
