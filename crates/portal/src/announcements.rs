//! What the staff tells everybody, or one team. Answers to questions are announcements too.
//!
//! Each change of one makes another version of it; a person has read a version, so that what was
//! amended is unread again.

mod reading;

pub use reading::{Reader, Told, mark_read, told_to, unread};

use sqlx::{AnyConnection, FromRow};

use crate::clock::Millis;

/// A title has at most so many characters.
pub const LONGEST_TITLE: usize = 200;

/// A text has at most so many characters.
pub const LONGEST_TEXT: usize = 10_000;

/// Why something is not told.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What everybody reads needs a title; and it is short.
    #[error("what everybody reads has a title, of at most {LONGEST_TITLE} characters")]
    Title,
    /// Nothing, or too much.
    #[error("a text has 1 to {LONGEST_TEXT} characters")]
    Text,
    /// A team would find its own words told to everybody.
    #[error("the question must be told in other words than the team's")]
    TeamsWords,
    /// Somebody else was quicker.
    #[error("somebody has changed this meanwhile: load it again")]
    Changed,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// For this team alone; for everybody when there is none.
    pub team: Option<i64>,
    /// In a line; may be empty for one team.
    pub title: String,
    /// In Markdown.
    pub text: String,
}

impl Draft {
    /// What somebody has typed.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(team: Option<i64>, title: &str, text: &str) -> Result<Draft, Refused> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim().replace("\r\n", "\n");
        if title.chars().count() > LONGEST_TITLE || (title.is_empty() && team.is_none()) {
            return Err(Refused::Title);
        }
        if !(1..=LONGEST_TEXT).contains(&text.chars().count()) {
            return Err(Refused::Text);
        }
        Ok(Draft { team, title, text })
    }
}

/// Something that was told.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Announcement {
    /// Its number.
    pub id: i64,
    /// For this team alone; for everybody when there is none.
    pub team_id: Option<i64>,
    /// In a line; may be empty for one team.
    pub title: String,
    /// In Markdown.
    pub text: String,
    /// Grows with each change.
    pub version: i64,
    /// When it was told first, milliseconds since 1970.
    pub told_at: Millis,
    /// When it was changed last.
    pub amended_at: Option<Millis>,
    /// Since when nobody sees it any more.
    pub withdrawn_at: Option<Millis>,
}

impl Announcement {
    /// Whether anybody sees it.
    pub fn is_told(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}

/// Tells something. Gives its number.
///
/// # Errors
/// The database's.
pub async fn tell(
    connection: &mut AnyConnection,
    draft: &Draft,
    now: Millis,
) -> Result<i64, sqlx::Error> {
    let sql = "INSERT INTO announcements (team_id, title, text, told_at)
        VALUES ($1, $2, $3, $4) RETURNING id";
    sqlx::query_scalar(sql)
        .bind(draft.team)
        .bind(&draft.title)
        .bind(&draft.text)
        .bind(now)
        .fetch_one(connection)
        .await
}

/// Tells it in other words, also when it was withdrawn. `version` is the one that was known.
///
/// # Errors
/// When somebody has changed it meanwhile.
pub async fn amend(
    connection: &mut AnyConnection,
    id: i64,
    version: i64,
    draft: &Draft,
    now: Millis,
) -> Result<(), Refused> {
    let sql = "UPDATE announcements SET team_id = $3, title = $4, text = $5, amended_at = $6,
            withdrawn_at = NULL, version = version + 1
        WHERE id = $1 AND version = $2";
    let amended = sqlx::query(sql)
        .bind(id)
        .bind(version)
        .bind(draft.team)
        .bind(&draft.title)
        .bind(&draft.text)
        .bind(now)
        .execute(connection)
        .await?;
    match amended.rows_affected() {
        0 => Err(Refused::Changed),
        _ => Ok(()),
    }
}

/// Takes it away from everybody.
///
/// # Errors
/// The database's.
pub async fn withdraw(
    connection: &mut AnyConnection,
    id: i64,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE announcements SET withdrawn_at = $2, version = version + 1
        WHERE id = $1 AND withdrawn_at IS NULL";
    sqlx::query(sql)
        .bind(id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The announcement of that number.
///
/// # Errors
/// The database's.
pub async fn find(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<Announcement>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM announcements WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// All that was ever told, the newest first.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Announcement>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM announcements ORDER BY id DESC")
        .fetch_all(connection)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_reads_has_a_title_and_nothing_is_endless() {
        let draft = Draft::parse(None, " A  title ", " a\r\nb ").expect("a draft");
        assert_eq!(
            (draft.title.as_str(), draft.text.as_str()),
            ("A title", "a\nb")
        );
        assert!(Draft::parse(Some(1), "", "a").is_ok());
        assert!(matches!(Draft::parse(None, " ", "a"), Err(Refused::Title)));
        let long = "あ".repeat(LONGEST_TITLE);
        assert!(Draft::parse(None, &long, "a").is_ok());
        let longer = Draft::parse(Some(1), &format!("{long}あ"), "a");
        assert!(matches!(longer, Err(Refused::Title)));
        assert!(matches!(Draft::parse(None, "a", " "), Err(Refused::Text)));
        let long = Draft::parse(None, "a", &"a".repeat(LONGEST_TEXT + 1));
        assert!(matches!(long, Err(Refused::Text)));
    }
}
