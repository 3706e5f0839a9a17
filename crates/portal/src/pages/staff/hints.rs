//! Hints, which the teacher of a class opens and closes: for all teams, or for one.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Redirect,
};
use serde::Deserialize;

use super::{find_team, write_down};
use crate::{
    class::{
        course,
        hints::{self, Hints, Read, steps_read},
    },
    error::Error,
    figures::Moment,
    pages::{
        Page,
        fields::Fields,
        frame::Frame,
        hints::{refused, step},
        to,
        visitor::{InClass, Staff},
    },
    state::AppState,
    teams::{self, Team},
};

/// Whom it is about.
#[derive(Deserialize)]
pub(crate) struct Whom {
    /// A team's number; all teams when it is absent or empty.
    #[serde(default)]
    team: String,
}

impl Whom {
    fn team(&self) -> Result<Option<i64>, Error> {
        match self.team.as_str() {
            "" => Ok(None),
            number => number
                .parse()
                .map(Some)
                .map_err(|_| Error::NotFound("this team")),
        }
    }
}

struct Line {
    number: usize,
    title: &'static str,
    steps: usize,
    open: usize,
    next_at: Option<Moment>,
    /// By how many teams a step of it was read; of one team, how many steps were.
    read: usize,
}

#[derive(Template)]
#[template(path = "staff/hints.html")]
pub(crate) struct HintsPage {
    frame: Frame,
    teams: Vec<Team>,
    /// The one whom it is about, if not all.
    team: Option<Team>,
    lines: Vec<Line>,
}

impl HintsPage {
    fn is_about(&self, team: &Team) -> bool {
        self.team.as_ref().is_some_and(|own| own.id == team.id)
    }

    /// The form's word for whom it is about.
    fn whom(&self) -> String {
        let team = self.team.as_ref();
        team.map_or(String::new(), |team| team.id.to_string())
    }

    fn read(&self, line: &Line) -> String {
        match (&self.team, line.read) {
            (None, teams) => (self.frame.t.in_class.teams_count)(teams),
            (Some(_), 0) => String::new(),
            (Some(_), steps) => format!("{steps} / {}", line.steps),
        }
    }
}

/// `GET /staff/hints`.
pub(crate) async fn show_hints(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
    Query(whom): Query<Whom>,
) -> Result<Page<HintsPage>, Error> {
    let mut connection = state.connection().await?;
    let number = whom.team()?;
    let team = match number {
        None => None,
        Some(number) => Some(find_team(&mut connection, number).await?),
    };
    let hints = Hints::read(&mut connection, frame.contest()?).await?;
    let read = hints::all_read(&mut connection).await?;
    let language = frame.language.of_course();
    let lines = course().rungs().iter().map(|rung| Line {
        number: rung.number,
        title: rung.title.in_language(language),
        steps: rung.hints.len(),
        open: hints.open(rung.number, number, frame.now),
        next_at: hints.next_at(rung.number, number, frame.now).map(Moment),
        read: match number {
            Some(team) => steps_read(&read, team, rung.number),
            None => teams_that_read(&read, rung.number),
        },
    });
    Ok(Page(HintsPage {
        teams: teams::all(&mut connection).await?,
        lines: lines.collect(),
        team,
        frame,
    }))
}

/// Every team reads the first step before the others.
fn teams_that_read(read: &[Read], rung: usize) -> usize {
    let is_first = |read: &&Read| (read.rung, read.step) == (rung as i64, 1);
    read.iter().filter(is_first).count()
}

/// `POST /staff/hints`: opens the next step, or closes the last one.
pub(crate) async fn change_hint(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    let step = step(&fields)?;
    let opens = fields.text("opens") == "1";
    let whom = Whom {
        team: fields.text("team").to_owned(),
    };
    let number = whom.team()?;
    let mut transaction = state.store.begin_write().await?;
    let name = match number {
        None => "all teams".to_owned(),
        Some(number) => find_team(&mut transaction, number).await?.name,
    };
    let contest = frame.contest()?;
    let said = hints::say(&mut transaction, contest, step, number, opens, frame.now).await;
    said.map_err(|reason| refused(&frame, reason))?;
    let what = if opens { "open hint" } else { "close hint" };
    let detail = format!("rung {}, step {}: {name}", step.rung, step.step);
    write_down(&mut transaction, &frame, &person, what, detail).await?;
    transaction.commit().await?;
    state.events.tell();
    let place = format!("#rung-{}", step.rung);
    Ok(to(&match number {
        None => format!("/staff/hints{place}"),
        Some(team) => format!("/staff/hints?team={team}{place}"),
    }))
}
