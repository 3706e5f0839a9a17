//! What somebody may read, and has read.

use sqlx::{AnyConnection, FromRow};

use super::Announcement;
use crate::{
    people::{Person, Role},
    store,
};

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Anybody.
    Audience,
    /// A person on behalf of a team.
    Member {
        /// The person's number.
        person: i64,
        /// The team's number.
        team: i64,
    },
}

impl Reader {
    /// What somebody is who is logged in, or not.
    pub fn of(person: Option<&Person>) -> Reader {
        match person {
            Some(&Person {
                id,
                role: Role::Member(team),
                ..
            }) => Reader::Member { person: id, team },
            _ => Reader::Audience,
        }
    }

    /// The numbers of person and team, of which none is 0.
    fn numbers(self) -> (i64, i64) {
        match self {
            Reader::Audience => (0, 0),
            Reader::Member { person, team } => (person, team),
        }
    }
}

/// An announcement, as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    /// The announcement.
    #[sqlx(flatten)]
    pub announcement: Announcement,
    /// The version that the person has read.
    pub read_version: Option<i64>,
    /// What the reader's own team has asked, if this is the answer.
    pub asked: Option<String>,
}

impl Told {
    /// Whether the person has not read it as it is now.
    pub fn is_unread(&self) -> bool {
        let current = self.announcement.version;
        self.read_version.is_none_or(|version| version < current)
    }
}

/// What is told to somebody, the latest first.
///
/// # Errors
/// The database's.
pub async fn told_to(
    connection: &mut AnyConnection,
    reader: Reader,
) -> Result<Vec<Told>, sqlx::Error> {
    // A question is shown to those who asked, and to nobody else.
    let sql = "SELECT announcements.*, announcements_read.version AS read_version,
            questions.text AS asked
        FROM announcements
        LEFT JOIN announcements_read ON announcement_id = announcements.id AND person_id = $1
        LEFT JOIN questions ON answer_id = announcements.id AND questions.team_id = $2
        WHERE withdrawn_at IS NULL
            AND (announcements.team_id IS NULL OR announcements.team_id = $2)
        ORDER BY COALESCE(amended_at, told_at) DESC, announcements.id DESC";
    let (person, team) = reader.numbers();
    sqlx::query_as(sql)
        .bind(person)
        .bind(team)
        .fetch_all(connection)
        .await
}

/// How much of it the person has not read.
///
/// # Errors
/// The database's.
pub async fn unread(connection: &mut AnyConnection, reader: Reader) -> Result<i64, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM announcements
        WHERE withdrawn_at IS NULL AND (team_id IS NULL OR team_id = $2)
            AND NOT EXISTS (SELECT 1 FROM announcements_read
                WHERE person_id = $1 AND announcement_id = announcements.id
                    AND announcements_read.version >= announcements.version)";
    let (person, team) = reader.numbers();
    store::number(sql)
        .bind(person)
        .bind(team)
        .fetch_one(connection)
        .await
}

/// A person has read this version of an announcement.
///
/// # Errors
/// The database's.
pub async fn mark_read(
    connection: &mut AnyConnection,
    person: i64,
    id: i64,
    version: i64,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO announcements_read (person_id, announcement_id, version)
        SELECT $1, id, $3 FROM announcements WHERE id = $2 AND version >= $3
        ON CONFLICT (person_id, announcement_id) DO UPDATE SET version = excluded.version
            WHERE announcements_read.version < excluded.version";
    sqlx::query(sql)
        .bind(person)
        .bind(id)
        .bind(version)
        .execute(connection)
        .await?;
    Ok(())
}
