//! A team's runs: begin one, take it back, look at it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use isutori_protocol::{
    Comparison, RunResult, Timeline,
    contest::{Enqueue, Job, JobState, LogLine},
};

use sqlx::AnyConnection;

use super::{
    Page,
    fields::Fields,
    frame::Frame,
    to,
    visitor::{CurrentPerson, Member},
};
use crate::{
    chart::Span,
    class::shown::{self, Veil},
    error::Error,
    gzip,
    people::{Person, Role},
    queue::{self, Refused},
    runs::{self, Run},
    samples::{self, charts::Watched},
    state::AppState,
    teams::{self, Team},
};

/// The job that a form wishes for.
pub(crate) fn wish(fields: &Fields) -> Enqueue {
    Enqueue {
        hosts: fields.all("host"),
        note: fields.filled("note").map(str::to_owned),
        commit: fields.filled("commit").map(str::to_owned),
    }
}

/// Why there is no job, in the visitor's language.
pub(crate) fn refused(frame: &Frame, refused: Refused) -> Error {
    match refused {
        Refused::Database(error) => error.into(),
        Refused::UnderWay(_) => Error::Conflict(frame.t.enqueue_refused(&refused)),
        refused => Error::Invalid(frame.t.enqueue_refused(&refused)),
    }
}

/// `POST /team/jobs`.
pub(crate) async fn enqueue(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    let contest = frame.contest()?;
    let wish = wish(&fields);
    if wish.hosts.is_empty() && fields.is_ticked("chooses") {
        return Err(Error::Invalid(frame.t.no_host_chosen.to_owned()));
    }
    let mut connection = state.connection().await?;
    let id = queue::enqueue(&mut connection, contest, &team, &wish, frame.now).await;
    let id = id.map_err(|reason| refused(&frame, reason))?;
    state.events.tell_team(team.id);
    Ok(to(&format!("/team/jobs/{id}")))
}

/// `POST /team/jobs/{id}/cancel`.
pub(crate) async fn cancel_job(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    Path(id): Path<i64>,
) -> Result<Redirect, Error> {
    let mut connection = state.connection().await?;
    let job = queue::find(&mut connection, id).await?;
    let job = job.filter(|job| job.team_id == team.id);
    if !job.ok_or(Error::NotFound("this job"))?.is_the_teams() {
        return Err(Error::Conflict(frame.t.refused_final_job.to_owned()));
    }
    queue::cancel(&mut connection, id, frame.now).await?;
    state.events.tell_team(team.id);
    Ok(to("/team"))
}

/// A job, for somebody who may look at it.
pub(crate) struct Visible {
    pub(crate) row: queue::Row,
    pub(crate) team: Team,
    /// For those who may because it is shown to everyone: what stands in place of addresses. They
    /// see what came out, and nothing else of the team's.
    pub(crate) veil: Option<Veil>,
    is_shown: bool,
}

/// A job for those who may look at it: its team, the staff, and every team of a class where the
/// teacher shows it.
pub(crate) async fn visible(
    state: &AppState,
    frame: &Frame,
    person: &Person,
    id: i64,
) -> Result<Visible, Error> {
    let not_found = Error::NotFound("this job");
    let mut connection = state.connection().await?;
    let Some(row) = queue::find(&mut connection, id).await? else {
        return Err(not_found);
    };
    let is_shown = frame.is_class() && shown::is_shown(&mut connection, id).await?;
    let is_own = match person.role {
        Role::Staff => true,
        Role::Member(team) => row.team_id == team,
    };
    let veil = match (is_own, is_shown) {
        (true, _) => None,
        (false, true) => Some(Veil::of(&mut connection, &row).await?),
        (false, false) => return Err(not_found),
    };
    let team = teams::find(&mut connection, row.team_id).await?;
    Ok(Visible {
        team: team.ok_or(Error::NotFound("this team"))?,
        row,
        veil,
        is_shown,
    })
}

#[derive(Template)]
#[template(path = "job.html")]
pub(crate) struct JobPage {
    frame: Frame,
    team: Team,
    job: Job,
    is_cancelled: bool,
    is_the_teams: bool,
    result: Option<RunResult>,
    attempts: Vec<Run>,
    log: Vec<LogLine>,
    files: Vec<String>,
    before: Option<(i64, Comparison)>,
    watched: Option<Watched>,
    is_shown: bool,
    /// Whether whoever looks is of another team.
    is_guest: bool,
}

