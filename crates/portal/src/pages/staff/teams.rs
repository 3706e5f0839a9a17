//! All teams: who is not ready, new ones, and lists of them.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Redirect};

use super::write_down;
use crate::{
    error::Error,
    lists::{self, ListRefused},
    pages::{Page, fields::Fields, frame::Frame, to, visitor::Staff},
    state::AppState,
    store,
    teams::{self, Preparation, Team},
};

struct TeamLine {
    team: Team,
    preparation: Preparation,
}

impl TeamLine {
    fn lacks(&self, frame: &Frame) -> String {
        let Preparation {
            members,
            hosts,
            runs,
            ..
        } = self.preparation;
        let t = frame.t;
        let lacks = [(members, t.no_member), (hosts, t.no_host), (runs, t.no_run)];
        let lacks = lacks.into_iter().filter(|(count, _)| *count == 0);
        lacks.map(|(_, what)| what).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Template)]
#[template(path = "staff/teams.html")]
pub(crate) struct TeamsPage {
    frame: Frame,
    teams: Vec<TeamLine>,
}

impl TeamsPage {
    fn unprepared(&self) -> Vec<&TeamLine> {
        let teams = self.teams.iter();
        let in_contest = teams.filter(|line| line.team.excluded == 0);
        in_contest
            .filter(|line| !line.lacks(&self.frame).is_empty())
            .collect()
    }
}

/// `GET /staff/teams`.
pub(crate) async fn show_teams(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<TeamsPage>, Error> {
    let mut connection = state.connection().await?;
    let preparations = teams::preparations(&mut connection).await?;
    let preparations: HashMap<i64, Preparation> =
        preparations.into_iter().map(|one| (one.id, one)).collect();
    let teams = teams::all(&mut connection).await?.into_iter();
    let teams = teams.map(|team| TeamLine {
        preparation: preparations.get(&team.id).copied().unwrap_or_default(),
        team,
    });
    Ok(Page(TeamsPage {
        teams: teams.collect(),
        frame,
    }))
}

/// `POST /staff/teams`.
pub(crate) async fn create_team(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    let invalid = || Error::Invalid(frame.t.team_name.to_owned());
    let name = teams::parse_name(fields.text("name")).ok_or_else(invalid)?;
    let mut transaction = state.store.begin_write().await?;
    let created = teams::create(&mut transaction, name, frame.now).await;
    let id = created.map_err(|error| match store::is_taken(&error) {
        true => Error::Conflict(frame.t.taken.to_owned()),
        false => error.into(),
    })?;
    write_down(&mut transaction, &frame, &person, "create team", name).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to(&format!("/staff/teams/{id}")))
}

/// `POST /staff/teams/import`: all of a list or nothing.
pub(crate) async fn import_teams(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    let csv = fields.get("csv").unwrap_or_default();
    let most = frame.contest.as_ref().map(|current| current.contest.hosts);
    let mut transaction = state.store.begin_write().await?;
    let imported = lists::import_teams(&mut transaction, csv, most, frame.now).await;
    let names = imported.map_err(|refused| match refused {
        ListRefused::Database(error) => error.into(),
        refused => Error::Invalid(frame.t.list_refused(&refused)),
    })?;
    let detail = names.join(", ");
    write_down(&mut transaction, &frame, &person, "import teams", detail).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/teams"))
}
