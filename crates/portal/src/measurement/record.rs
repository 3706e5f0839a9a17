//! Measurements as people look at them.

use isutori_protocol::{
    Verdict,
    contest::{self, HostStep, TeamStep},
};
use sqlx::{AnyConnection, FromRow};

use super::{Measurement, Reason};
use crate::{clock::Millis, queue};

/// A host in a measurement, as it lies in the database.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HostRow {
    /// The row's number.
    pub id: i64,
    /// 1 before the run, 2 before its data is looked for.
    pub round: i64,
    /// The host's name.
    pub name: String,
    /// Where the benchmark found it when the measurement began, if anywhere.
    pub url: Option<String>,
    /// Where it stands: [`HostRow::step`].
    pub step: String,
    /// Since when, milliseconds since 1970.
    pub since: Millis,
    /// The boot id that it had before it was rebooted.
    pub boot_id: Option<String>,
    /// When its report was taken for fresh.
    pub checked_at: Option<Millis>,
    /// When the command to reboot it had succeeded.
    pub rebooted_at: Option<Millis>,
    /// When it was there again.
    pub up_at: Option<Millis>,
    /// What the command to reboot it said.
    pub output: Option<String>,
    /// Why the command did not succeed.
    pub failure: Option<String>,
}

impl HostRow {
    /// Where it stands.
    ///
    /// # Errors
    /// When the database holds none of the steps.
    pub fn step(&self) -> Result<HostStep, sqlx::Error> {
        step_of(&self.step, &HostStep::ALL, HostStep::name)
    }
}

/// The step of that name.
pub(super) fn step_of<S: Copy>(
    name: &str,
    all: &[S],
    name_of: fn(S) -> &'static str,
) -> Result<S, sqlx::Error> {
    let mut all = all.iter().copied();
    all.find(|step| name_of(*step) == name)
        .ok_or_else(|| sqlx::Error::Decode(format!("{name:?} is no step").into()))
}

/// A team in a measurement.
#[derive(Clone, Debug)]
pub struct TeamRecord {
    /// The team's number.
    pub team: i64,
    /// The team's name.
    pub name: String,
    /// Where it stands.
    pub step: TeamStep,
    /// Since when, milliseconds since 1970.
    pub since: Millis,
    /// The run that was under way before, and has to end first.
    pub waits_for: Option<i64>,
    /// Its hosts in their rounds, by their names.
    pub hosts: Vec<HostRow>,
    /// The job of the run.
    pub run: Option<queue::Row>,
    /// The job that looks for what the run has written.
    pub verify: Option<queue::Row>,
    /// Nothing when it could not be made, or is not over.
    pub verdict: Option<Verdict>,
    /// With the verdict.
    pub score: Option<u64>,
    /// Why it did not pass.
    pub reason: Option<Reason>,
}

/// A measurement with all its teams.
#[derive(Clone, Debug)]
pub struct Record {
    /// The measurement.
    pub measurement: Measurement,
    /// Its teams by their names.
    pub teams: Vec<TeamRecord>,
}

impl Record {
    /// Whether something more will happen.
    pub fn is_under_way(&self) -> bool {
        self.teams.iter().any(|team| team.step != TeamStep::Over)
    }
}

