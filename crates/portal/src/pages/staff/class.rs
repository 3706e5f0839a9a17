//! Who is stuck in a class, and which run everyone is shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use isutori_protocol::contest::JobState;

use super::{find_team, write_down};
use crate::{
    class::{
        self, Class, ClassTeam, course,
        shown::{self, Shown},
    },
    error::Error,
    figures,
    pages::{
        Page,
        fields::Fields,
        frame::{ContestClock, Frame},
        to,
        visitor::{InClass, Staff},
    },
    queue,
    state::AppState,
};

#[derive(Template)]
#[template(path = "staff/class.html")]
pub(crate) struct ClassPage {
    frame: Frame,
    clock: Option<ContestClock>,
    class: Class,
    shown: Vec<Shown>,
}

impl ClassPage {
    fn best(&self, team: &ClassTeam) -> String {
        team.best.map_or("–".to_owned(), figures::grouped)
    }

    fn ratio(&self, team: &ClassTeam) -> String {
        let ratio = team.ratio.map(|ratio| format!("× {ratio:.2}"));
        ratio.unwrap_or_default()
    }

    fn rung(&self, team: &ClassTeam) -> String {
        let rung = team.rung.and_then(|rung| course().rung(rung).ok());
        let language = self.frame.language.of_course();
        rung.map_or(String::new(), |rung| {
            format!("{}. {}", rung.number, rung.title.in_language(language))
        })
    }

    /// A line for each rung of which something was read.
    fn hints(&self, team: &ClassTeam) -> Vec<String> {
        let mut read: BTreeMap<i64, usize> = BTreeMap::new();
        for hint in &team.hints {
            *read.entry(hint.rung).or_default() += 1;
        }
        let words = self.frame.t.in_class.read_of;
        read.into_iter()
            .map(|(rung, steps)| words(rung, steps))
            .collect()
    }
}

/// `GET /staff/class`.
pub(crate) async fn show_class(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<ClassPage>, Error> {
    let class = class::show(&state, frame.contest()?).await?;
    let mut connection = state.connection().await?;
    Ok(Page(ClassPage {
        clock: frame.clock(None),
        shown: shown::all(&mut connection).await?,
        class,
        frame,
    }))
}

/// `POST /staff/jobs/{id}/show`: shows every team a run that was judged, or takes it back.
pub(crate) async fn show_run(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let shows = fields.text("shown") == "1";
    let mut transaction = state.store.begin_write().await?;
    let job = queue::find(&mut transaction, id).await?;
    let job = job.ok_or(Error::NotFound("this job"))?;
    if job.state()? != JobState::Finished {
        let sentence = frame.t.in_class.shown_not_over;
        return Err(Error::Conflict(sentence.to_owned()));
    }
    shown::show(&mut transaction, id, shows, frame.now).await?;
    let team = find_team(&mut transaction, job.team_id).await?.name;
    let what = if shows { "show run" } else { "take run back" };
    write_down(
        &mut transaction,
        &frame,
        &person,
        what,
        format!("run {id} of {team}"),
    )
    .await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to(&format!("/team/jobs/{id}")))
}
