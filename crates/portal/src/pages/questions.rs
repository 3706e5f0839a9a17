//! What a team has asked, and what it was answered.

use askama::Template;
use axum::{extract::State, response::Redirect};

use super::{Page, announcements::News, fields::Fields, frame::Frame, to, visitor::Member};
use crate::{
    announcements::{self, Told},
    error::Error,
    questions::{self, LONGEST, Question, Refused},
    state::AppState,
};

#[derive(Template)]
#[template(path = "questions.html")]
pub(crate) struct QuestionsPage {
    frame: Frame,
    waiting: Vec<Question>,
    answers: News,
}

/// `GET /team/questions`.
pub(crate) async fn show_questions(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<QuestionsPage>, Error> {
    let mut connection = state.connection().await?;
    let questions = questions::of_team(&mut connection, team.id)
        .await?
        .into_iter();
    let told = announcements::told_to(&mut connection, frame.reader()).await?;
    let answers: Vec<Told> = told
        .into_iter()
        .filter(|told| told.asked.is_some())
        .collect();
    Ok(Page(QuestionsPage {
        waiting: questions
            .filter(|question| question.waits_since.is_some())
            .collect(),
        answers: News::new(&frame, answers),
        frame,
    }))
}

/// `POST /team/questions`.
pub(crate) async fn ask(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let asked = questions::ask(&mut transaction, team.id, fields.text("text"), frame.now).await;
    asked.map_err(|refused| match refused {
        Refused::Database(error) => error.into(),
        Refused::Length => Error::Invalid(frame.t.refused_question.to_owned()),
        Refused::TooMany => Error::Conflict(frame.t.refused_questions.to_owned()),
    })?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to("/team/questions"))
}
