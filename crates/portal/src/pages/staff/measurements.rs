//! The final measurement: the wizard that begins one, and how they stand.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use isutori_protocol::Verdict;

use super::write_down;
use crate::{
    error::Error,
    measurement::{self, Plan, Record},
    pages::{
        Page,
        fields::Fields,
        frame::Frame,
        measurement::{Cell, JobCell, refused},
        to,
        visitor::Staff,
    },
    state::AppState,
    teams::{self, Team},
};

/// So many measurements are shown.
const LATEST: i64 = 10;

/// The shortest and the longest time that hosts may have, minutes.
const DEADLINES: std::ops::RangeInclusive<i64> = 1..=120;

#[derive(Template)]
#[template(path = "staff/measurements.html")]
pub(crate) struct MeasurementsPage {
    frame: Frame,
    records: Vec<Record>,
    choices: Vec<(Team, bool)>,
    command: Vec<String>,
}

impl MeasurementsPage {
    fn deadline_minutes(&self) -> i64 {
        Plan::DEADLINE_SECONDS / 60
    }
}

/// `GET /staff/final`.
pub(crate) async fn show(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<MeasurementsPage>, Error> {
    let mut connection = state.connection().await?;
    let records = measurement::latest(&mut connection, LATEST).await?;
    let teams = teams::all(&mut connection).await?.into_iter();
    // Whoever has passed already need not be measured again.
    let has_passed = |team: &Team| {
        let counting = records
            .iter()
            .filter(|record| record.measurement.counts != 0);
        let mut measured = counting.flat_map(|record| &record.teams);
        measured.any(|one| one.team == team.id && one.verdict == Some(Verdict::Pass))
    };
    let choices = teams.map(|team| {
        let is_chosen = team.excluded == 0 && !has_passed(&team);
        (team, is_chosen)
    });
    let contest = frame.contest.as_ref();
    let command = contest.map(|current| current.contest.final_measurement.reboot.clone());
    Ok(Page(MeasurementsPage {
        choices: choices.collect(),
        command: command.unwrap_or_default(),
        records,
        frame,
    }))
}

fn plan(frame: &Frame, fields: &Fields) -> Result<Plan, Error> {
    let minutes = fields.text("deadline").parse().ok();
    let minutes = minutes.filter(|minutes| DEADLINES.contains(minutes));
    let minutes: i64 =
        minutes.ok_or_else(|| Error::Invalid(frame.t.deadline_invalid.to_owned()))?;
    Ok(Plan {
        counts: fields.is_ticked("counts"),
        checks: fields.is_ticked("checks"),
        reboots: fields.is_ticked("reboots"),
        reboots_again: fields.is_ticked("reboots_again"),
        deadline_seconds: minutes * 60,
    })
}

/// `POST /staff/final`: begins one.
pub(crate) async fn begin(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    frame.contest()?;
    let plan = plan(&frame, &fields)?;
    let chosen = fields.all("team");
    let mut transaction = state.store.begin_write().await?;
    let teams = teams::all(&mut transaction).await?.into_iter();
    let teams: Vec<Team> = teams
        .filter(|team| chosen.contains(&team.id.to_string()))
        .collect();
    let ids: Vec<i64> = teams.iter().map(|team| team.id).collect();
    let begun = measurement::begin(&mut transaction, &plan, &ids, &person.name, frame.now).await;
    let id = begun.map_err(|reason| refused(&frame, reason))?;
    let names: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
    let detail = format!("{id}: {plan:?}\n{}", names.join(", "));
    write_down(
        &mut transaction,
        &frame,
        &person,
        "begin a measurement",
        detail,
    )
    .await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/final"))
}

/// `POST /staff/final/{id}/abort`.
pub(crate) async fn abort(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    if measurement::abort(&mut transaction, id, frame.now).await? {
        let what = "abort a measurement";
        write_down(&mut transaction, &frame, &person, what, id.to_string()).await?;
    }
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/final"))
}

/// `POST /staff/final/{id}/count`: whether its scores are the final ones.
pub(crate) async fn let_count(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let counts = fields.text("counts") == "1";
    let mut transaction = state.store.begin_write().await?;
    if !measurement::let_count(&mut transaction, id, counts).await? {
        return Err(Error::NotFound("this measurement"));
    }
    let what = match counts {
        true => "let a measurement count",
        false => "do not let a measurement count",
    };
    write_down(&mut transaction, &frame, &person, what, id.to_string()).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/final"))
}
