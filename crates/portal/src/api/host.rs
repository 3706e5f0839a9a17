//! The hosts' side: they tell how they are.

use axum::{Json, extract::State};
use isutori_protocol::contest::{HostReport, ReportTaken};

use crate::{
    caller::HostsTeam,
    contest::Language,
    error::Error,
    state::AppState,
    teams::{self, HostRefused},
    texts::texts,
};

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
