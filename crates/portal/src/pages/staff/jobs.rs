//! Jobs of any team.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::{find_team, write_down};
use crate::{
    error::Error,
    pages::{
        fields::Fields,
        frame::Frame,
        job::{refused, wish},
        to,
        visitor::Staff,
    },
    queue,
    state::AppState,
};

/// `POST /staff/jobs`: on behalf of a team, by the same rules.
pub(crate) async fn enqueue(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    let contest = frame.contest()?;
    let mut transaction = state.store.begin_write().await?;
    let team = find_team(&mut transaction, fields.number("team")?).await?;
    let id = queue::enqueue(&mut transaction, contest, &team, &wish(&fields), frame.now).await;
    let id = id.map_err(|reason| refused(&frame, reason))?;
    let detail = format!("job {id} of {}", team.name);
    write_down(&mut transaction, &frame, &person, "enqueue", detail).await?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to("/staff"))
}

/// `POST /staff/jobs/{id}/cancel`.
pub(crate) async fn cancel_job(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let job = queue::find(&mut transaction, id).await?;
    let job = job.ok_or(Error::NotFound("this job"))?;
    let team = find_team(&mut transaction, job.team_id).await?;
    if queue::cancel(&mut transaction, id, frame.now).await? {
        let detail = format!("job {id} of {}", team.name);
        write_down(&mut transaction, &frame, &person, "cancel", detail).await?;
    }
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to("/staff"))
}
