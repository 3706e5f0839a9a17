//! The hints that are open to a team of a class.

use askama::Template;
use axum::{extract::State, response::Redirect};

use super::{
    Page,
    fields::Fields,
    frame::Frame,
    to,
    visitor::{InClass, Member},
};
use crate::{
    class::{
        course,
        hints::{self, Hints, Refused, Step, steps_read},
    },
    error::Error,
    figures::Moment,
    markdown,
    state::AppState,
};

/// Why a hint is not opened, closed or read, in the visitor's language.
pub(crate) fn refused(frame: &Frame, refused: Refused) -> Error {
    match refused {
        Refused::Database(error) => error.into(),
        Refused::NoRung => Error::NotFound("this rung"),
        Refused::NotNext => Error::Conflict(frame.t.in_class.hint_not_open.to_owned()),
    }
}

/// The step that a form means.
pub(crate) fn step(fields: &Fields) -> Result<Step, Error> {
    let number = |name: &str| {
        let number = fields.number(name)?;
        usize::try_from(number).map_err(|_| Error::Invalid(format!("{name}: {number} is too low")))
    };
    Ok(Step {
        rung: number("rung")?,
        step: number("step")?,
    })
}

/// A rung with an open hint.
struct OpenRung {
    number: usize,
    title: &'static str,
    /// What each step that was read says, as HTML.
    read: Vec<String>,
    /// How many steps are open.
    open: usize,
    next_at: Option<Moment>,
}

#[derive(Template)]
#[template(path = "hints.html")]
pub(crate) struct HintsPage {
    frame: Frame,
    rungs: Vec<OpenRung>,
}

/// `GET /team/hints`.
pub(crate) async fn show_hints(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<HintsPage>, Error> {
    let mut connection = state.connection().await?;
    let hints = Hints::read(&mut connection, frame.contest()?).await?;
    let read = hints::read_by(&mut connection, team.id).await?;
    let language = frame.language.of_course();
    let rungs = course().rungs().iter().filter_map(|rung| {
        let number = rung.number;
        let open = hints.open(number, Some(team.id), frame.now);
        let read = steps_read(&read, team.id, number).min(open);
        let next_at = hints.next_at(number, Some(team.id), frame.now);
        let words = rung.hints.iter().take(read);
        (open > 0).then(|| OpenRung {
            number,
            title: rung.title.in_language(language),
            read: words
                .map(|hint| markdown::to_html(hint.in_language(language)))
                .collect(),
            open,
            next_at: next_at.map(Moment),
        })
    });
    Ok(Page(HintsPage {
        rungs: rungs.collect(),
        frame,
    }))
}

/// `POST /team/hints`: the team reads a step.
pub(crate) async fn read_hint(
    _: InClass,
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    let step = step(&fields)?;
    let mut transaction = state.store.begin_write().await?;
    let contest = frame.contest()?;
    let read = hints::read(&mut transaction, contest, team.id, step, frame.now).await;
    read.map_err(|reason| refused(&frame, reason))?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to(&format!("/team/hints#rung-{}", step.rung)))
}
