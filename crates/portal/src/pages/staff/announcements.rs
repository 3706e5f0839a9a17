//! What the staff tells.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use sqlx::AnyConnection;

use super::{find_team, write_down};
use crate::{
    announcements::{self, Announcement, Draft, LONGEST_TEXT, LONGEST_TITLE, Refused},
    error::Error,
    pages::{Page, fields::Fields, frame::Frame, to, visitor::Staff},
    questions,
    state::AppState,
    teams::{self, Team},
};

/// So many characters of it are shown in a table.
const LONGEST_LABEL: usize = 80;

/// An announcement, with what belongs to it.
struct Line {
    announcement: Announcement,
    /// The team's name, if it is for one alone.
    team: Option<String>,
    /// Where it is amended: answers are where the question is.
    path: String,
}

impl Line {
    /// What it is known by: its title, or how it begins.
    fn label(&self) -> &str {
        let Announcement { title, text, .. } = &self.announcement;
        let line = match title.is_empty() {
            true => text.lines().next().unwrap_or_default(),
            false => title,
        };
        let end = line.char_indices().nth(LONGEST_LABEL);
        end.map_or(line, |(end, _)| &line[..end])
    }
}

#[derive(Template)]
#[template(path = "staff/announcements.html")]
pub(crate) struct AnnouncementsPage {
    frame: Frame,
    lines: Vec<Line>,
    teams: Vec<Team>,
}

/// `GET /staff/announcements`.
pub(crate) async fn show_announcements(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
) -> Result<Page<AnnouncementsPage>, Error> {
    let mut connection = state.connection().await?;
    let names = teams::names(&mut connection).await?;
    let questions = questions::all(&mut connection).await?;
    let asked: HashMap<i64, i64> = questions
        .iter()
        .filter_map(|question| Some((question.answer_id?, question.id)))
        .collect();
    let lines = announcements::all(&mut connection).await?.into_iter();
    let lines = lines.map(|announcement| Line {
        team: announcement
            .team_id
            .map(|team| names.get(&team).cloned().unwrap_or_default()),
        path: match asked.get(&announcement.id) {
            Some(question) => format!("/staff/questions/{question}"),
            None => format!("/staff/announcements/{}", announcement.id),
        },
        announcement,
    });
    Ok(Page(AnnouncementsPage {
        lines: lines.collect(),
        teams: teams::all(&mut connection).await?,
        frame,
    }))
}

#[derive(Template)]
#[template(path = "staff/announcement.html")]
pub(crate) struct AnnouncementPage {
    frame: Frame,
    announcement: Announcement,
    teams: Vec<Team>,
}

impl AnnouncementPage {
    fn is_for(&self, team: &Team) -> bool {
        self.announcement.team_id == Some(team.id)
    }
}

/// `GET /staff/announcements/{id}`.
pub(crate) async fn show_announcement(
    State(state): State<AppState>,
    frame: Frame,
    _: Staff,
    Path(id): Path<i64>,
) -> Result<Page<AnnouncementPage>, Error> {
    let mut connection = state.connection().await?;
    Ok(Page(AnnouncementPage {
        announcement: find(&mut connection, id).await?,
        teams: teams::all(&mut connection).await?,
        frame,
    }))
}

async fn find(connection: &mut AnyConnection, id: i64) -> Result<Announcement, Error> {
    let found = announcements::find(connection, id).await?;
    found.ok_or(Error::NotFound("this announcement"))
}

/// Why it is not told, in the visitor's language.
pub(super) fn refused(frame: &Frame, refused: Refused) -> Error {
    let t = frame.t;
    match refused {
        Refused::Database(error) => error.into(),
        Refused::Title => Error::Invalid(t.refused_title.to_owned()),
        Refused::Text => Error::Invalid(t.refused_text.to_owned()),
        Refused::TeamsWords => Error::Invalid(t.refused_teams_words.to_owned()),
        Refused::Changed => Error::Conflict(t.refused_changed.to_owned()),
    }
}

/// What a form says, and the same for the audit log.
pub(super) async fn described(
    connection: &mut AnyConnection,
    frame: &Frame,
    team: Option<i64>,
    fields: &Fields,
) -> Result<(Draft, String), Error> {
    let draft = Draft::parse(team, fields.text("title"), fields.text("text"));
    let draft = draft.map_err(|reason| refused(frame, reason))?;
    let told = told(connection, draft.team, &draft.title, &draft.text).await?;
    Ok((draft, told))
}

/// For whom it is and what it says, for the audit log.
pub(super) async fn told(
    connection: &mut AnyConnection,
    team: Option<i64>,
    title: &str,
    text: &str,
) -> Result<String, Error> {
    let whom = match team {
        Some(team) => find_team(connection, team).await?.name,
        None => "everybody".to_owned(),
    };
    Ok(format!("to {whom}: {title}\n{text}"))
}

fn audience(fields: &Fields) -> Result<Option<i64>, Error> {
    match fields.filled("team") {
        None => Ok(None),
        Some(_) => fields.number("team").map(Some),
    }
}

/// `POST /staff/announcements`.
pub(crate) async fn tell(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let team = audience(&fields)?;
    let (draft, detail) = described(&mut transaction, &frame, team, &fields).await?;
    announcements::tell(&mut transaction, &draft, frame.now).await?;
    write_down(&mut transaction, &frame, &person, "announce", detail).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/announcements"))
}

/// `POST /staff/announcements/{id}`.
pub(crate) async fn amend(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
    fields: Fields,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let before = find(&mut transaction, id).await?;
    let before = told(
        &mut transaction,
        before.team_id,
        &before.title,
        &before.text,
    )
    .await?;
    let team = audience(&fields)?;
    let (draft, after) = described(&mut transaction, &frame, team, &fields).await?;
    let version = fields.number("version")?;
    let amended = announcements::amend(&mut transaction, id, version, &draft, frame.now).await;
    amended.map_err(|reason| refused(&frame, reason))?;
    let detail = format!("{before}\n→\n{after}");
    write_down(&mut transaction, &frame, &person, "amend", detail).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/announcements"))
}

/// `POST /staff/announcements/{id}/withdraw`: also of an answer, whose question waits again.
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    Path(id): Path<i64>,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let before = find(&mut transaction, id).await?;
    let detail = told(
        &mut transaction,
        before.team_id,
        &before.title,
        &before.text,
    )
    .await?;
    announcements::withdraw(&mut transaction, id, frame.now).await?;
    write_down(&mut transaction, &frame, &person, "withdraw", detail).await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/announcements"))
}
