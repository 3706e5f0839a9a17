//! What is taken along when the contest is over.

use axum::{extract::State, response::Response};

use crate::{
    boards::standings_now,
    error::Error,
    figures::Moment,
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
    let standings = standings_now(&state, Eyes::Staff).await?;
    let json = serde_json::to_vec(&standings);
    let json = json.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(download("standings.json", "application/json", json))
}

/// `GET /staff/export/standings.csv`.
pub(crate) async fn export_csv(State(state): State<AppState>, _: Staff) -> Result<Response, Error> {
    let standings = standings_now(&state, Eyes::Staff).await?;
    let head = [
        "place", "team", "score", "best", "runs", "excluded", "last run",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for team in &standings.teams {
        let last = team.points.last().map(|point| Moment(point.at).text());
        rows.push([
            text_of(team.place),
            harmless(&team.name),
            text_of(team.score),
            text_of(team.best),
            team.points.len().to_string(),
            u8::from(team.is_excluded).to_string(),
            last.unwrap_or_default(),
        ]);
    }
    Ok(download("standings.csv", KIND, written(rows)?))
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
            harmless(&run.team),
            harmless(&run.worker),
            run.state,
            run.outcome.unwrap_or_default(),
            run.verdict.unwrap_or_default(),
            text_of(run.score),
            run.seed.cast_unsigned().to_string(),
            Moment(run.began_at).text(),
            run.ended_at.map_or(String::new(), |at| Moment(at).text()),
            harmless(run.note.as_deref().unwrap_or_default()),
            harmless(run.commit_name.as_deref().unwrap_or_default()),
            harmless(run.reason.as_deref().unwrap_or_default()),
        ]);
    }
    Ok(download("runs.csv", KIND, written(rows)?))
}

const KIND: &str = "text/csv; charset=utf-8";

fn text_of(number: Option<impl ToString>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}

/// A spreadsheet takes some texts for formulas; an apostrophe before them says that they are none.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn written<const N: usize>(rows: Vec<[String; N]>) -> Result<Vec<u8>, Error> {
    let trouble = |error: &dyn std::fmt::Display| Error::Internal(format!("CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| trouble(&error))?;
    }
    writer.into_inner().map_err(|error| trouble(&error))
}
