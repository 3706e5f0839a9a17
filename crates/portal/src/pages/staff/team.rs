//! One team, as the staff sees it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use isutori_protocol::contest::Job;

use super::{find_team, write_down};
use crate::{
    error::Error,
    pages::{Page, SecretPage, fields::Fields, frame::Frame, to, visitor::Staff},
    people::{self, Role},
    queue,
    state::AppState,
    store,
    teams::{self, HostState, Team},
};

/// So many jobs are shown.
const LATEST: i64 = 100;

/// Extra time is at most a week.
const MOST_EXTRA: i64 = 7 * 24 * 3600;

#[derive(Template)]
#[template(path = "staff/team.html")]
pub(crate) struct TeamPage {
    frame: Frame,
    team: Team,
    hosts: Vec<HostState>,
    members: Vec<String>,
    jobs: Vec<Job>,
}

impl TeamPage {
    fn extra_minutes(&self) -> String {
        match self.team.extra_seconds % 60 {
            0 => (self.team.extra_seconds / 60).to_string(),
            _ => format!("{:.2}", self.team.extra_seconds as f64 / 60.0),
        }
    }
}

/// `GET /staff/teams/{id}`.
pub(crate) async fn show_team(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
    Path(id): Path<i64>,
) -> Result<Page<TeamPage>, Error> {
    let mut connection = state.connection().await?;
    let team = find_team(&mut connection, id).await?;
    let mut jobs = Vec::new();
    for row in queue::of_team(&mut connection, id, LATEST).await? {
        jobs.push(queue::to_protocol(&mut connection, &row, frame.now).await?);
    }
    Ok(Page(TeamPage {
        hosts: teams::host_states(&mut connection, id).await?,
        members: people::members(&mut connection, id).await?,
        jobs,
        team,
        frame,
    }))
}

fn wanted(frame: &Frame, before: &Team, fields: &Fields) -> Result<Team, Error> {
    let invalid = || Error::Invalid(frame.t.team_name.to_owned());
    let minutes: f64 = match fields.filled("extra_minutes") {
        None => 0.0,
        Some(text) => text
            .parse()
            .map_err(|_| Error::Invalid(frame.t.extra_minutes_invalid.to_owned()))?,
    };
    let extra_seconds = (minutes * 60.0).round() as i64;
    if !(0..=MOST_EXTRA).contains(&extra_seconds) || !minutes.is_finite() {
        return Err(Error::Invalid(frame.t.extra_minutes_invalid.to_owned()));
    }
    let name = teams::parse_name(fields.text("name")).ok_or_else(invalid)?;
    Ok(Team {
        id: before.id,
        name: name.to_owned(),
        zone: fields.filled("zone").map(str::to_owned),
        hidden: i64::from(fields.is_ticked("hidden")),
        excluded: i64::from(fields.is_ticked("excluded")),
        pinned: i64::from(fields.is_ticked("pinned")),
        extra_seconds,
    })
}

/// What was changed, each as `old → new`.
fn difference(before: &Team, after: &Team) -> String {
    let told = |team: &Team| {
        [
            ("name", team.name.clone()),
            ("zone", team.zone.clone().unwrap_or_default()),
            ("hidden", team.hidden.to_string()),
            ("excluded", team.excluded.to_string()),
            ("pinned", team.pinned.to_string()),
            ("extra_seconds", team.extra_seconds.to_string()),
        ]
    };
    let pairs = told(before).into_iter().zip(told(after));
    let changed = pairs.filter(|(old, new)| old != new);
    let lines = changed.map(|((key, old), (_, new))| format!("{key} = {old:?} → {new:?}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// `POST /staff/teams/{id}`.
pub(crate) async fn change_team(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let before = find_team(&mut transaction, id).await?;
    let after = wanted(&frame, &before, &fields)?;
    let changes = difference(&before, &after);
    if !changes.is_empty() {
        let changed = teams::change(&mut transaction, &after).await;
        changed.map_err(|error| match store::is_taken(&error) {
            true => Error::Conflict(frame.t.taken.to_owned()),
            false => Error::from(error),
        })?;
        let detail = format!("{}\n{changes}", before.name);
        write_down(&mut transaction, &frame, &person, "change team", detail).await?;
    }
    transaction.commit().await?;
    state.events.tell();
    Ok(to(&format!("/staff/teams/{id}")))
}

/// `POST /staff/teams/{id}/invite`.
pub(crate) async fn invite_member(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
) -> Result<Page<SecretPage>, Error> {
    let mut transaction = state.store.begin_write().await?;
    let team = find_team(&mut transaction, id).await?;
    let token = people::invite(&mut transaction, Role::Member(id), frame.now).await?;
    write_down(&mut transaction, &frame, &person, "invite", team.name).await?;
    transaction.commit().await?;
    Ok(Page(SecretPage {
        title: frame.t.invite_link,
        explanation: frame.t.invite_link_note,
        secret: format!("{}/invite/{token}", frame.origin),
        back: format!("/staff/teams/{id}"),
        frame,
    }))
}