/// The hosts of a measured team, those of one round or all.
pub(super) async fn host_rows(
    connection: &mut AnyConnection,
    (measurement, team): (i64, i64),
    round: Option<i64>,
) -> Result<Vec<HostRow>, sqlx::Error> {
    let sql = "SELECT id, round, name, url, step, since, boot_id, checked_at, rebooted_at, up_at,
            output, failure
        FROM measured_hosts
        WHERE measurement_id = $1 AND team_id = $2 AND round >= $3 AND round <= $4
        ORDER BY round, name";
    sqlx::query_as(sql)
        .bind(measurement)
        .bind(team)
        .bind(round.unwrap_or(0))
        .bind(round.unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await
}

#[derive(FromRow)]
struct TeamRow {
    team_id: i64,
    name: String,
    step: String,
    since: Millis,
    run_job: Option<i64>,
    verify_job: Option<i64>,
    verdict: Option<String>,
    score: Option<i64>,
    reason: Option<String>,
}

async fn team_records(
    connection: &mut AnyConnection,
    measurement: i64,
    team: Option<i64>,
) -> Result<Vec<TeamRecord>, sqlx::Error> {
    let sql = "SELECT team_id, name, step, since, run_job, verify_job, verdict, score, reason
        FROM measured_teams JOIN teams ON teams.id = team_id
        WHERE measurement_id = $1 AND team_id >= $2 AND team_id <= $3 ORDER BY name";
    let rows: Vec<TeamRow> = sqlx::query_as(sql)
        .bind(measurement)
        .bind(team.unwrap_or(0))
        .bind(team.unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
    let mut records = Vec::new();
    for row in rows {
        let mut jobs = [None, None];
        for (job, id) in jobs.iter_mut().zip([row.run_job, row.verify_job]) {
            if let Some(id) = id {
                *job = queue::find(connection, id).await?;
            }
        }
        let [run, verify] = jobs;
        let step = step_of(&row.step, &TeamStep::ALL, TeamStep::name)?;
        let before = match step {
            TeamStep::Prepare => queue::under_way(connection, row.team_id).await?,
            _ => None,
        };
        records.push(TeamRecord {
            waits_for: before.map(|job| job.id),
            hosts: host_rows(connection, (measurement, row.team_id), None).await?,
            step,
            team: row.team_id,
            name: row.name,
            since: row.since,
            run,
            verify,
            verdict: match row.verdict.as_deref() {
                Some("pass") => Some(Verdict::Pass),
                Some(_) => Some(Verdict::Fail),
                None => None,
            },
            score: row.score.map(i64::cast_unsigned),
            reason: row.reason.as_deref().map(Reason::from_json),
        });
    }
    Ok(records)
}

/// The latest measurements of the staff, the newest first.
///
/// # Errors
/// The database's.
pub async fn latest(connection: &mut AnyConnection, most: i64) -> Result<Vec<Record>, sqlx::Error> {
    let sql = "SELECT * FROM measurements WHERE began_by <> '' ORDER BY id DESC LIMIT $1";
    let measurements: Vec<Measurement> = sqlx::query_as(sql)
        .bind(most)
        .fetch_all(&mut *connection)
        .await?;
    let mut records = Vec::new();
    for measurement in measurements {
        records.push(Record {
            teams: team_records(connection, measurement.id, None).await?,
            measurement,
        });
    }
    Ok(records)
}

/// The last measurement of a team.
///
/// # Errors
/// The database's.
pub async fn of_team(
    connection: &mut AnyConnection,
    team: i64,
) -> Result<Option<(Measurement, TeamRecord)>, sqlx::Error> {
    let sql = "SELECT measurements.* FROM measurements
        JOIN measured_teams ON measurements.id = measurement_id
        WHERE team_id = $1 ORDER BY measurements.id DESC LIMIT 1";
    let found: Option<Measurement> = sqlx::query_as(sql)
        .bind(team)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(measurement) = found else {
        return Ok(None);
    };
    let records = team_records(connection, measurement.id, Some(team)).await?;
    Ok(records.into_iter().next().map(|team| (measurement, team)))
}

/// A measurement as its team sees it; `told` says a reason in words.
///
/// # Errors
/// When the database holds none of the steps.
pub fn to_protocol(
    measurement: &Measurement,
    team: &TeamRecord,
    told: impl Fn(&Reason) -> String,
) -> Result<contest::Measurement, sqlx::Error> {
    let round = team.hosts.iter().map(|host| host.round).max();
    let hosts = team.hosts.iter().filter(|host| Some(host.round) == round);
    let hosts = hosts.map(|host| {
        Ok(contest::MeasuredHost {
            name: host.name.clone(),
            step: host.step()?,
            since: host.since,
        })
    });
    Ok(contest::Measurement {
        id: measurement.id,
        counts: measurement.counts != 0,
        step: team.step,
        since: team.since,
        hosts: hosts.collect::<Result<_, sqlx::Error>>()?,
        run: team.run.as_ref().map(|job| job.id),
        verify: team.verify.as_ref().map(|job| job.id),
        verdict: team.verdict,
        score: team.score,
        reason: team.reason.as_ref().map(told),
    })
}