impl JobPage {
    /// Whether the teacher may show it, or take it back.
    fn may_be_shown(&self) -> bool {
        let frame = &self.frame;
        frame.is_class() && frame.is_staff() && self.job.state == JobState::Finished
    }

    fn rate(&self, share: &f64) -> String {
        format!("{:.2} %", share * 100.0)
    }

    fn factor(&self, factor: &f64) -> String {
        format!("{factor:.3}")
    }

    fn change(&self, percent: &f64) -> String {
        format!("{percent:+.1} %")
    }
}

/// `GET /team/jobs/{id}`.
pub(crate) async fn show_job(
    State(state): State<AppState>,
    frame: Frame,
    CurrentPerson(person): CurrentPerson,
    Path(id): Path<i64>,
) -> Result<Page<JobPage>, Error> {
    let Visible {
        row,
        team,
        veil,
        is_shown,
    } = visible(&state, &frame, &person, id).await?;
    let is_guest = veil.is_some();
    let mut connection = state.connection().await?;
    let result = runs::result(&mut connection, id).await?;
    let before = match &result {
        Some(result) if !is_guest => runs::before(&mut connection, team.id, id)
            .await?
            .map(|(job, before)| (job, Comparison::new(&before, result))),
        _ => None,
    };
    let code = frame.language.code();
    let mut log = runs::log(&mut connection, id, row.attempt, code, 0).await?;
    let mut files = runs::file_names(&mut connection, id).await?;
    files.retain(|name| is_for(&person, is_guest, name));
    let mut attempts = runs::of_job(&mut connection, id).await?;
    let watched = match attempts.last() {
        Some(run) => watch(&mut connection, id, run, result.as_ref(), &frame).await?,
        None => None,
    };
    let mut job = queue::to_protocol(&mut connection, &row, frame.now).await?;
    let mut result = result;
    if let Some(veil) = veil {
        let trouble = |error: serde_json::Error| Error::Internal(error.to_string());
        result = veil.value(&result).map_err(trouble)?;
        job = veil.value(&job).map_err(trouble)?;
        job.targets.clear();
        job.commit = None;
        log.clear();
        attempts.clear();
    }
    Ok(Page(JobPage {
        is_shown,
        is_guest,
        job,
        is_cancelled: row.cancelled != 0,
        is_the_teams: row.is_the_teams(),
        attempts,
        watched,
        files,
        log,
        before,
        result,
        team,
        frame,
    }))
}

/// Whether somebody may read a run's file; a guest reads the report alone.
pub(crate) fn is_for(person: &Person, is_guest: bool, name: &str) -> bool {
    match person.role {
        Role::Staff => true,
        Role::Member(_) if is_guest => name == REPORT,
        Role::Member(_) => runs::is_for_contestants(name),
    }
}

/// The benchmark's own page about a run.
const REPORT: &str = "report.html";

/// A timeline has at most so many bytes.
const LARGEST_TIMELINE: u64 = 16 << 20;

/// What the hosts told of themselves during an attempt.
async fn watch(
    connection: &mut AnyConnection,
    job: i64,
    run: &Run,
    result: Option<&RunResult>,
    frame: &Frame,
) -> Result<Option<Watched>, Error> {
    let hosts = samples::of_run(connection, job, run.attempt).await?;
    if hosts.is_empty() {
        return Ok(None);
    }
    let since_began = |at: i64| (at - run.began_at).max(0).cast_unsigned();
    let until = since_began(run.ended_at.unwrap_or(frame.now));
    let load = run.load_began_at.map(|began| {
        let began = since_began(began);
        let lasted = result.map_or(f64::INFINITY, |result| result.load_lasted_seconds);
        (
            began,
            began.saturating_add((lasted * 1000.0) as u64).min(until),
        )
    });
    let timeline = match result {
        Some(_) => timeline(connection, job).await?,
        None => None,
    };
    let span = Span { until, load };
    Ok(Watched::new(&hosts, span, timeline.as_ref(), frame.t))
}

/// The run second by second, if its worker has handed that in.
async fn timeline(connection: &mut AnyConnection, job: i64) -> Result<Option<Timeline>, Error> {
    let Some(file) = runs::file(connection, job, "timeline.json").await? else {
        return Ok(None);
    };
    let plain = gzip::unzipped(&file, LARGEST_TIMELINE);
    let plain = plain.map_err(|error| Error::Internal(format!("a timeline: {error}")))?;
    Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
}
