//! The staff's side. Whatever it changes is written down with the change itself.

pub(crate) mod announcements;
pub(crate) mod audit;
pub(crate) mod class;
pub(crate) mod contest;
pub(crate) mod exports;
pub(crate) mod hints;
pub(crate) mod hosts;
pub(crate) mod jobs;
pub(crate) mod measurements;
pub(crate) mod questions;
pub(crate) mod team;
pub(crate) mod teams;
pub(crate) mod workers;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use isutori_protocol::contest::JobState;
use sqlx::AnyConnection;

use super::{
    Page,
    frame::{ContestClock, Frame},
    visitor::Staff,
};
use crate::{
    audit::{Deed, note},
    error::Error,
    figures::Moment,
    people::Person,
    queue::{self, Row},
    state::AppState,
    teams::{self as core_teams, Team},
    workers::{self as core_workers, Worker},
};

/// So many jobs of a kind are shown.
const LATEST: i64 = 100;

/// So many jobs that errored are shown.
const LATEST_ERRORED: i64 = 10;

/// Writes down what one of the staff does, in the transaction that does it.
pub(crate) async fn write_down(
    connection: &mut AnyConnection,
    frame: &Frame,
    person: &Person,
    what: &str,
    detail: impl Into<String>,
) -> Result<(), Error> {
    let deed = Deed {
        at: frame.now,
        who: person.name.clone(),
        what: what.to_owned(),
        detail: detail.into(),
    };
    Ok(note(connection, &deed).await?)
}

/// The team of that number.
pub(crate) async fn find_team(connection: &mut AnyConnection, id: i64) -> Result<Team, Error> {
    let team = core_teams::find(connection, id).await?;
    team.ok_or(Error::NotFound("this team"))
}

struct JobLine {
    job: Row,
    team: String,
    worker: String,
}

impl JobLine {
    fn since(&self) -> Moment {
        let job = &self.job;
        Moment(job.started_at.unwrap_or(job.enqueued_at))
    }
}

struct WorkerLine {
    worker: Worker,
    is_there: bool,
    is_of_build: bool,
}

#[derive(Template)]
#[template(path = "staff/overview.html")]
pub(crate) struct OverviewPage {
    frame: Frame,
    clock: Option<ContestClock>,
    running: Vec<JobLine>,
    waiting: Vec<JobLine>,
    errored: Vec<JobLine>,
    workers: Vec<WorkerLine>,
    teams: Vec<Team>,
    is_released: bool,
}

/// `GET /staff`.
pub(crate) async fn show_overview(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<OverviewPage>, Error> {
    let mut connection = state.connection().await?;
    let teams = core_teams::all(&mut connection).await?;
    let workers = core_workers::all(&mut connection).await?;
    let team_names: HashMap<i64, &str> = teams.iter().map(|t| (t.id, t.name.as_str())).collect();
    let worker_names: HashMap<i64, &str> =
        workers.iter().map(|w| (w.id, w.name.as_str())).collect();
    let line = |job: Row| JobLine {
        team: (*team_names.get(&job.team_id).unwrap_or(&"")).to_owned(),
        worker: job
            .worker_id
            .and_then(|worker| worker_names.get(&worker))
            .map_or(String::new(), |name| (*name).to_owned()),
        job,
    };
    let running = queue::in_state(&mut connection, JobState::Running, LATEST).await?;
    let mut waiting = queue::in_state(&mut connection, JobState::Waiting, LATEST).await?;
    waiting.sort_by_key(|job| (job.enqueued_at, job.id));
    let errored = queue::in_state(&mut connection, JobState::Errored, LATEST_ERRORED).await?;
    let [running, waiting, errored] =
        [running, waiting, errored].map(|jobs| jobs.into_iter().map(line).collect());
    let contest = frame.contest.as_ref();
    let is_of_build =
        |worker: &Worker| contest.is_none_or(|current| current.contest.allows_build(&worker.build));
    let workers = workers.iter().map(|worker| WorkerLine {
        is_there: worker.is_there(frame.now),
        is_of_build: is_of_build(worker),
        worker: worker.clone(),
    });
    Ok(Page(OverviewPage {
        clock: frame.clock(None),
        is_released: contest.is_some_and(|current| current.released_at.is_some()),
        workers: workers.collect(),
        running,
        waiting,
        errored,
        teams,
        frame,
    }))
}
