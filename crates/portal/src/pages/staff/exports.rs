//! What is taken along when the contest is over.

use axum::{extract::State, response::Response};

use crate::{
    boards::board,
    error::Error,
    figures::Moment,
    lists,
    pages::{download, visitor::Staff},
    runs,
    standings::Eyes,
    state::AppState,
};

/// `GET /staff/export/standings.json`.
pub(crate) async fn export_json(
    State(state): State<AppState>,
    _: Staff,
) -> Result<Response, Error> {
    let board = board(&state, Eyes::Staff).await?;
    let json = board.json.bytes.clone();
    Ok(download("standings.json", "application/json", json))
}

/// `GET /staff/export/standings.csv`.
pub(crate) async fn export_csv(State(state): State<AppState>, _: Staff) -> Result<Response, Error> {
    let board = board(&state, Eyes::Staff).await?;
    let head = [
        "place", "team", "score", "best", "runs", "excluded", "last run",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for team in &board.standings.teams {
        let last = team.points.last().map(|point| Moment(point.at).text());
        rows.push([
            text_of(team.place),
            team.name.clone(),
            text_of(team.score),
            text_of(team.best),
            team.points.len().to_string(),
            u8::from(team.is_excluded).to_string(),
            last.unwrap_or_default(),
        ]);
    }
    Ok(download("standings.csv", KIND, lists::write(rows)))
}

/// `GET /staff/export/runs.csv`: every attempt at every job.
pub(crate) async fn export_runs(
    State(state): State<AppState>,
    _: Staff,
) -> Result<Response, Error> {
    let mut connection = state.connection().await?;
    let head = [
        "job", "attempt", "team", "worker", "state", "outcome", "verdict", "score", "seed",
        "began", "ended", "note", "commit", "reason",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for run in runs::all(&mut connection).await? {
        rows.push([
            run.job.to_string(),
            run.attempt.to_string(),
            run.team,
            run.worker,
            run.state,
            run.outcome.unwrap_or_default(),
            run.verdict.unwrap_or_default(),
            text_of(run.score),
            run.seed.cast_unsigned().to_string(),
            Moment(run.began_at).text(),
            run.ended_at.map_or(String::new(), |at| Moment(at).text()),
            run.note.unwrap_or_default(),
            run.commit_name.unwrap_or_default(),
            run.reason.unwrap_or_default(),
        ]);
    }
    Ok(download("runs.csv", KIND, lists::write(rows)))
}

const KIND: &str = "text/csv; charset=utf-8";

fn text_of(number: Option<impl ToString>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}
