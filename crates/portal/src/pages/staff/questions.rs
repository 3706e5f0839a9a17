//! What teams have asked: those that wait first, the oldest before the others.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use sqlx::AnyConnection;

use super::{
    announcements::{described, refused, told},
    find_team, write_down,
};
use crate::{
    announcements::{self, Announcement, LONGEST_TEXT, LONGEST_TITLE},
    clock::Millis,
    error::Error,
    figures,
    pages::{Page, fields::Fields, frame::Frame, to, visitor::Staff},
    questions::{self, PATIENCE, Question},
    state::AppState,
    teams::{self, Team},
};

struct Line {
    question: Question,
    team: String,
    answer: Option<Announcement>,
}

impl Line {
    /// How long it has waited, milliseconds.
    fn wait(&self, frame: &Frame) -> Millis {
        frame.now - self.question.waits_since.unwrap_or(frame.now)
    }

    fn waited(&self, frame: &Frame) -> String {
        figures::duration(self.wait(frame) / 1000)
    }

    fn is_late(&self, frame: &Frame) -> bool {
        self.wait(frame) > PATIENCE
    }
}

#[derive(Template)]
#[template(path = "staff/questions.html")]
pub(crate) struct QuestionsPage {
    frame: Frame,
    waiting: Vec<Line>,
    answered: Vec<Line>,
}

/// `GET /staff/questions`.
pub(crate) async fn show_questions(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<QuestionsPage>, Error> {
    let mut connection = state.connection().await?;
    let teams = teams::names(&mut connection).await?;
    let told = announcements::all(&mut connection).await?.into_iter();
    let mut told: HashMap<i64, Announcement> = told.map(|one| (one.id, one)).collect();
    let lines = questions::all(&mut connection).await?.into_iter();
    let lines = lines.map(|question| Line {
        team: teams.get(&question.team_id).cloned().unwrap_or_default(),
        answer: question.answer_id.and_then(|answer| told.remove(&answer)),
        question,
    });
    let is_waiting = |line: &Line| line.question.waits_since.is_some();
    let (mut waiting, mut answered): (Vec<Line>, Vec<Line>) = lines.partition(is_waiting);
    waiting.sort_by_key(|line| line.question.waits_since);
    answered.reverse();
    Ok(Page(QuestionsPage {
        waiting,
        answered,
        frame,
    }))
}

#[derive(Template)]
#[template(path = "staff/question.html")]
pub(crate) struct QuestionPage {
    frame: Frame,
    question: Question,
    team: Team,
    answer: Option<Announcement>,
}

impl QuestionPage {
    /// What the form begins with: the answer as it is.
    fn title(&self) -> &str {
        self.answer.as_ref().map_or("", |answer| &answer.title)
    }

    fn text(&self) -> &str {
        self.answer.as_ref().map_or("", |answer| &answer.text)
    }

    fn version(&self) -> i64 {
        self.answer.as_ref().map_or(0, |answer| answer.version)
    }

    fn is_for_all(&self) -> bool {
        let answer = self.answer.as_ref();
        answer.is_some_and(|answer| answer.team_id.is_none())
    }
}

async fn find(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<(Question, Option<Announcement>), Error> {
    let question = questions::find(connection, id).await?;
    let question = question.ok_or(Error::NotFound("this question"))?;
    let answer = match question.answer_id {
        Some(answer) => announcements::find(connection, answer).await?,
        None => None,
    };
    Ok((question, answer))
}

/// `GET /staff/questions/{id}`.
pub(crate) async fn show_question(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
    Path(id): Path<i64>,
) -> Result<Page<QuestionPage>, Error> {
    let mut connection = state.connection().await?;
    let (question, answer) = find(&mut connection, id).await?;
    Ok(Page(QuestionPage {
        team: find_team(&mut connection, question.team_id).await?,
        question,
        answer,
        frame,
    }))
}

/// `POST /staff/questions/{id}`.
pub(crate) async fn answer(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let (question, before) = find(&mut transaction, id).await?;
    let for_team = (fields.text("whom") != "all").then_some(question.team_id);
    let (draft, after) = described(&mut transaction, &frame, for_team, &fields).await?;
    let version = fields.number("version")?;
    let answered = questions::answer(&mut transaction, &question, version, &draft, frame.now).await;
    answered.map_err(|reason| refused(&frame, reason))?;
    let team = find_team(&mut transaction, question.team_id).await?.name;
    let (what, detail) = match before {
        None => (
            "answer",
            format!("question {id} of {team}: {}\n→\n{after}", question.text),
        ),
        Some(before) => {
            let (title, text) = (&before.title, &before.text);
            let before = told(&mut transaction, before.team_id, title, text).await?;
            (
                "amend answer",
                format!("question {id} of {team}: {before}\n→\n{after}"),
            )
        }
    };
    write_down(&mut transaction, &frame, &person, what, detail).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/questions"))
}
