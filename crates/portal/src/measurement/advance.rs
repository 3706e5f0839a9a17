//! Takes the next step of a measured team.

use isutori_protocol::contest::{HostStep, JobKind, JobState, TeamStep};
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

use super::{
    HostRow, Measurement, Reason, add_hosts,
    record::{host_rows, step_of},
};
use crate::{
    clock::Millis,
    queue::{self, New},
    runs,
    store::Store,
    teams::{self, HostState},
};

/// A report that is not older than this when a measurement begins is fresh, milliseconds.
const FRESH: Millis = 10 * 60_000;

/// A reason is cut to so many characters.
const LONGEST_REASON: usize = 2_000;

/// A measured team, as it lies in the database.
#[derive(FromRow)]
struct Row {
    measurement_id: i64,
    team_id: i64,
    step: String,
    run_job: Option<i64>,
    verify_job: Option<i64>,
}

/// What becomes of a team.
enum Next {
    /// Nothing yet.
    Stay,
    /// Its hosts are on, by themselves.
    HostsMoved,
    /// A step.
    Step(TeamStep),
    /// The end. Without a reason it has passed.
    Over(Option<Reason>),
}

/// Moves a team as far as it goes at once; says whether it moved. Nothing happens where another
/// portal is at it.
pub(super) async fn advance(
    store: &Store,
    (measurement, team): (i64, i64),
    has_command: bool,
    now: Millis,
) -> Result<bool, sqlx::Error> {
    let mut transaction = store.begin_write().await?;
    let sql = format!(
        "SELECT measurement_id, team_id, step, run_job, verify_job FROM measured_teams
        WHERE measurement_id = $1 AND team_id = $2 AND step <> 'over' {}",
        store.skipping_locked()
    );
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(measurement)
        .bind(team)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let measurement: Measurement = sqlx::query_as("SELECT * FROM measurements WHERE id = $1")
        .bind(measurement)
        .fetch_one(&mut *transaction)
        .await?;
    let mut step = Step {
        connection: &mut transaction,
        measurement: &measurement,
        row: &row,
        has_command,
        now,
    };
    let next = step.next().await?;
    match &next {
        Next::Stay => return Ok(false),
        Next::HostsMoved => {}
        Next::Step(to) => step.enter(*to).await?,
        Next::Over(reason) => step.end(reason.as_ref()).await?,
    }
    transaction.commit().await?;
    Ok(true)
}

struct Step<'a> {
    connection: &'a mut AnyConnection,
    measurement: &'a Measurement,
    row: &'a Row,
    /// Whether hosts are rebooted by a command, not by hand.
    has_command: bool,
    now: Millis,
}

