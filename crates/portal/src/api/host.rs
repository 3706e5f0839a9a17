//! The hosts' side: they tell how they are.

use std::time::Duration;

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use isutori_protocol::contest::{HostReport, HostSamples, ReportTaken, RunUnderWay};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use crate::{
    caller::HostsTeam,
    contest::Language,
    error::Error,
    samples::{self, SamplesRefused},
    standings::Eyes,
    state::AppState,
    teams::{self, HostRefused},
    texts::texts,
};

/// So long a host waits for another run at most before it asks again.
const WAIT: Duration = Duration::from_secs(20);

/// `POST /api/host/report`.
pub async fn report(
    State(state): State<AppState>,
    HostsTeam(team): HostsTeam,
    Json(report): Json<HostReport>,
) -> Result<Json<ReportTaken>, Error> {
    let contest = state.contest().await?.contest;
    let report = teams::check_report(report).map_err(Error::Invalid)?;
    let now = state.clock.now();
    let mut transaction = state.store.begin_write().await?;
    let taken = teams::take_report(&mut transaction, &contest, &team, &report, now).await;
    let taken = taken.map_err(|refused| match refused {
        HostRefused::Database(error) => error.into(),
        refused => Error::Conflict(refused.to_string()),
    })?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    let t = texts(Language::En);
    let problems = taken.problems();
    Ok(Json(ReportTaken {
        team: team.name,
        url: taken.host.url,
        problems: problems.iter().map(|problem| t.problem(problem)).collect(),
    }))
}

/// Which run a host knows of already.
#[derive(Deserialize)]
pub struct Known {
    known: Option<String>,
}

/// `GET /api/host/run?known=JOB.ATTEMPT`: answered when that is another one.
pub async fn show_run(
    State(state): State<AppState>,
    HostsTeam(team): HostsTeam,
    Query(Known { known }): Query<Known>,
) -> Result<Json<RunUnderWay>, Error> {
    if !state.throttle.admits_hosts(team.id, state.clock.now()) {
        return Err(Error::TooMany);
    }
    let deadline = Instant::now() + WAIT;
    let mut changes = state.events.listen();
    let eyes = Eyes::Team(team.id);
    loop {
        let seen = changes.borrow_and_update().seen_by(eyes);
        let mut connection = state.connection().await?;
        let run = samples::run_under_way(&mut connection, team.id, state.clock.now()).await?;
        drop(connection);
        let name = run.map(|run| format!("{}.{}", run.lease.job, run.lease.attempt));
        let another = changes.wait_for(|changes| changes.seen_by(eyes) != seen);
        // Nobody is left to tell of changes when the portal ends.
        if name != known || !matches!(timeout_at(deadline, another).await, Ok(Ok(_))) {
            return Ok(Json(RunUnderWay { run }));
        }
    }
}

/// `POST /api/host/samples`.
pub async fn take_samples(
    State(state): State<AppState>,
    HostsTeam(team): HostsTeam,
    Json(samples): Json<HostSamples>,
) -> Result<StatusCode, Error> {
    let now = state.clock.now();
    if !state.throttle.admits_hosts(team.id, now) {
        return Err(Error::TooMany);
    }
    let contest = state.contest().await?.contest;
    let mut transaction = state.store.begin_write().await?;
    let taken = samples::take(&mut transaction, &contest, &team, samples, now).await;
    taken.map_err(|refused| match refused {
        SamplesRefused::Database(error) => error.into(),
        SamplesRefused::Invalid(sentence) => Error::Invalid(sentence.to_owned()),
        SamplesRefused::NoRun => Error::NotFound("this run of the team"),
        refused => Error::Conflict(refused.to_string()),
    })?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
