//! The workers' side: present themselves, claim, go on, upload, finish.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use isutori_protocol::contest::{CONTEST_VERSION, Finish, Heartbeat, Hello, Lease, Pulse, Welcome};

use crate::{
    caller::{CurrentWorker, WorkerToken},
    contest,
    error::Error,
    queue, runs,
    state::AppState,
    workers,
};

/// So often a worker without work asks for some, seconds.
const POLL_SECONDS: u64 = 1;

/// What a worker of another attempt is told.
const LOST: &str = "this worker does not hold the job any more";

/// `POST /api/worker/hello`.
pub async fn hello(
    State(state): State<AppState>,
    WorkerToken: WorkerToken,
    Json(hello): Json<Hello>,
) -> Result<Json<Welcome>, Error> {
    if hello.version != CONTEST_VERSION {
        let version = hello.version;
        return Err(Error::Conflict(format!(
            "this portal speaks version {CONTEST_VERSION} of the workers' language, and the worker {version}: use the same release for both"
        )));
    }
    if hello.name.trim().is_empty() || hello.concurrency == 0 {
        let sentence = "a worker needs a name, and takes at least one job at a time";
        return Err(Error::Invalid(sentence.to_owned()));
    }
    let mut connection = state.connection().await?;
    let current = contest::read(&mut connection).await?;
    let worker = workers::greet(&mut connection, &hello, state.clock.now()).await?;
    tracing::info!(
        worker,
        name = hello.name,
        build = hello.build,
        "a worker presents itself"
    );
    Ok(Json(Welcome {
        worker,
        build: current.and_then(|current| current.contest.run.build),
        lease_seconds: state.settings.lease.as_secs(),
        poll_seconds: POLL_SECONDS,
    }))
}

/// `POST /api/worker/claim`.
pub async fn claim(
    State(state): State<AppState>,
    CurrentWorker(worker): CurrentWorker,
) -> Result<Response, Error> {
    let contest = match state.contest().await {
        Ok(current) => current.contest,
        Err(Error::NoContest) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => return Err(error),
    };
    let now = state.clock.now();
    Ok(
        match queue::claim(&state.store, &contest, &worker, state.settings.lease, now).await? {
            None => StatusCode::NO_CONTENT.into_response(),
            Some(assignment) => {
                let Lease { job, attempt } = assignment.lease;
                tracing::info!(
                    job,
                    attempt,
                    worker = worker.name,
                    team = assignment.team,
                    "claimed"
                );
                tell_of(&state, job).await?;
                Json(assignment).into_response()
            }
        },
    )
}

/// `POST /api/worker/heartbeat`.
pub async fn heartbeat(
    State(state): State<AppState>,
    CurrentWorker(worker): CurrentWorker,
    Json(heartbeat): Json<Heartbeat>,
) -> Result<Json<Pulse>, Error> {
    let now = state.clock.now();
    let lease = state.settings.lease;
    let contest = state.contest().await?.contest;
    let pulse = queue::heartbeat(&state.store, &contest, &worker, &heartbeat, lease, now).await?;
    state.events.tell_progress(heartbeat.lease.job);
    pulse
        .map(Json)
        .ok_or_else(|| Error::Conflict(LOST.to_owned()))
}

/// `PUT /api/worker/files/{job}/{attempt}/{*name}`.
pub async fn put_file(
    State(state): State<AppState>,
    CurrentWorker(worker): CurrentWorker,
    Path((job, attempt, name)): Path<(i64, u32, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Error> {
    if !runs::is_file_name(&name) {
        return Err(Error::Invalid(format!(
            "{name:?} is no name of a run's file"
        )));
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_none_or(|encoding| encoding != "gzip") {
        let sentence = "files come compressed, with Content-Encoding: gzip";
        return Err(Error::Invalid(sentence.to_owned()));
    }
    let lease = Lease { job, attempt };
    let mut connection = state.connection().await?;
    match runs::keep_file(&mut connection, &worker, lease, &name, &body).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::Conflict(LOST.to_owned())),
    }
}

/// `GET /api/worker/files/{job}/{attempt}/{*name}`: of the run that this attempt verifies.
pub async fn show_file(
    State(state): State<AppState>,
    CurrentWorker(worker): CurrentWorker,
    Path((job, attempt, name)): Path<(i64, u32, String)>,
) -> Result<Vec<u8>, Error> {
    let lease = Lease { job, attempt };
    let mut connection = state.connection().await?;
    match runs::verified_file(&mut connection, &worker, lease, &name).await? {
        (true, Some(body)) => Ok(body),
        // By 404 the worker would take its lease for lost.
        (true, None) => Err(Error::Invalid(format!("the run has no file {name:?}"))),
        (false, _) => Err(Error::Conflict(LOST.to_owned())),
    }
}

/// `POST /api/worker/finish`.
pub async fn finish(
    State(state): State<AppState>,
    CurrentWorker(worker): CurrentWorker,
    Json(finish): Json<Finish>,
) -> Result<StatusCode, Error> {
    let Lease { job, attempt } = finish.lease;
    let held = queue::finish(
        &state.store,
        &worker,
        &finish,
        state.settings.lease,
        state.clock.now(),
    )
    .await?;
    tracing::info!(job, attempt, worker = worker.name, held, "finished");
    tell_of(&state, job).await?;
    match held {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::Conflict(LOST.to_owned())),
    }
}

/// Its team is to look again.
async fn tell_of(state: &AppState, job: i64) -> Result<(), Error> {
    let mut connection = state.connection().await?;
    if let Some(row) = queue::find(&mut connection, job).await? {
        state.events.tell_team(row.team_id);
    }
    Ok(())
}
