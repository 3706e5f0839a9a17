//! A team's side, for programs: enqueue, look, cancel.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use isutori_protocol::{
    RunResult,
    contest::{Enqueue, Job, Log, Measurement, TeamStatus},
};
use serde::Deserialize;
use sqlx::AnyConnection;

use crate::{
    boards::standings_now,
    caller::CurrentTeam,
    contest::Language,
    error::Error,
    measurement::{self, Plan, Reason},
    pastes,
    queue::{self, Refused},
    runs,
    standings::Eyes,
    state::AppState,
    teams::{self, Team},
    texts::texts,
};

/// How many jobs a team is told of.
const LATEST: i64 = 20;

/// `GET /api/team`.
pub async fn show(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
) -> Result<Json<TeamStatus>, Error> {
    let current = state.contest().await?;
    let now = state.clock.now();
    let mut connection = state.connection().await?;
    let mut jobs = Vec::new();
    for row in queue::of_team(&mut connection, team.id, LATEST).await? {
        jobs.push(queue::to_protocol(&mut connection, &row, now).await?);
    }
    let hosts = teams::hosts(&mut connection, team.id).await?;
    drop(connection);
    let board = standings_now(&state, Eyes::Team(team.id)).await?;
    let own = board.teams.iter().find(|standing| standing.team == team.id);
    Ok(Json(TeamStatus {
        starts_at: current.contest.starts_at.as_millisecond(),
        ends_at: team.ends_at(&current.contest),
        contest: current.contest.name,
        team: team.name,
        now,
        score: own.and_then(|standing| standing.score),
        hosts: hosts
            .into_iter()
            .map(|host| (host.name, host.url))
            .collect(),
        jobs,
    }))
}

/// `POST /api/team/jobs`.
pub async fn enqueue(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    Json(wish): Json<Enqueue>,
) -> Result<Response, Error> {
    let contest = state.contest().await?.contest;
    let now = state.clock.now();
    let mut connection = state.connection().await?;
    let (status, id) = match queue::enqueue(&mut connection, &contest, &team, &wish, now).await {
        Ok(id) => (StatusCode::CREATED, id),
        Err(Refused::UnderWay(id)) => (StatusCode::CONFLICT, id),
        Err(Refused::Database(error)) => return Err(error.into()),
        Err(refused) => return Err(Error::Invalid(refused.to_string())),
    };
    let job = own_job(&mut connection, &team, id).await?;
    let job = queue::to_protocol(&mut connection, &job, now).await?;
    state.events.tell_team(team.id);
    Ok((status, Json(job)).into_response())
}

/// `GET /api/team/jobs/{id}`.
pub async fn show_job(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    Path(id): Path<i64>,
) -> Result<Json<Job>, Error> {
    let mut connection = state.connection().await?;
    let job = own_job(&mut connection, &team, id).await?;
    Ok(Json(
        queue::to_protocol(&mut connection, &job, state.clock.now()).await?,
    ))
}

/// `POST /api/team/jobs/{id}/cancel`.
pub async fn cancel(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    Path(id): Path<i64>,
) -> Result<Json<Job>, Error> {
    let now = state.clock.now();
    let mut connection = state.connection().await?;
    if !own_job(&mut connection, &team, id).await?.is_the_teams() {
        let sentence = "this job is part of the final measurement, which the staff makes";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    queue::cancel(&mut connection, id, now).await?;
    state.events.tell_team(team.id);
    let job = own_job(&mut connection, &team, id).await?;
    Ok(Json(queue::to_protocol(&mut connection, &job, now).await?))
}

/// Which lines of a log are wanted.
#[derive(Deserialize)]
pub struct Wanted {
    after: Option<i64>,
    language: Option<String>,
}

/// `GET /api/team/jobs/{id}/log?after=N&language=en`.
pub async fn log(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    Path(id): Path<i64>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Log>, Error> {
    let mut connection = state.connection().await?;
    let job = own_job(&mut connection, &team, id).await?;
    let language = wanted.language.as_deref().unwrap_or("en");
    let from = wanted.after.map_or(0, |after| after.saturating_add(1));
    let lines = runs::log(&mut connection, id, job.attempt, language, from).await?;
    Ok(Json(Log {
        attempt: u32::try_from(job.attempt).unwrap_or(u32::MAX),
        state: job.state()?,
        lines,
    }))
}

/// `GET /api/team/jobs/{id}/result`.
pub async fn result(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    Path(id): Path<i64>,
) -> Result<Json<RunResult>, Error> {
    let mut connection = state.connection().await?;
    own_job(&mut connection, &team, id).await?;
    let result = runs::result(&mut connection, id).await?;
    result
        .map(Json)
        .ok_or(Error::NotFound("a result of this job"))
}

/// `GET /api/team/rehearsal`: the team's last measurement.
pub async fn show_measurement(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
) -> Result<Json<Measurement>, Error> {
    let mut connection = state.connection().await?;
    last_measurement(&mut connection, &team).await.map(Json)
}

/// `POST /api/team/rehearsal`: the same steps as in the final measurement.
pub async fn rehearse(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
) -> Result<(StatusCode, Json<Measurement>), Error> {
    let contest = state.contest().await?.contest;
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let allowed = queue::check_right(&mut transaction, &contest, &team, now).await;
    allowed.map_err(|refused| match refused {
        Refused::Database(error) => error.into(),
        refused => Error::Invalid(refused.to_string()),
    })?;
    let plan = Plan::REHEARSAL;
    let begun = measurement::begin(&mut transaction, &plan, &[team.id], "", now).await;
    begun.map_err(|refused| match refused {
        measurement::Refused::Database(error) => error.into(),
        refused => Error::Conflict(refused.to_string()),
    })?;
    let measurement = last_measurement(&mut transaction, &team).await?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok((StatusCode::CREATED, Json(measurement)))
}

async fn last_measurement(
    connection: &mut AnyConnection,
    team: &Team,
) -> Result<Measurement, Error> {
    let last = measurement::of_team(connection, team.id).await?;
    let (measurement, record) = last.ok_or(Error::NotFound("a measurement of this team"))?;
    let told = |reason: &Reason| texts(Language::En).measured_reason(reason);
    Ok(measurement::to_protocol(&measurement, &record, told)?)
}

/// `POST /api/team/pastes`: the output of a command, for the team to see.
pub async fn paste(
    State(state): State<AppState>,
    CurrentTeam(team): CurrentTeam,
    headers: HeaderMap,
    text: String,
) -> Result<Response, Error> {
    let mut connection = state.connection().await?;
    let id = pastes::keep(&mut connection, team.id, &text, state.clock.now()).await?;
    let url = format!("{}/team/pastes/{id}", state.origin(&headers));
    let body = serde_json::json!({ "url": url });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn own_job(
    connection: &mut AnyConnection,
    team: &Team,
    id: i64,
) -> Result<queue::Row, Error> {
    let job = queue::find(connection, id).await?;
    job.filter(|job| job.team_id == team.id)
        .ok_or(Error::NotFound("this job"))
}
