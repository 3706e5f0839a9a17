//! What the staff has told: to the audience what is for everybody, to a team also what is for it.

use askama::Template;
use axum::{extract::State, response::Redirect};

use super::{
    Page,
    fields::Fields,
    frame::Frame,
    login::is_own_path,
    to,
    visitor::{CurrentPerson, Member},
};
use crate::{
    announcements::{self, Announcement, Told},
    error::Error,
    markdown,
    state::AppState,
};

/// Announcements on a page, of which a member sees which are new.
#[derive(Template)]
#[template(path = "news.html")]
pub(crate) struct News {
    frame: Frame,
    told: Vec<Told>,
}

impl News {
    pub(crate) fn new(frame: &Frame, told: Vec<Told>) -> News {
        News {
            frame: frame.clone(),
            told,
        }
    }

    fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn is_unread(&self, told: &Told) -> bool {
        self.frame.is_member() && told.is_unread()
    }

    /// Each unread one with its version, as the form says it.
    fn unread(&self) -> Vec<String> {
        let unread = self.told.iter().filter(|told| self.is_unread(told));
        let marks = unread.map(|told| {
            let Announcement { id, version, .. } = told.announcement;
            format!("{id}.{version}")
        });
        marks.collect()
    }

    fn html(&self, told: &Told) -> String {
        markdown::to_html(&told.announcement.text)
    }
}

#[derive(Template)]
#[template(path = "announcements.html")]
pub(crate) struct AnnouncementsPage {
    frame: Frame,
    news: News,
}

/// `GET /announcements`.
pub(crate) async fn show_announcements(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Page<AnnouncementsPage>, Error> {
    let mut connection = state.connection().await?;
    let told = announcements::told_to(&mut connection, frame.reader()).await?;
    Ok(Page(AnnouncementsPage {
        news: News::new(&frame, told),
        frame,
    }))
}

/// `POST /team/announcements/read`: what was shown, not what has come since.
pub(crate) async fn mark_read(
    State(state): State<AppState>,
    CurrentPerson(person): CurrentPerson,
    _: Member,
    fields: Fields,
) -> Result<Redirect, Error> {
    let seen = fields.all("seen");
    let seen = seen.iter().filter_map(|mark| {
        let (id, version) = mark.split_once('.')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    });
    let mut transaction = state.store.begin_write().await?;
    for (id, version) in seen {
        announcements::mark_read(&mut transaction, person.id, id, version).await?;
    }
    transaction.commit().await?;
    let back = Some(fields.text("back")).filter(|path| is_own_path(path));
    Ok(to(back.unwrap_or("/announcements")))
}
