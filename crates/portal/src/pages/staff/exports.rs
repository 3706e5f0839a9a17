//! What is taken along when the contest is over.

use axum::{extract::State, response::Response};

use crate::{
    announcements,
    boards::standings_now,
    clock::Millis,
    error::Error,
    figures::Moment,
    lists,
    pages::{download, visitor::Staff},
    questions, runs,
    standings::Eyes,
    state::AppState,
    teams,
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
            team.name.to_string(),
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
            moment(run.ended_at),
            run.note.unwrap_or_default(),
            run.commit_name.unwrap_or_default(),
            run.reason.unwrap_or_default(),
        ]);
    }
    Ok(download("runs.csv", KIND, lists::write(rows)))
}

/// `GET /staff/export/announcements.csv`: also those that were withdrawn.
pub(crate) async fn export_announcements(
    State(state): State<AppState>,
    _: Staff,
) -> Result<Response, Error> {
    let mut connection = state.connection().await?;
    let teams = teams::names(&mut connection).await?;
    let head = [
        "announcement",
        "team",
        "told",
        "amended",
        "withdrawn",
        "title",
        "text",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for told in announcements::all(&mut connection).await? {
        let team = told.team_id.and_then(|team| teams.get(&team).cloned());
        rows.push([
            told.id.to_string(),
            team.unwrap_or_default(),
            Moment(told.told_at).text(),
            moment(told.amended_at),
            moment(told.withdrawn_at),
            told.title,
            told.text,
        ]);
    }
    Ok(download("announcements.csv", KIND, lists::write(rows)))
}

/// `GET /staff/export/questions.csv`: each with the number of the announcement that answers it.
pub(crate) async fn export_questions(
    State(state): State<AppState>,
    _: Staff,
) -> Result<Response, Error> {
    let mut connection = state.connection().await?;
    let teams = teams::names(&mut connection).await?;
    let head = ["question", "team", "asked", "text", "announcement"];
    let mut rows = vec![head.map(str::to_owned)];
    for question in questions::all(&mut connection).await? {
        rows.push([
            question.id.to_string(),
            teams.get(&question.team_id).cloned().unwrap_or_default(),
            Moment(question.asked_at).text(),
            question.text,
            text_of(question.answer_id),
        ]);
    }
    Ok(download("questions.csv", KIND, lists::write(rows)))
}

fn moment(at: Option<Millis>) -> String {
    at.map_or(String::new(), |at| Moment(at).text())
}

const KIND: &str = "text/csv; charset=utf-8";

fn text_of(number: Option<impl ToString>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}
