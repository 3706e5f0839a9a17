//! Outputs of commands that a team has sent.

use askama::Template;
use axum::extract::{Path, State};

use super::{Page, frame::Frame, visitor::Member};
use crate::{
    error::Error,
    pastes::{self, Paste},
    state::AppState,
};

#[derive(Template)]
#[template(path = "pastes.html")]
pub(crate) struct PastesPage {
    frame: Frame,
    pastes: Vec<Paste>,
}

impl PastesPage {
    fn first_line<'a>(&self, paste: &'a Paste) -> &'a str {
        let line = paste.text.lines().find(|line| !line.trim().is_empty());
        let line = line.unwrap_or("–");
        line.char_indices()
            .nth(120)
            .map_or(line, |(end, _)| &line[..end])
    }
}

/// `GET /team/pastes`.
pub(crate) async fn show_pastes(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<PastesPage>, Error> {
    let mut connection = state.connection().await?;
    let pastes = pastes::of_team(&mut connection, team.id).await?;
    Ok(Page(PastesPage { frame, pastes }))
}

#[derive(Template)]
#[template(path = "paste.html")]
pub(crate) struct PastePage {
    frame: Frame,
    paste: Paste,
}

/// `GET /team/pastes/{id}`.
pub(crate) async fn show_paste(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
    Path(id): Path<i64>,
) -> Result<Page<PastePage>, Error> {
    let mut connection = state.connection().await?;
    let paste = pastes::find(&mut connection, team.id, id).await?;
    let paste = paste.ok_or(Error::NotFound("this text"))?;
    Ok(Page(PastePage { frame, paste }))
}