impl Step<'_> {
    async fn next(&mut self) -> Result<Next, sqlx::Error> {
        match step_of(&self.row.step, &TeamStep::ALL, TeamStep::name)? {
            TeamStep::Prepare => self.prepare(1).await,
            TeamStep::PrepareAgain => self.prepare(2).await,
            TeamStep::Run => self.see_run().await,
            TeamStep::Verify => self.see_verification().await,
            TeamStep::Over => Ok(Next::Stay),
        }
    }

    fn key(&self) -> (i64, i64) {
        (self.row.measurement_id, self.row.team_id)
    }

    fn deadline(&self) -> Millis {
        self.measurement.deadline_seconds * 1000
    }

    /// Looks whether hosts have come further.
    async fn prepare(&mut self, round: i64) -> Result<Next, sqlx::Error> {
        let hosts = host_rows(self.connection, self.key(), Some(round)).await?;
        if hosts.iter().all(|host| host.url.is_none()) {
            return Ok(Next::Over(Some(Reason::NoHost)));
        }
        // A run that was enqueued before is not disturbed, and costs the hosts no time.
        let team = self.row.team_id;
        if queue::under_way(self.connection, team).await?.is_some() {
            return Ok(Next::Stay);
        }
        let free_since = queue::last_end(self.connection, team).await?;
        let states = teams::host_states(self.connection, team).await?;
        let mut moved = false;
        let mut all_up = true;
        for host in &hosts {
            let state = states.iter().find(|state| state.host.name == host.name);
            match self.next_of_host(host, state, free_since)? {
                Ok(Some(step)) => {
                    self.move_host(host, step, state).await?;
                    moved = true;
                    all_up &= step == HostStep::Up;
                }
                Ok(None) => all_up &= host.step()? == HostStep::Up,
                Err(reason) => return Ok(Next::Over(Some(reason))),
            }
        }
        Ok(match (all_up, moved, round) {
            (true, _, 1) => Next::Step(TeamStep::Run),
            (true, _, _) => Next::Step(TeamStep::Verify),
            (false, true, _) => Next::HostsMoved,
            (false, false, _) => Next::Stay,
        })
    }

    /// The next step of a host, if it is time for one, or why there is none.
    fn next_of_host(
        &self,
        host: &HostRow,
        state: Option<&HostState>,
        free_since: Millis,
    ) -> Result<Result<Option<HostStep>, Reason>, sqlx::Error> {
        let name = || host.name.clone();
        let is_late = self.now > host.since.max(free_since) + self.deadline();
        let next = match host.step()? {
            HostStep::Check => {
                let reported_at = state.and_then(|state| state.reported_at);
                match reported_at {
                    Some(at) if at >= self.measurement.began_at - FRESH => {
                        Ok(Some(match self.measurement.reboots {
                            0 => HostStep::Up,
                            _ => HostStep::Reboot,
                        }))
                    }
                    // Else who is ahead could keep the score by switching the host off.
                    Some(_) if is_late => Err(Reason::Silent { host: name() }),
                    None if is_late => Err(Reason::NoReport { host: name() }),
                    _ => Ok(None),
                }
            }
            HostStep::Reboot => match (&host.failure, self.has_command) {
                (Some(why), _) => Err(Reason::NotCommanded {
                    host: name(),
                    why: why.clone(),
                }),
                (None, true) => Ok(None),
                (None, false) => Ok(Some(HostStep::Boot)),
            },
            HostStep::Boot => {
                let told = state.and_then(|state| state.boot_id.as_ref());
                match told {
                    Some(told) if host.boot_id.as_ref() != Some(told) => Ok(Some(HostStep::Up)),
                    // Whether somebody was to reboot it by hand, nobody can tell.
                    _ if is_late && host.rebooted_at.is_some() => {
                        Err(Reason::NotBack { host: name() })
                    }
                    _ if is_late => Err(Reason::NotRebooted { host: name() }),
                    _ => Ok(None),
                }
            }
            HostStep::Up => Ok(None),
        };
        Ok(next)
    }

    async fn move_host(
        &mut self,
        host: &HostRow,
        step: HostStep,
        state: Option<&HostState>,
    ) -> Result<(), sqlx::Error> {
        let now = self.now;
        let was = host.step()?;
        let checked_at = host.checked_at.or((was == HostStep::Check).then_some(now));
        let up_at = (step == HostStep::Up).then_some(now);
        // What it had before it is rebooted.
        let boot_id = match step {
            HostStep::Reboot => state.and_then(|state| state.boot_id.as_deref()),
            _ => host.boot_id.as_deref(),
        };
        let sql = "UPDATE measured_hosts SET step = $2, since = $3, checked_at = $4, up_at = $5,
                boot_id = $6
            WHERE id = $1";
        sqlx::query(sql)
            .bind(host.id)
            .bind(step.name())
            .bind(now)
            .bind(checked_at)
            .bind(up_at)
            .bind(boot_id)
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    async fn see_run(&mut self) -> Result<Next, sqlx::Error> {
        let Some(job) = self.job(self.row.run_job).await? else {
            return Ok(Next::Stay);
        };
        let verdict = job.verdict.as_deref();
        Ok(match (job.state()?, verdict) {
            (JobState::Waiting | JobState::Running, _) => Next::Stay,
            (JobState::Finished, Some("pass")) => {
                Next::Step(match self.measurement.reboots_again {
                    0 => TeamStep::Verify,
                    _ => TeamStep::PrepareAgain,
                })
            }
            (JobState::Finished, Some("fail")) => {
                let result = runs::result(self.connection, job.id).await?;
                let why = result.map_or(String::new(), |result| result.reasons.join("\n"));
                Next::Over(Some(Reason::Failed { why: cut(&why) }))
            }
            _ => Next::Over(Some(no_verdict(&job))),
        })
    }

    async fn see_verification(&mut self) -> Result<Next, sqlx::Error> {
        let Some(job) = self.job(self.row.verify_job).await? else {
            return Ok(Next::Stay);
        };
        let why = || cut(job.reason.as_deref().unwrap_or_default());
        Ok(match (job.state()?, job.verdict.as_deref()) {
            (JobState::Waiting | JobState::Running, _) => Next::Stay,
            (JobState::Finished, Some("pass")) => Next::Over(None),
            (JobState::Finished, Some("fail")) => Next::Over(Some(Reason::Lost { why: why() })),
            _ => Next::Over(Some(no_verdict(&job))),
        })
    }

    async fn job(&mut self, job: Option<i64>) -> Result<Option<queue::Row>, sqlx::Error> {
        match job {
            Some(job) => queue::find(self.connection, job).await,
            None => Ok(None),
        }
    }

    async fn enter(&mut self, step: TeamStep) -> Result<(), sqlx::Error> {
        let (mut run, mut verify) = (self.row.run_job, self.row.verify_job);
        match step {
            TeamStep::Run => run = self.enqueue(self.run_kind(), 1, None).await?,
            TeamStep::Verify => verify = self.enqueue(JobKind::Verify, 2, run).await?,
            TeamStep::PrepareAgain => {
                let first = HostStep::Reboot;
                add_hosts(self.connection, self.key(), 2, first, self.now).await?;
            }
            TeamStep::Prepare | TeamStep::Over => {}
        }
        let sql = "UPDATE measured_teams SET step = $3, since = $4, run_job = $5, verify_job = $6
            WHERE measurement_id = $1 AND team_id = $2";
        sqlx::query(sql)
            .bind(self.row.measurement_id)
            .bind(self.row.team_id)
            .bind(step.name())
            .bind(self.now)
            .bind(run)
            .bind(verify)
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    fn run_kind(&self) -> JobKind {
        match self.measurement.counts {
            0 => JobKind::Rehearsal,
            _ => JobKind::Final,
        }
    }

    /// Enqueues a job at the hosts as they were when the measurement began. They have the rest of
    /// their time to answer, after a reboot from that on.
    async fn enqueue(
        &mut self,
        kind: JobKind,
        round: i64,
        verifies: Option<i64>,
    ) -> Result<Option<i64>, sqlx::Error> {
        let hosts = host_rows(self.connection, self.key(), Some(1)).await?;
        let targets: Vec<String> = hosts.into_iter().filter_map(|host| host.url).collect();
        let rebooted = host_rows(self.connection, self.key(), Some(round)).await?;
        let rebooted_at = rebooted.iter().filter_map(|host| host.rebooted_at).max();
        let new = New {
            verifies,
            ready_by: Some(rebooted_at.unwrap_or(self.now) + self.deadline()),
            ..New::of(self.row.team_id, kind, &targets)
        };
        queue::insert(self.connection, &new, self.now).await
    }

    async fn end(&mut self, reason: Option<&Reason>) -> Result<(), sqlx::Error> {
        let (verdict, score) = match reason {
            None => {
                let job = self.job(self.row.run_job).await?;
                (Some("pass"), job.and_then(|job| job.score))
            }
            Some(reason) if reason.is_the_teams() => (Some("fail"), Some(0)),
            Some(_) => (None, None),
        };
        let sql = "UPDATE measured_teams SET step = 'over', since = $3, verdict = $4, score = $5,
                reason = $6
            WHERE measurement_id = $1 AND team_id = $2";
        sqlx::query(sql)
            .bind(self.row.measurement_id)
            .bind(self.row.team_id)
            .bind(self.now)
            .bind(verdict)
            .bind(score)
            .bind(reason.map(Reason::to_json))
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }
}

fn no_verdict(job: &queue::Row) -> Reason {
    let why = match job.cancelled {
        0 => job.reason.clone().unwrap_or_default(),
        _ => "cancelled".to_owned(),
    };
    Reason::NoVerdict {
        job: job.id,
        why: cut(&why),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_REASON).collect()
}
